"""What a run spends: never more than its budgets, never forgotten, and a stop changes no byte."""

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from button.context import BudgetSettings, Context, ModelSettings, RetrySettings
from button.errors import CallError
from button.models.caller import CallKey, caller_of, use_models
from button.models.clock import active_clock
from button.models.meter import Attempt
from button.models.prices import PICODOLLARS
from button.models.registry import close_models
from button.models.spending import Spent
from button.run.database import open_database
from button.run.layout import RunLayout
from button.run.pipeline import planned, simulator_of
from button.run.plan import Handling
from button.run.reading import RunReader
from button.run.runner import generate
from button.run.spending import spending_of
from button.run.store import RunStore, open_store
from button.run.summary import RunSummary
from tests.billing import BillingModel
from tests.faultserver.fake_clock import FakeClock
from tests.faultserver.plan import Seeded
from tests.faultserver.server import FaultServer

PRICED = ModelSettings(model="m", price_in=3, price_out=15, max_tokens=400)
CONTEXT = Context(
    default_model=PRICED,
    retry=RetrySettings(first_backoff_s=0.1, longest_backoff_s=1, failures_to_open=50),
)
MEMBERS = {"calls": "requests", "tokens": "tokens", "usd": "picodollars"}


def spending_simulation(world: ModuleType) -> Callable[..., Any]:
    """Three calls an item; what they say does not matter, for it is by chance."""

    async def simulate(item: int, seed: Any) -> Any:
        for turn in range(3):
            words = [HumanMessage("word " * (1 + item % 50 + turn))]
            try:
                await caller_of(CONTEXT).call("human", CallKey(item, 0, "human", turn, 0), words)
            except CallError:
                break
        return world.outcomes_of(item)

    return simulate


@pytest.mark.parametrize("kind", MEMBERS)
async def test_a_run_that_is_raised_again_and_again_ends_as_if_it_had_no_budget(
    world: ModuleType, tmp_path: Path, kind: str
) -> None:
    active_clock.set(FakeClock())
    simulate = spending_simulation(world)
    with use_models(BillingModel(seed=1)):
        await generate(world.plan_for(tmp_path / "free", count=50), simulate)
    whole = spending_of(RunLayout(tmp_path / "free")).all
    amounts = {"calls": whole.requests, "tokens": whole.tokens,
               "usd": whole.picodollars / PICODOLLARS}  # fmt: skip
    model, stops = BillingModel(seed=2, rate=0.2), 0
    for share in (0.2, 0.7, 1.1, 20):
        limit = amounts[kind] * share if kind == "usd" else int(amounts[kind] * share)
        plan = world.plan_for(
            tmp_path / "run",
            count=50,
            concurrency=64,
            drain_s=0,
            budget=BudgetSettings(**{kind: limit}),
        )
        with use_models(model):
            summary = await generate(plan, simulate)
        spent = spending_of(RunLayout(tmp_path / "run")).all
        counted = {"calls": spent.requests, "tokens": spent.tokens,
                   "usd": spent.picodollars / PICODOLLARS}[kind]  # fmt: skip
        billed = model.billed[MEMBERS[kind]] / (PICODOLLARS if kind == "usd" else 1)
        assert billed <= counted + 1e-9
        assert counted <= limit
        if summary.ended == "incomplete:budget":
            stops += 1
            assert f"budget.{kind} is used up" in summary.shortfall
            assert RunReader(tmp_path / "run").manifest["state"] == "incomplete:budget"
    assert stops >= 2
    assert summary.ended == "complete"
    assert world.product(tmp_path / "run") == world.product(tmp_path / "free")


def over_http(run_dir: Path, base_url: str, budget: BudgetSettings) -> Any:
    settings = PRICED.model_copy(update={"model": "served", "base_url": base_url})
    patient = RetrySettings(first_backoff_s=0.01, longest_backoff_s=0.02, failures_to_open=99)
    context = Context(default_model=settings, budget=budget, retry=patient)
    handling = Handling(concurrency=64)
    plan = planned(run_dir, context, None, count=6, skipped={}, handling=handling)
    return generate(plan, simulator_of(context))


@pytest.mark.server
async def test_a_budget_stop_over_http_changes_no_byte_and_asks_nothing_twice(
    tmp_path: Path,
) -> None:
    storm = Seeded(seed=5, rate=0.2, model_rate=0, most_in_a_row=2)
    summaries: list[RunSummary] = []
    async with FaultServer(Seeded(rate=0, model_rate=0)) as calm:
        await over_http(tmp_path / "free", calm.base_url, BudgetSettings())
    async with FaultServer(storm) as server:
        for calls in (30, 90, 10_000):
            budget = BudgetSettings(calls=calls, usd=100)
            summaries.append(await over_http(tmp_path / "run", server.base_url, budget))
            assert server.count <= calls
            assert spending_of(RunLayout(tmp_path / "run")).all.requests == server.count
        # Each prompt carries a seed of its own: a body answered well twice was paid for twice.
        well = Counter(request.raw for request in server.requests if request.fault is None)
        assert set(well.values()) == {1}
    await close_models()
    assert [each.ended for each in summaries[:2]] == ["incomplete:budget"] * 2
    assert summaries[-1].ended == "complete"
    for path in sorted((tmp_path / "free" / "shards").iterdir()):
        assert path.read_bytes() == (tmp_path / "run" / "shards" / path.name).read_bytes()


async def test_working_time_stops_a_run_without_endpoints_too(
    world: ModuleType, tmp_path: Path
) -> None:
    clock = FakeClock()
    active_clock.set(clock)

    async def simulate(item: int, seed: Any) -> Any:
        clock.now += 7
        return world.outcomes_of(item)

    plan = world.plan_for(tmp_path / "a", budget=BudgetSettings(minutes=2), concurrency=1)
    for _ in range(2):
        summary = await generate(plan, simulate)
        assert summary.ended == "incomplete:budget"
        assert summary.error == "budget.minutes is used up: 2.1 of 2 minutes have passed"
        assert summary.items == 18
    more = world.plan_for(tmp_path / "a", budget=BudgetSettings(minutes=99))
    assert (await generate(more, simulate)).ended == "complete"
    await generate(world.plan_for(tmp_path / "b"), simulate)
    assert world.product(tmp_path / "a") == world.product(tmp_path / "b")


@pytest.fixture
def reopen(tmp_path: Path) -> Callable[[], RunStore]:
    budget = BudgetSettings(calls=100)
    return lambda: open_store(RunLayout(tmp_path), "identity", keep_calls=False, budget=budget)


ATTEMPT = Attempt(0, "0/human/0/0", "human", PRICED, [HumanMessage("Hello")], {})


async def test_a_response_and_its_cost_are_on_disk_together(
    reopen: Callable[[], RunStore], tmp_path: Path
) -> None:
    store = reopen()
    usage = {"input_tokens": 7, "output_tokens": 3, "total_tokens": 10}
    for step in ("a", "b"):
        (await store.meter.reserve(ATTEMPT)).settle(AIMessage("hi", usage_metadata=usage))
        await store.journal.commit(0, step, "h", "human", {"content": "hi"}, durable=True)
        found = spending_of(RunLayout(tmp_path)).roles["human"]
        assert found.requests == found.answers == 1 + (step == "b")
        assert found.tokens == 10 * found.requests
        assert found.picodollars == 66_000_000 * found.requests
    await store.close()


async def test_what_was_under_way_when_the_process_died_counts_as_spent(
    reopen: Callable[[], RunStore], tmp_path: Path
) -> None:
    store = reopen()
    await store.meter.reserve(ATTEMPT)
    found = spending_of(RunLayout(tmp_path)).roles["human"]
    assert found == Spent(1, 0, 89, 400, 6_267_000_000, estimated=1)
    # As after a kill: another process reads what this one wrote, and goes on from there.
    again = reopen()
    assert again.meter.spent["human"] == found
    (await again.meter.reserve(ATTEMPT)).settle(None)
    await again.close()
    assert spending_of(RunLayout(tmp_path)).roles["human"] == found.plus(found)
    await store._writer.close()


async def test_sums_are_read_back_whole_or_not_at_all(
    reopen: Callable[[], RunStore], tmp_path: Path
) -> None:
    store = reopen()
    (await store.meter.reserve(ATTEMPT)).settle(None)
    await store.close()
    with closing(sqlite3.connect(tmp_path / "run.db")) as connection, connection:
        connection.execute("UPDATE spent SET requests = 0")
    with pytest.raises(Exception, match="'spent' differs from its checksum"):
        reopen()


def test_older_runs_without_the_table_are_named(tmp_path: Path) -> None:
    connection = open_database(RunLayout(tmp_path), "identity")
    connection.execute("DROP TABLE spent")
    connection.close()

    async def opened() -> None:
        open_store(RunLayout(tmp_path), "identity", keep_calls=False)

    with pytest.raises(Exception, match="no such table: spent"):
        asyncio.run(opened())
