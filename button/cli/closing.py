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

LOOKED_AT = 20
"""Rows among which the example is chosen."""


def print_example(console: Console, out: Path) -> None:
    """The first trajectory with parallel calls, else the first one."""
    rows = list(islice(RunReader(out).rows(), LOOKED_AT))
    chosen = next((row for row in rows if row["strategy"] == "parallel_then_sequential"), rows[0])
    console.rule("[bold]One of them", align="left")
    render_trajectory(console, chosen)
    console.rule()


def print_end(console: Console, out: Path, summary: RunSummary) -> None:
    """Where everything is, and what to try next."""
    if summary.shortfall:
        console.print(summary.shortfall, style="yellow", highlight=False, markup=False)
    name, shards = escape(str(out)), escape(str(RunLayout(out).shards))
    button = escape(command_name())
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
    if not summary.accepted:
        return
    _print(
        console,
        f"\nThe dataset is in [bold]{shards}/accepted-*.jsonl[/]; why items were "
        "rejected, in rejected-*.jsonl beside it.",
    )
    _print(
        console,
        f"Next: [bold]{button} report {name} --open[/] (all of it, in a browser), "
        f"[bold]{button} show {name}[/] (more of them), [bold]{button} show {name} --stats[/] "
        f"(how varied), [bold]{button} graph pipeline[/] (how it is made), "
        f"[bold]{button} generate --help[/].",
    )


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
