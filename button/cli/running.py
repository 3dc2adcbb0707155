"""Carrying out a plan for a person: progress, signals, what is said at the end, the exit code."""

import asyncio
import signal
from pathlib import Path

import typer
from rich.console import Console

from button.cli.closing import print_end, print_example
from button.cli.progress import ProgressDisplay
from button.cli.tables import print_summary
from button.context import Context
from button.errors import YieldError
from button.models.registry import close_models
from button.run.collector import calm_collector
from button.run.pipeline import simulator_of
from button.run.plan import RunPlan
from button.run.runner import generate
from button.run.summary import RunSummary


def run_and_tell(
    console: Console, plan: RunPlan, context: Context, *, quiet: bool, remark: str = ""
) -> None:
    """Make or continue the run of `plan` and say what came of it; `remark` stands near the end.

    Raises:
        ButtonError: see `button.run.runner.generate`.
        typer.Exit: 128 and the signal that stopped it, or 75 where less was made than asked for.
    """
    calm_collector()
    with ProgressDisplay(console, plan.count, plain_lines=not quiet) as progress:
        summary, stopped_by = asyncio.run(_run(plan, context, progress))
    print_summary(console, summary)
    if not quiet and summary.accepted and not stopped_by:
        print_example(console, plan.run_dir)
    if remark:
        console.print(remark, style="yellow", highlight=False)
    print_end(console, Path(plan.run_dir), summary)
    if stopped_by:
        raise typer.Exit(128 + stopped_by)
    if summary.shortfall or not summary.accepted:
        raise typer.Exit(YieldError.exit_code)


async def _run(
    plan: RunPlan, context: Context, progress: ProgressDisplay
) -> tuple[RunSummary, int]:
    """Run until the end or a signal; the number of the signal that stopped it, or 0."""
    stop = asyncio.Event()
    received: list[int] = []
    loop = asyncio.get_running_loop()

    def on_signal(number: int) -> None:
        received.append(number)
        stop.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal, number)
    try:
        summary = await generate(plan, simulator_of(context), progress, stop=stop)
    finally:
        await close_models()
    return summary, received[0] if received else 0
