"""`button estimate`: what a run will take, forecast from a few items of it."""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from button.cli.closing import command_name
from button.cli.generate import read_inputs
from button.cli.settings import ConfigOption, SetOption, read_settings
from button.cli.spending import remarks
from button.context import Context
from button.errors import BudgetError, RunDirectoryError, YieldError
from button.models.circuit import duration
from button.models.registry import close_models, use_of_settings
from button.records import Role
from button.run.forecast import CONFIDENCE, Range
from button.run.layout import RunLayout
from button.run.pilot import UNITS, Pilot, run_pilot
from button.run.pipeline import plan_of, simulator_of
from button.run.plan import RunPlan

WIDEST = 110
"""Columns of the table; cut off it would be of no use."""
HEADINGS = {
    "calls": "calls",
    "read": "tokens read",
    "written": "written",
    "usd": "money",
    "seconds": "answering",
}


def estimate(
    count: Annotated[int, typer.Option(min=1, help="Accepted trajectories of the run to come.")],
    pilot: Annotated[int, typer.Option(min=1, help="Items to make for the forecast.")] = 5,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Directory in which the run to come goes on from the pilot; without one the pilot "
            "is thrown away."
        ),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Root of all randomness.")] = None,
    concurrency: Annotated[
        int, typer.Option(min=1, help="Items in flight at once, in the run to come too.")
    ] = 16,
    seeds: Annotated[
        list[Path] | None, typer.Option(help="Seed files, as for `button generate`.")
    ] = None,
    functions: Annotated[
        list[Path] | None, typer.Option(help="Function catalogues, as for `button generate`.")
    ] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
) -> None:
    """Forecast calls, tokens, money and time of a run from a pilot of a few items."""
    console = Console(stderr=as_json, emoji=False)
    context = read_settings(config, {"root_seed": seed}, set_ or ())
    reading = read_inputs(seeds or [], functions or [], console)
    with _directory(out) as run_dir:
        plan = plan_of(run_dir, context, reading, count=count, concurrency=concurrency)
        found = asyncio.run(_pilot(plan, context, pilot))
    if found.summary.ended == "incomplete:budget":
        raise BudgetError("pilot", f"the pilot did not come to its end: {found.summary.error}")
    told = _as_json(found, context, count, concurrency)
    if as_json:
        sys.stdout.write(json.dumps(told, indent=2) + "\n")
    else:
        _print(console, found, context, count, concurrency)
        if out is not None:
            console.print(
                f"Next: {command_name()} generate --count {count} --out {out} with the same "
                "settings goes on from the pilot.", highlight=False, soft_wrap=True,
            )  # fmt: skip
    if found.of_all("calls", count) is None:
        raise typer.Exit(YieldError.exit_code)


@contextmanager
def _directory(out: Path | None) -> Iterator[Path]:
    if out is None:
        with tempfile.TemporaryDirectory(prefix="button-pilot-") as folder:
            yield Path(folder) / "run"
        return
    if RunLayout(out).header.exists():
        raise RunDirectoryError(
            f"{str(out)!r} holds a run already; a pilot needs a new directory (what a run has "
            f"taken so far, `{command_name()} status {out}` says)"
        )
    yield out


async def _pilot(plan: RunPlan, context: Context, items: int) -> Pilot:
    try:
        return await run_pilot(plan, context, simulator_of(context), items)
    finally:
        await close_models()


def _print(console: Console, found: Pilot, context: Context, count: int, concurrency: int) -> None:
    accepted = sum(sheet.accepted for sheet in found.items)
    rejected = sum(sheet.rejected for sheet in found.items)
    pilot = f"{len(found.items)} items gave {accepted} accepted and {rejected} rejected"
    needed, duration = found.items_needed(count), found.duration(count, concurrency)
    if needed is None or duration is None:
        _line(
            console, f"The pilot's {pilot} trajectories, so there is nothing to forecast from; try "
            "a larger --pilot.", style="yellow",
        )  # fmt: skip
        return
    console.width = max(console.width, WIDEST)
    console.print(_table(found, context, count))
    _line(
        console, f"{count:,} accepted trajectories take {_shown(needed)} items; the pilot's "
        f"{pilot} trajectories. After ± stands the {CONFIDENCE:.0%} interval (Student's t over "
        "items, rejected ones included).",
    )  # fmt: skip
    _line(
        console, f"The run takes {_shown(duration, 'seconds')} with {concurrency} items at once, "
        "as far as endpoints keep up.",
    )  # fmt: skip
    if not found.spent.requests:
        _line(console, "No endpoint was asked: procedural models cost nothing.")
    for remark in (*remarks(found.spent), *_of_budgets(found, context, count, duration)):
        _line(console, remark, style="yellow")


def _line(console: Console, text: str, style: str = "") -> None:
    console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)


def _table(found: Pilot, context: Context, count: int) -> Table:
    paid = found.spent.requests > 0
    headings = HEADINGS if paid else {"calls": HEADINGS["calls"]}
    table = Table(
        title="What the run will take", title_justify="left", box=None, padding=(0, 1),
        pad_edge=False,
    )  # fmt: skip
    table.add_column("", style="cyan", no_wrap=True)
    for heading in headings.values():
        table.add_column(heading, justify="right", no_wrap=True)
    for role in found.roles():
        cells = {unit: _shown(found.of_role(role, unit, count), unit) for unit in headings}
        if use_of_settings(context.model_of(role)).kind == "procedural":
            cells |= {unit: "-" for unit in headings if unit != "calls"}
        elif any(sheet.spent[role].unpriced for sheet in found.items if role in sheet.spent):
            cells["usd"] = "unknown"
        table.add_row(role, *cells.values())
    cells = {unit: _shown(found.of_all(unit, count), unit) for unit in headings}
    if found.spent.unpriced:
        cells["usd"] = "unknown"
    table.add_row("all", *cells.values(), style="bold")
    return table


def _of_budgets(found: Pilot, context: Context, count: int, duration: Range) -> Iterator[str]:
    """A line for each budget that the run will probably use up."""
    units = {"calls": ("requests",), "tokens": ("read", "written"), "usd": ("usd",)}
    expected = {
        name: sum(each.expected for unit in of if (each := found.of_all(unit, count)))
        for name, of in units.items()
    } | {"minutes": duration.expected / 60}
    for name, value in expected.items():
        limit = getattr(context.budget, name)
        if limit is not None and value > limit:
            yield f"budget.{name} is {limit:,}, and the run will probably need {_number(value)}."


def _as_json(found: Pilot, context: Context, count: int, concurrency: int) -> dict[str, Any]:
    def of(role: Role) -> dict[str, Any]:
        kind = use_of_settings(context.model_of(role)).kind
        units = {unit: _json(found.of_role(role, unit, count)) for unit in UNITS}
        return {"kind": kind, **units}

    return {
        "count": count,
        "confidence": CONFIDENCE,
        "concurrency": concurrency,
        "pilot": {
            "items": len(found.items),
            "accepted": sum(sheet.accepted for sheet in found.items),
            "rejected": sum(sheet.rejected for sheet in found.items),
            "spent": found.spent._asdict(),
        },
        "items": _json(found.items_needed(count)),
        "duration_s": _json(found.duration(count, concurrency)),
        "total": {unit: _json(found.of_all(unit, count)) for unit in UNITS},
        "roles": {role: of(role) for role in found.roles()},
    }


def _json(value: Range | None) -> dict[str, float | None] | None:
    return None if value is None else value._asdict()


def _shown(value: Range | None, unit: str = "") -> str:
    """`1,200 ±25%`."""
    if value is None:
        return "-"
    text = {"usd": _money, "seconds": _duration}.get(unit, _number)(value.expected)
    if not value.expected:
        return text
    if value.high is None:
        return f"{text} ±?"
    return f"{text} ±{(value.high - value.expected) / value.expected:.0%}"


def _number(value: float) -> str:
    if value >= 1e6:
        return f"{value / 1e6:,.1f}M"
    return f"{value / 1e3:,.0f}k" if value >= 1e5 else f"{value:,.0f}"


def _money(value: float) -> str:
    return f"${value:,.2f}" if value >= 1 or not value else f"${value:.4f}"


def _duration(seconds: float) -> str:
    return f"{seconds:.3g} s" if seconds < 120 else duration(seconds)
