"""Carrying out a plan for a person: progress, signals, what is said at the end, the exit code."""

import asyncio
import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from button.cli.closing import print_end, print_example, print_line, print_trouble
from button.cli.crew import ALONE, Crew
from button.cli.progress import ProgressDisplay
from button.cli.spending import print_spending
from button.cli.tables import losses_of, print_summary
from button.context import Context
from button.errors import BudgetError, YieldError
from button.models.events import CallEvent, active_events
from button.models.registry import close_models
from button.run.collector import calm_collector
from button.run.layout import RunLayout
from button.run.pipeline import simulator_of
from button.run.plan import RunPlan, Simulate
from button.run.reading import RunReader
from button.run.runner import generate
from button.run.spending import spending_of
from button.run.summary import RunSummary
from button.run.workers.pool import WorkerPool

SHOW_CURSOR = "\x1b[?25h"

DrainOption = Annotated[
    float | None,
    typer.Option(
        min=0,
        help="Longest wait for items in flight when the run is stopped by a signal, in seconds. "
        "Default: 30.",
    ),
]
ReserveOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Megabytes of the disk that stay free, at most one hundredth of it; with less the "
        "run stops. Default: 64.",
    ),
]
QuietOption = Annotated[
    bool,
    typer.Option(
        "--quiet",
        help="One line at the end, and what went wrong; no progress, tables, example or advice.",
    ),
]


def run_and_tell(
    console: Console,
    plan: RunPlan,
    context: Context,
    *,
    quiet: bool,
    remark: str = "",
    crew: Crew = ALONE,
) -> None:
    """Make or continue the run of `plan` and say what came of it; `remark` stands near the end.

    A `quiet` run says it in one line; what went wrong or was mended is said in any case.

    Raises:
        ButtonError: see `button.run.runner.generate`.
        typer.Exit: 128 and the signal that stopped it before its end, or 75 where less was made
            than asked for.
    """
    simulate = crew.pool(plan, context) or simulator_of(context)
    calm_collector()  # now that everything is imported
    with ProgressDisplay(console, plan.count, quiet=quiet) as progress:
        summary, stopped_by = asyncio.run(_run(console, plan, simulate, progress))
    run_dir = Path(plan.run_dir)
    if not quiet:
        _print_made(console, run_dir, summary)
    if remark:
        console.print(remark, style="yellow", highlight=False)
    print_trouble(console, run_dir, summary)
    (print_line if quiet else print_end)(console, run_dir, summary)
    if stopped_by and summary.ended == "interrupted":
        raise typer.Exit(128 + stopped_by)
    if summary.ended == "incomplete:budget":
        raise typer.Exit(BudgetError.exit_code)
    if summary.shortfall or not summary.accepted:
        raise typer.Exit(YieldError.exit_code)


def _print_made(console: Console, run_dir: Path, summary: RunSummary) -> None:
    print_summary(console, summary, losses_of(RunReader(run_dir)))
    print_spending(console, spending_of(RunLayout(run_dir)), summary.accepted)
    if summary.accepted and summary.ended != "interrupted":
        print_example(console, run_dir)


async def _run(
    console: Console,
    plan: RunPlan,
    simulate: Simulate | WorkerPool,
    progress: ProgressDisplay,
) -> tuple[RunSummary, int]:
    """Run until the end or a signal; the number of the signal that stopped it, or 0."""
    stop = asyncio.Event()
    received: list[int] = []
    loop = asyncio.get_running_loop()

    def on_signal(number: int) -> None:
        if received:
            _leave_at_once(number)
        received.append(number)
        stop.set()
        console.print(
            f"Stopping: items in flight have {plan.handling.drain_s:g} s to end; a second signal "
            "stops at once.",
            style="yellow",
            highlight=False,
        )

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal, number)
    met: Counter[str] = Counter()
    active_events.set(lambda event: met.update(_faults_of(event)))
    try:
        summary = await generate(plan, simulate, progress, stop=stop)
    finally:
        _tell_faults(console, met)
        await close_models()
    return summary, received[0] if received else 0


def _faults_of(event: CallEvent) -> list[str]:
    return [event.code] if event.kind == "fault" else []


def _tell_faults(console: Console, met: Counter[str]) -> None:
    """What was met on the way to endpoints, by workers too, and is in no row."""
    told = ", ".join(f"{count} {code}" for code, count in met.most_common())
    if told:
        console.print(
            f"Attempts that endpoints failed: {told}.", style="dim", highlight=False, soft_wrap=True
        )


def _leave_at_once(number: int) -> None:
    """End the process here and now; what is on disk is as after a kill, which loses nothing."""
    if sys.stdout.isatty():
        sys.stdout.write(SHOW_CURSOR)
        sys.stdout.flush()
    os._exit(128 + number)
