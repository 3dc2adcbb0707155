"""R5: how much a run's memory grows with what it has made.

The goal is measured over the run itself: a scripted conversation of 2 kB takes the place of the
graph, everything after it is real (gate, database, shards, manifest). The graph keeps nothing of an
item (no checkpointer); the slope of the whole pipeline, embedded model and all, is measured over
fewer conversations.
"""

import asyncio
import gc
import json
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.goal import Measured
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote
from button.context import Context
from button.records import Seed
from button.run.collector import calm_collector
from button.run.pipeline import plan_of, simulator_of
from button.run.plan import Outcome, RunPlan, Simulate
from button.run.runner import RunProgress, generate
from tests.button.run import run_world

PAGE = 4096


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """Both in processes of their own."""
    grown = _grown(nest, "scripted", size.memory_from, size.memory_to)
    yield Measured(
        "R5 memory",
        f"< {size.memory_mb:g} MB more at {size.memory_to:,} conversations than at "
        f"{size.memory_from:,} (scripted, the whole run around them)",
        f"{grown[1] - grown[0]:+.1f} MB ({grown[0]:.0f} to {grown[1]:.0f})",
        grown[1] - grown[0] < size.memory_mb,
    )
    if size.pipeline_to:
        grown = _grown(nest, "embedded", size.pipeline_from, size.pipeline_to)
        yield Measured(
            "R5 slope of the pipeline",
            f"< {size.memory_mb:g} MB from {size.pipeline_from:,} to {size.pipeline_to:,} "
            "conversations (whole pipeline, embedded model)",
            f"{grown[1] - grown[0]:+.1f} MB ({grown[0]:.0f} to {grown[1]:.0f})",
            grown[1] - grown[0] < size.memory_mb,
        )


def _grown(nest: Zygote, what: str, begin: int, end: int) -> tuple[float, float]:
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        assert nest.run("memory", [what, folder, begin, end], log=log) == 0, log.read_text()
        first, last = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    return first, last


def watch(what: str, folder: str, begin: int, end: int) -> None:
    """Run to `end` conversations; print the megabytes in use at `begin` and at the end."""
    calm_collector()
    seen: list[float] = []

    def progress(told: RunProgress) -> None:
        due = (begin, end)[len(seen) :][:1]
        if due and told.summary.accepted >= due[0]:
            gc.collect()
            seen.append(_resident_mb())

    run_dir = Path(folder) / "run"
    plan, simulate = _scripted(run_dir, end) if what == "scripted" else _embedded(run_dir, end)
    asyncio.run(generate(plan, simulate, progress))
    print(json.dumps(seen))


def _resident_mb() -> float:
    pages = Path("/proc/self/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * PAGE / 1e6


def _scripted(run_dir: Path, count: int) -> tuple[RunPlan, Simulate]:
    plan = run_world.plan_for(
        run_dir, count=count, shard_rows=1000, concurrency=16, seed_of=run_world_seed
    )

    async def simulate(item: int, seed: Seed) -> list[Outcome]:
        await asyncio.sleep(0)
        return [run_world.accepted(run_world.row_of(item, 0, f"Please do {item}"))]

    return plan, simulate


def run_world_seed(item: int) -> Seed:
    return Seed(kind="scenario", source=f"built-in:{item}", text=f"scenario {item}")


def _embedded(run_dir: Path, count: int) -> tuple[RunPlan, Simulate]:
    context = Context()
    plan = plan_of(run_dir, context, None, count=count, concurrency=16)
    return plan, simulator_of(context)
