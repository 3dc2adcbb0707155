"""What `button generate` says at its end: an example, where the dataset lies, what to try next."""

import shutil
import sys
from itertools import islice
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from button.cli.rendering import render_trajectory
from button.run.layout import RunLayout
from button.run.reading import RunReader
from button.run.summary import RunSummary

NEXT = {
    "{button} report {run} --open": "all of it, in a browser",
    "{button} show {run}": "more of them",
    "{button} show {run} --stats": "how varied they are",
    "{button} graph pipeline": "how they are made",
    "{button} generate --help": "what can be set",
}
"""Commands to try on a new run, and what each shows."""
LOOKED_AT = 20
"""Rows among which the example is chosen."""


def print_example(console: Console, out: Path) -> None:
    """The first trajectory with parallel calls, else the first one."""
    rows = list(islice(RunReader(out).rows(), LOOKED_AT))
    chosen = next((row for row in rows if row["strategy"] == "parallel_then_sequential"), rows[0])
    console.rule("[bold]One of them", align="left")
    render_trajectory(console, chosen)
    console.rule()


def print_trouble(console: Console, out: Path, summary: RunSummary) -> None:
    """What was mended, what is missing, and how to go on; nothing where all is well."""
    for file in summary.mended:
        _print(console, f"Mended: {file} was damaged and is written again from run.db.")
    if summary.shortfall:
        console.print(summary.shortfall, style="yellow", highlight=False, markup=False)
    name, button = escape(str(out)), escape(command_name())
    if summary.ended == "incomplete:budget":
        budget = summary.error.partition(" ")[0]
        _print(console, f"Continue with: [bold]{button} resume {name} --set {budget}=MORE[/]")
    elif summary.ended == "interrupted":
        _print(console, f"Continue with: [bold]{button} resume {name}[/]")
    elif not summary.accepted:
        reason = next(iter(summary.rejected), "none")
        _print(
            console,
            f"Nothing was accepted; most frequent reason: [bold]{reason}[/]. "
            f"[bold]{button} show {name} --rejected[/] says more.",
        )


def print_line(console: Console, out: Path, summary: RunSummary) -> None:
    """What was made and where it is, in one line."""
    said = f"{summary.accepted:,} accepted, {summary.rejected_total:,} rejected"
    where = f"; the dataset is in {_dataset(out)}" if summary.accepted else ""
    _print(console, f"{said}{where}")


def print_end(console: Console, out: Path, summary: RunSummary) -> None:
    """Where everything is, and what to try next."""
    if not summary.accepted:
        return
    _print(
        console,
        f"\nThe dataset is in [bold]{_dataset(out)}[/]; why items were rejected, in "
        "rejected-*.jsonl beside it.\nNext:",
    )
    commands = [command.format(button=command_name(), run=out) for command in NEXT]
    width = max(map(len, commands))
    for command, why in zip(commands, NEXT.values(), strict=True):
        _print(console, f"  [bold]{escape(command)}[/]{' ' * (width - len(command))}  {why}")


def _dataset(out: Path) -> str:
    return escape(f"{RunLayout(out).shards}/accepted-*.jsonl")


def _print(console: Console, text: str) -> None:
    console.print(text, highlight=False, soft_wrap=True)


def command_name() -> str:
    """How this program is called from here: `button` where it is on the PATH."""
    called = Path(sys.argv[0])
    if shutil.which("button") or called.name != "button":
        return "button"
    try:
        return str(called.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(called)
