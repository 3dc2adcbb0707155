"""What a measurement found, beside what was asked for."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Measured:
    """One row of the table."""

    goal: str
    """Its id in docs/reliability.md."""
    number: str
    """What is asked for."""
    measured: str
    """What was found."""
    passed: bool
    details: dict[str, Any] = field(default_factory=dict)
    """For the JSON file, and for whoever looks into a failure."""


def table(rows: Iterable[tuple[Measured, float]]) -> Table:
    """The table for a person; beside each row the seconds that its module took."""
    shown = Table("goal", "number", "measured", "", "s", title="Reliability, measured")
    for row, seconds in rows:
        verdict = "[green]pass" if row.passed else "[bold red]FAIL"
        shown.add_row(row.goal, row.number, row.measured, verdict, f"{seconds:.0f}")
    return shown


def markdown(rows: Iterable[Measured]) -> str:
    """The table for docs/reliability.md."""
    lines = ["| goal | number | measured | |", "|---|---|---|---|"]
    lines += [
        f"| {row.goal} | {row.number} | {row.measured} | {'pass' if row.passed else 'FAIL'} |"
        for row in rows
    ]
    return "\n".join(lines) + "\n"


def write_report(path: Path, rows: Iterable[tuple[Measured, float]], **about: Any) -> None:
    """All of it as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    goals = [asdict(row) | {"seconds": round(seconds, 1)} for row, seconds in rows]
    report = {**about, "goals": goals}
    path.write_text(json.dumps(report, indent=1, default=str) + "\n", encoding="utf-8")


def show(console: Console, rows: list[tuple[Measured, float]]) -> bool:
    """Print the table, and the details of what failed; whether all passed."""
    console.print(table(rows))
    failed = [row for row, _ in rows if not row.passed]
    for row in failed:
        console.print(f"{row.goal}: {row.details}", markup=False, highlight=False, soft_wrap=True)
    return not failed
