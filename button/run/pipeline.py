"""The pipeline graph as what a run needs: a plan, and a function that simulates one item."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from button.context import BudgetSettings, Context
from button.errors import RunDirectoryError
from button.records import Seed
from button.run.builtin_seeds import builtin_seed
from button.run.layout import SHARD_ROWS
from button.run.plan import DRAIN_S, RESERVE_MB, Handling, Outcome, RunPlan, SeedOf, Simulate
from button.run.seeds import SeedReading
from button.run.stored_seeds import SEEDS, seeds_hash
from graphs.versions import versions

MOST_PASSES = 100
"""How often seeds are gone through for a count; each item has randomness of its own."""
STEPS_OF_A_TURN = 4
"""Super-steps that one assistant turn can cost; the recursion limit is no safety net of its own."""


def plan_of(
    run_dir: Path,
    context: Context,
    reading: SeedReading | None,
    *,
    count: int | None,
    concurrency: int,
    keep_calls: bool = False,
    drain_s: float = DRAIN_S,
    reserve_mb: int = RESERVE_MB,
) -> RunPlan:
    """The plan of a run with the seeds that were read, or with the built-in ones."""
    return planned(
        run_dir,
        context,
        None if reading is None else reading.seeds,
        count=count,
        skipped={} if reading is None else _skipped(reading),
        handling=Handling(
            concurrency=concurrency, keep_calls=keep_calls, drain_s=drain_s, reserve_mb=reserve_mb
        ),
    )


def planned(
    run_dir: Path,
    context: Context,
    seeds: Sequence[Seed] | None,
    *,
    count: int | None,
    skipped: Mapping[str, int],
    handling: Handling,
    shard_rows: int = SHARD_ROWS,
) -> RunPlan:
    """The plan of a run of the pipeline with `seeds`, or with the built-in ones for None."""
    return RunPlan(
        run_dir=run_dir,
        configuration={**context.model_dump(mode="json"), SEEDS: seeds_hash(seeds)},
        versions=versions(),
        seed_of=_seed_source(context, seeds, again=count is not None),
        count=count,
        root_seed=context.root_seed,
        handling=handling,
        budget=BudgetSettings() if handling.offline else context.budget,
        seeds=seeds,
        skipped=skipped,
        shard_rows=shard_rows,
    )


def plan_like(
    run_dir: Path,
    header: Mapping[str, Any],
    seeds: Sequence[Seed] | None,
    context: Context,
    *,
    count: int | None = None,
    **handling: Any,
) -> RunPlan:
    """The plan of the run that a run.json describes, with what is given here in its place.

    What is None stays as it was.

    Raises:
        RunDirectoryError: run.json names a way of handling that this version does not know.
    """
    changed = {key: value for key, value in handling.items() if value is not None}
    try:
        handled = Handling(**header.get("handling", {}) | changed)
    except TypeError as error:
        raise RunDirectoryError(f"the run was begun by another version: {error}") from None
    return planned(
        run_dir,
        context,
        seeds,
        count=header["count"] if count is None else count,
        skipped=header["skipped"],
        handling=handled,
        shard_rows=header["shard_rows"],
    )


def context_of(header: Mapping[str, Any]) -> Context:
    """The settings of the run that a run.json describes.

    Raises:
        RunDirectoryError: this version does not know one of them.
    """
    values = {key: value for key, value in header["configuration"].items() if key != SEEDS}
    try:
        return Context.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise RunDirectoryError(
            f"the run was begun by another version: setting {key!r}: {first['msg']}"
        ) from None


def simulator_of(context: Context) -> Simulate:
    """Runs the pipeline graph for one item."""
    # LangGraph takes a second to import, and who only plans, as with workers, needs no graph.
    from graphs.pipeline import graph  # noqa: PLC0415

    limit = STEPS_OF_A_TURN * (context.max_assistant_turns + context.max_human_turns) + 32

    async def simulate(item: int, seed: Seed) -> list[Outcome]:
        state: Any = {"item": item, "seed": seed.to_json()}
        made = await graph.ainvoke(state, {"recursion_limit": limit}, context=context)
        outcomes: list[Outcome] = made["outcomes"]
        return outcomes

    return simulate


def _seed_source(context: Context, seeds: Sequence[Seed] | None, *, again: bool) -> SeedOf:
    """The seed of each item; given seeds once, or `again` and again until a count is reached."""
    if seeds is None:
        return lambda item: builtin_seed(context.root_seed, item)
    passes = MOST_PASSES if again else 1
    return lambda item: seeds[item % len(seeds)] if item < passes * len(seeds) else None


def _skipped(reading: SeedReading) -> dict[str, int]:
    counts: dict[str, int] = {}
    for skip in reading.skipped:
        counts[skip.kind] = counts.get(skip.kind, 0) + 1
    return counts
