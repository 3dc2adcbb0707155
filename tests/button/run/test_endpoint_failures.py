"""What a run makes of an endpoint that refuses or is gone: it stops, and can be continued."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from button.context import Context, ModelSettings, RetrySettings
from button.errors import EndpointError, OutageError
from button.models.clock import active_clock
from button.models.registry import close_models
from button.run.layout import RunLayout
from button.run.pipeline import plan_of, simulator_of
from button.run.reading import RunReader
from button.run.runner import generate
from button.run.status import status_of
from button.run.summary import RunSummary
from button.run.workers.local import LocalLauncher
from button.run.workers.pool import WorkerPool
from tests.faultserver.fake_clock import FakeClock
from tests.faultserver.plan import Chosen, Seeded
from tests.faultserver.server import FaultServer
from tests.faultserver.wire import PASSING, SLOW

pytestmark = pytest.mark.server
COUNT = 4


@pytest.fixture
async def served() -> AsyncIterator[FaultServer]:
    active_clock.set(FakeClock())
    async with FaultServer() as server:
        yield server
        await close_models()


async def run(path: Path, server: FaultServer, concurrency: int = 4, **settings: Any) -> RunSummary:
    model = ModelSettings(model="served", base_url=server.base_url, timeout_s=20, **settings)
    retry = RetrySettings(first_backoff_s=0.01, probe_every_s=0.01)
    context = Context(default_model=model, retry=retry)
    plan = plan_of(path, context, None, count=COUNT, concurrency=concurrency)
    return await generate(plan, simulator_of(context))


def shards(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in sorted((path / "shards").iterdir())}


async def test_a_key_that_expires_stops_the_run_and_a_new_one_continues_it_exactly(
    served: FaultServer, tmp_path: Path
) -> None:
    await run(tmp_path / "whole", served)
    used = served.count
    served.plan = Chosen(lambda key, attempt, number: "status_401" if number > used + 30 else None)
    with pytest.raises(EndpointError, match=r"unauthorized.*Incorrect API key") as told:
        await run(tmp_path / "cut", served)
    assert "\n" not in str(told.value)
    assert EndpointError.exit_code == 78
    # No call but those that were in flight: 4 items, each with a few calls of functions at once.
    assert served.faults["status_401"] <= 16
    assert RunReader(tmp_path / "cut").summary.rejected == {}
    served.plan = Chosen(lambda key, attempt, number: None)
    before = served.count
    assert (await run(tmp_path / "cut", served)).accepted == COUNT
    assert shards(tmp_path / "cut") == shards(tmp_path / "whole")
    # What was answered before is not asked, and not paid for, again.
    assert served.count - before < used


async def test_an_outage_without_end_leaves_a_run_that_can_be_continued(
    served: FaultServer, tmp_path: Path
) -> None:
    await run(tmp_path / "whole", served)
    used = served.count

    def choose(key: str, attempt: int, number: int) -> str | None:
        return "reset" if number > used + 40 else None

    served.plan = Chosen(choose)
    with pytest.raises(OutageError, match="start the same command again"):
        await run(tmp_path / "cut", served, max_outage_s=0.05)
    summary = RunReader(tmp_path / "cut").summary
    assert summary.ended == "incomplete:outage"
    faults = {each.code: each for each in status_of(RunLayout(tmp_path / "cut")).faults}
    assert faults.keys() == {"connection", "down"}
    assert faults["connection"].times >= 5
    assert faults["down"].text.startswith("calls wait; asked again in 0 s (no connection")
    assert faults["down"].endpoint == f"model 'served' at {served.base_url}"
    assert summary.rejected == {}
    served.plan = Chosen(lambda key, attempt, number: None)
    # An endpoint is known per event loop, and this one is known to be down: it is probed first.
    assert (await run(tmp_path / "cut", served, max_outage_s=60)).accepted == COUNT
    assert shards(tmp_path / "cut") == shards(tmp_path / "whole")


async def test_what_workers_meet_is_counted_where_the_run_is(
    served: FaultServer, tmp_path: Path
) -> None:
    served.plan = Chosen(lambda key, attempt, number: "status_503" if number < 3 else None)
    context = Context(
        default_model=ModelSettings(model="served", base_url=served.base_url),
        retry=RetrySettings(first_backoff_s=0.01),
    )
    plan = plan_of(tmp_path / "run", context, None, count=1, concurrency=1)
    pool = WorkerPool(LocalLauncher(), 1, context, keep_calls=False, near=True)
    await generate(plan, pool)
    (found,) = status_of(RunLayout(tmp_path / "run")).faults
    assert (found.code, found.times) == ("overloaded", 3)


async def test_faults_and_concurrency_change_no_byte(served: FaultServer, tmp_path: Path) -> None:
    await run(tmp_path / "whole", served, 1)
    kinds = [kind for kind in PASSING if kind not in SLOW | {"big_body", "endless_chunks"}]
    served.plan = Seeded(seed=5, rate=0.3, model_rate=0, kinds=kinds)
    await run(tmp_path / "storm", served, 8)
    assert served.faults.total() > 20
    assert shards(tmp_path / "storm") == shards(tmp_path / "whole")
