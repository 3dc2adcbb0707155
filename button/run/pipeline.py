"""The pipeline graph as what a run needs: a plan, and a function that simulates one item."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from button.canonical import content_hash
from button.context import Context
from button.records import Seed
from button.run.builtin_seeds import SOURCE, builtin_seed
from button.run.plan import Outcome, RunPlan, SeedOf, Simulate
from button.run.seeds import SeedReading
from graphs.pipeline import graph
from graphs.recording import versions

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
) -> RunPlan:
    """The plan of a run with the given seeds, or with the built-in ones where there are none."""
    seeds = None if reading is None else reading.seeds
    configuration = {
        **context.model_dump(mode="json"),
        "seeds": SOURCE
        if seeds is None
        else content_hash([[seed.id, seed.source] for seed in seeds]),
    }
    return RunPlan(
        run_dir=run_dir,
        configuration=configuration,
        versions=versions(),
        seed_of=_seed_source(context, seeds, again=count is not None),
        count=count,
        concurrency=concurrency,
        root_seed=context.root_seed,
        keep_calls=keep_calls,
        skipped={} if reading is None else _skipped(reading),
    )


def simulator_of(context: Context) -> Simulate:
    """Runs the pipeline graph for one item."""
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
