"""Many processes make the run that one would have made."""

import os
import signal
from pathlib import Path

import pytest

from button.context import ROLES, BudgetSettings, Context, ModelSettings
from button.errors import ConfigurationError, WorkerError
from button.models.events import CallEvent, active_events
from button.models.registry import close_models
from button.run.runner import Progress, RunProgress
from button.run.workers.local import LocalLauncher, LocalWorker
from button.run.workers.pool import WorkerPool, with_share
from tests.button.run.workers.pooled import CONTEXT, made, shards_of
from tests.faultserver.plan import Chosen
from tests.faultserver.server import FaultServer

pytestmark = pytest.mark.server


class Watched(LocalLauncher):
    """Remembers the processes that it started."""

    def __init__(self) -> None:
        self.started: list[LocalWorker] = []

    async def launch(self) -> LocalWorker:
        self.started.append(await super().launch())
        return self.started[-1]


async def test_workers_write_the_bytes_of_one_process_and_none_outlives_the_run(
    tmp_path: Path, alone: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a folder with the name of one of our packages is at hand."""
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").touch()
    monkeypatch.chdir(tmp_path)
    launcher = Watched()
    assert (await made(tmp_path / "run", launcher)).ended == "complete"
    assert shards_of(tmp_path / "run") == alone
    assert [worker.process.returncode for worker in launcher.started] == [0, 0]


async def test_items_of_a_killed_worker_are_made_by_another(
    tmp_path: Path, alone: dict[str, bytes]
) -> None:
    launcher = Watched()
    summary = await made(tmp_path / "run", launcher, kill_with(4, launcher))
    assert summary.ended == "complete"
    assert len(launcher.started) == 3
    assert shards_of(tmp_path / "run") == alone


def kill_with(items: int, launcher: Watched) -> Progress:
    killed: list[int] = []

    def watch(progress: RunProgress) -> None:
        if progress.in_flight >= items and not killed:
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


async def test_one_budget_and_one_journal_serve_all_workers(tmp_path: Path) -> None:
    """Stopped by its budget, the run goes on in one process with what was paid for.

    What a worker meets on the way is heard where the run is watched.
    """
    events: list[CallEvent] = []
    active_events.set(events.append)
    async with FaultServer() as server:
        model = ModelSettings(model="served", base_url=server.base_url, structured="json_schema")
        whole = Context(root_seed=11, default_model=model)
        await made(tmp_path / "alone", context=whole)
        needed = len(server.requests)
        server.requests.clear()
        server.plan = Chosen(lambda key, attempt, number: None if server.faults else "status_500")

        short = whole.model_copy(update={"budget": BudgetSettings(calls=50)})
        assert (await made(tmp_path / "run", Watched(), context=short)).ended == "incomplete:budget"
        assert len(server.requests) == 50
        assert [event.code for event in events if event.kind == "fault"] == ["server_error"]
        assert (await made(tmp_path / "run", context=whole)).ended == "complete"
        assert len({request.raw for request in server.requests}) == len(server.requests) - 1
        assert len(server.requests) >= needed - 50
        await close_models()
    assert shards_of(tmp_path / "run") == shards_of(tmp_path / "alone")


def test_workers_share_the_calls_in_flight() -> None:
    context = Context(
        default_model=ModelSettings(model="m", max_in_flight=9),
        models={"human": ModelSettings(model="h", max_in_flight=4)},
    )
    shared = with_share(context, 4)
    assert shared.default_model.max_in_flight == 2
    assert shared.model_of("human").max_in_flight == 1


def test_more_workers_than_calls_in_flight_are_refused() -> None:
    context = Context(models={"human": ModelSettings(model="h", max_in_flight=3)})
    with pytest.raises(ConfigurationError, match="4 workers are too many for model 'h'"):
        with_share(context, 4)
    nobody_asks = ModelSettings(model="big", max_in_flight=2)
    embedded = {role: ModelSettings() for role in ROLES}
    assert with_share(Context(default_model=nobody_asks, models=embedded), 4)


def test_no_workers_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="workers is 0"):
        WorkerPool(LocalLauncher(), 0, CONTEXT, keep_calls=False, near=True)
