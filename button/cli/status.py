"""`button status`: what a run is doing, or how it ended."""

import json
import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from button.cli.rendering import printable
from button.cli.spending import print_spending
from button.cli.tables import plain_table
from button.run.fault_counts import FaultCount
from button.run.layout import RunLayout
from button.run.status import RunStatus, status_of


def status(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Say how far a run is, whether a process works on it, and what stopped it last."""
    found = status_of(RunLayout(run))
    if as_json:
        sys.stdout.write(json.dumps(found.to_json(), indent=2) + "\n")
        return
    table = plain_table("The run")
    for name, text in _facts(found).items():
        table.add_row(name, escape(printable(text)))
    console = Console(emoji=False)
    console.print(table)
    if found.spending is not None:
        print_spending(console, found.spending, found.accepted)
    _print_faults(console, found.faults)


def _facts(found: RunStatus) -> dict[str, str]:
    of_count = "" if found.count is None else f" of {found.count:,}"
    # Of a run that is done they were in flight when the count was reached.
    wait = "items beyond the count" if found.state == "complete" else "items that wait for others"
    facts = {
        "state": found.state,
        "worked on by": found.held_by or "nobody",
        "accepted": f"{found.accepted:,}{of_count}",
        "rejected": f"{sum(found.rejected.values()):,}",
        **{f"  {code}": f"{count:,}" for code, count in found.rejected.items()},
        "items decided": f"{found.items:,}",
        wait: f"{found.waiting:,}" if found.waiting else "",
        "items in flight": f"{found.in_flight:,}" if found.in_flight else "",
        "acceptance": "" if found.acceptance is None else f"{found.acceptance:.1%}",
        "responses journaled": f"{found.calls:,}" if found.calls else "",
        "responses taken over, not asked for yet": f"{found.recorded:,}" if found.recorded else "",
        "working time": _minutes(found),
        "stopped by": found.error,
        "read from": found.source,
        "next": f"button resume {found.run}" if found.can_continue else "",
    }
    return {name: text for name, text in facts.items() if text}


def _minutes(found: RunStatus) -> str:
    return "" if found.spending is None else f"{found.spending.seconds / 60:.1f} min"


def _print_faults(console: Console, faults: Sequence[FaultCount]) -> None:
    """What endpoints failed: none of it is in a row."""
    for endpoint, found in groupby(faults, key=lambda each: each.endpoint):
        table = plain_table(escape(printable(f"What {endpoint} failed")))
        for each in found:
            times = "once" if each.times == 1 else f"{each.times:,} times"
            table.add_row(each.code, escape(printable(f"{times}; {each.text}")))
        console.print(table)
