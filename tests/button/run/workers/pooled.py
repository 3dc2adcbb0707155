"""Small runs with workers, and what they left."""

from pathlib import Path

from button.context import Context
from button.run.pipeline import plan_of, simulator_of
from button.run.runner import Progress, generate
from button.run.summary import RunSummary
from button.run.workers.pool import Launcher, WorkerPool

COUNT = 12
CONTEXT = Context(root_seed=11)


async def made(
    folder: Path,
    launcher: Launcher | None = None,
    progress: Progress | None = None,
    *,
    context: Context = CONTEXT,
) -> RunSummary:
    """A run with two workers of the launcher, or in this process without one."""
    plan = plan_of(folder, context, None, count=COUNT, concurrency=4)
    pool = None
    if launcher is not None:
        pool = WorkerPool(launcher, 2, context, keep_calls=False, near=True)
    return await generate(plan, pool or simulator_of(context), progress)


def shards_of(folder: Path) -> dict[str, bytes]:
    """The run's shards by name."""
    return {path.name: path.read_bytes() for path in sorted((folder / "shards").glob("*.jsonl"))}
