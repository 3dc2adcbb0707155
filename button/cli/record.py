"""`button record`: what models said in a run, taken to another place."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from button.cli.running import DrainOption, QuietOption, ReserveOption, run_and_tell
from button.context import BudgetSettings
from button.run.cassette import write_cassette
from button.run.layout import RunLayout
from button.run.pipeline import context_of, plan_like
from button.run.recording import found_run, open_recording
from button.run.recording import prune as prune_calls

record = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Export, replay or prune what models said."
)


@record.command()
def export(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    file: Annotated[Path, typer.Argument(help="Cassette to write; `.gz` compresses it.")],
) -> None:
    """Write the settings, seeds and journaled responses of a run into one file, without keys."""
    with open_recording(run) as recording:
        calls = write_cassette(file, recording)
    Console(emoji=False).print(f"{calls:,} responses in {file}", highlight=False, soft_wrap=True)


@record.command()
def replay(
    source: Annotated[Path, typer.Argument(help="Run directory, or a cassette.")],
    new: Annotated[Path, typer.Argument(help="Directory of the new run.")],
    concurrency: Annotated[
        int, typer.Option(min=1, help="Items in flight at once; never changes a byte.")
    ] = 16,
    drain_s: DrainOption = None,
    reserve_mb: ReserveOption = None,
    quiet: QuietOption = False,
) -> None:
    """Make a run again from what was recorded; no endpoint is asked and no key is needed."""
    with open_recording(source) as recording:
        # Nothing is bought, so nothing is bounded.
        context = context_of(recording.header).model_copy(update={"budget": BudgetSettings()})
        plan = plan_like(
            new,
            recording.header,
            recording.seeds,
            context,
            concurrency=concurrency,
            drain_s=drain_s,
            reserve_mb=reserve_mb,
            offline=True,
        )
        found_run(plan, recording.calls)
    run_and_tell(Console(emoji=False), plan, context, quiet=quiet)


@record.command()
def prune(run: Annotated[Path, typer.Argument(help="Run directory.")]) -> None:
    """Remove the responses of finished items; the run can then no longer be replayed."""
    removed = prune_calls(RunLayout(run))
    Console(emoji=False).print(
        f"{removed:,} responses removed from {run}", highlight=False, soft_wrap=True
    )
