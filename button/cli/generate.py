"""`button generate`: make a run, or continue it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from button.cli.crew import AddressOption, Crew, EngineOption, WorkersOption
from button.cli.rendering import printable
from button.cli.running import DrainOption, QuietOption, ReserveOption, run_and_tell
from button.cli.settings import ConfigOption, SetOption, read_settings
from button.cli.spending import (
    BudgetCalls,
    BudgetMinutes,
    BudgetTokens,
    BudgetUsd,
    budget_sets,
)
from button.errors import ConfigurationError
from button.models.addresses import EMBEDDED
from button.run.pipeline import plan_of
from button.run.plan import DRAIN_S, RESERVE_MB
from button.run.seeds import SeedReading, Skip, read_functions, read_seeds

DEFAULT_COUNT = 100
COUNTED = ("groups", "merged groups", "total", "used", "skipped")
PLACEHOLDERS = (
    "The embedded model does not know what your functions mean: names, types and the flow of "
    "values are right, the values themselves are placeholders. Use a model of your own for data to "
    "train on."
)
SHOWN_SKIPS = 10
"""Skipped inputs that are named one by one; all of them are counted."""


def generate(
    count: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Accepted trajectories to make; given seeds are gone through again until it is "
            "reached. Default: 100, or what given seeds yield in one pass.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            min=0, help="Root of all randomness: the same seed gives the same bytes. Default: 0."
        ),
    ] = None,
    out: Annotated[Path, typer.Option(help="Run directory, new or to be continued.")] = Path(
        "runs/latest"
    ),
    concurrency: Annotated[
        int,
        typer.Option(min=1, help="Items in flight at once; never changes a byte of the result."),
    ] = 16,
    seeds: Annotated[
        list[Path] | None,
        typer.Option(
            help="Seed files: chats (ShareGPT, Glaive, OpenAI), scenario lines, JSONL with "
            "`scenario`. One or several."
        ),
    ] = None,
    functions: Annotated[
        list[Path] | None,
        typer.Option(
            help="Function catalogues (OpenAI tools, BFCL): tasks are built for them. One or "
            "several."
        ),
    ] = None,
    config: ConfigOption = None,
    set_: SetOption = None,
    parallel: Annotated[
        Literal["on", "off", "mixed"] | None,
        typer.Option(help="Whether the assistant may make several calls in one turn. Default: on."),
    ] = None,
    keep_calls: Annotated[
        bool,
        typer.Option(
            "--keep-calls",
            help="Keep in run.db also what the embedded model said; responses of endpoints are "
            "kept anyway.",
        ),
    ] = False,
    budget_usd: BudgetUsd = None,
    budget_tokens: BudgetTokens = None,
    budget_calls: BudgetCalls = None,
    budget_minutes: BudgetMinutes = None,
    drain_s: DrainOption = None,
    reserve_mb: ReserveOption = None,
    workers: WorkersOption = 1,
    engine: EngineOption = "local",
    address: AddressOption = None,
    quiet: QuietOption = False,
) -> None:
    """Generate checked trajectories; called again with the same settings it continues."""
    console = Console(emoji=False)
    flags = {"root_seed": seed, "parallel_calls": parallel}
    budgets = budget_sets(budget_usd, budget_tokens, budget_calls, budget_minutes)
    context = read_settings(config, flags, [*(set_ or ()), *budgets])
    reading = read_inputs(seeds or [], functions or [], console, quiet=quiet)
    if count is None and reading is None:
        count = DEFAULT_COUNT
    plan = plan_of(
        out,
        context,
        reading,
        count=count,
        concurrency=concurrency,
        keep_calls=keep_calls,
        drain_s=DRAIN_S if drain_s is None else drain_s,
        reserve_mb=RESERVE_MB if reserve_mb is None else reserve_mb,
    )
    placeholders = bool(functions) and context.model_of("tool").model == EMBEDDED
    remark = PLACEHOLDERS if placeholders else ""
    crew = Crew(workers, engine, address)
    run_and_tell(console, plan, context, quiet=quiet, remark=remark, crew=crew)


def read_inputs(
    seeds: Sequence[Path], functions: Sequence[Path], console: Console, *, quiet: bool = False
) -> SeedReading | None:
    """The seeds in the files that were given; None for the built-in ones.

    Raises:
        ButtonError: a file cannot be used, or both kinds were given.
    """
    if seeds and functions:
        raise ConfigurationError(
            "--seeds and --functions cannot be given together: a seed is "
            "either a situation or a set of functions"
        )
    if not seeds and not functions:
        return None
    reading = read_seeds(seeds) if seeds else read_functions(functions)
    if reading.skipped or not quiet:
        console.print(f"Input: {_counted(reading.counts)}", highlight=False)
    if not quiet:
        _print_skips(console, reading.skipped)
    return reading


def _counted(counts: Mapping[str, int]) -> str:
    """`198 total, 105 used, 93 skipped (78 no tools, 15 duplicate)`."""
    main = [f"{counts[name]} {name}" for name in COUNTED if name in counts]
    reasons = ", ".join(f"{count} {name}" for name, count in counts.items() if name not in COUNTED)
    return ", ".join(main) + (f" ({reasons})" if reasons else "")


def _print_skips(console: Console, skipped: Sequence[Skip]) -> None:
    for skip in skipped[:SHOWN_SKIPS]:
        console.print(printable(f"  skipped {skip}"), style="yellow", highlight=False, markup=False)
    if len(skipped) > SHOWN_SKIPS:
        console.print(f"  … and {len(skipped) - SHOWN_SKIPS} more", style="yellow")
