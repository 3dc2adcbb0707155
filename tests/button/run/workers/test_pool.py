"""Many processes make the run that one would have made."""

import asyncio
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from button.context import Context, ModelSettings
from button.errors import WorkerError
from button.run.pipeline import plan_of, simulator_of
from button.run.plan import RunPlan
from button.run.runner import Progress, RunProgress, generate
from button.run.summary import RunSummary
from button.run.workers.local import LocalLauncher, LocalWorker
from button.run.workers.pool import WorkerPool, with_share

pytestmark = pytest.mark.server
COUNT = 24
CONTEXT = Context(root_seed=11)


class Watched(LocalLauncher):
    """Remembers the processes that it started."""

    def __init__(self) -> None:
        self.started: list[LocalWorker] = []

    async def launch(self) -> LocalWorker:
        self.started.append(await super().launch())
        return self.started[-1]


def plan_in(folder: Path, count: int = COUNT) -> RunPlan:
    return plan_of(folder, CONTEXT, None, count=count, concurrency=6)


def pool_of(size: int, launcher: LocalLauncher) -> WorkerPool:
    return WorkerPool(launcher, size, CONTEXT, keep_calls=False, near=True)


def shards_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((folder / "shards").glob("*.jsonl"))}


async def made(
    folder: Path, launcher: LocalLauncher, size: int = 2, progress: Progress | None = None
) -> RunSummary:
    plan, pool = plan_in(folder), pool_of(size, launcher)
    return await generate(plan, simulator_of(CONTEXT), progress, workers=pool)


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Shards of a run in one process."""
    folder = tmp_path_factory.mktemp("alone") / "run"
    asyncio.run(generate(plan_in(folder), simulator_of(CONTEXT)))
    return shards_of(folder)


async def test_workers_write_the_bytes_of_one_process(
    tmp_path: Path, alone: dict[str, bytes]
) -> None:
    summary = await made(tmp_path / "run", Watched())
    assert summary.ended == "complete"
    assert shards_of(tmp_path / "run") == alone


async def test_items_of_a_killed_worker_are_made_by_another(
    tmp_path: Path, alone: dict[str, bytes]
) -> None:
    launcher = Watched()
    summary = await made(tmp_path / "run", launcher, progress=kill_after(4, launcher))
    assert summary.ended == "complete"
    assert len(launcher.started) == 3
    assert shards_of(tmp_path / "run") == alone


def kill_after(rows: int, launcher: Watched) -> Callable[[RunProgress], None]:
    killed: list[int] = []

    def watch(progress: RunProgress) -> None:
        if progress.summary.accepted >= rows and not killed:
            killed.append(launcher.started[0].process.pid)
            os.kill(killed[0], signal.SIGKILL)

    return watch


async def test_workers_that_keep_dying_end_the_run_with_one_line(tmp_path: Path) -> None:
    class Doomed(LocalLauncher):
        async def launch(self) -> LocalWorker:
            worker = await super().launch()
            worker.process.kill()
            return worker

    with pytest.raises(WorkerError, match="a worker did not start: it was killed by signal 9"):
        await made(tmp_path / "run", Doomed())


async def test_no_worker_outlives_the_run(tmp_path: Path) -> None:
    launcher = Watched()
    await made(tmp_path / "run", launcher)
    assert [worker.process.returncode is None for worker in launcher.started] == [False, False]


def test_workers_share_the_calls_in_flight() -> None:
    context = Context(
        default_model=ModelSettings(model="m", max_in_flight=9),
        models={"human": ModelSettings(model="h", max_in_flight=1)},
    )
    shared = with_share(context, 4)
    assert shared.default_model.max_in_flight == 2
    assert shared.model_of("human").max_in_flight == 1
