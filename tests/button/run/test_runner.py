import asyncio
import logging
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from button.errors import ConfigurationError, EndpointError
from button.records import Seed
from button.run import runner
from button.run.plan import Outcome
from button.run.reading import RunReader, read_rows
from button.run.runner import RunProgress, generate
from button.run.summary import RunSummary


@pytest.fixture(autouse=True)
def quiet() -> None:
    logging.getLogger("button.run.item").setLevel(logging.CRITICAL)


async def make(world: ModuleType, run_dir: Path, **changes: Any) -> dict[str, bytes]:
    await generate(world.plan_for(run_dir, **changes), world.simulate)
    files: dict[str, bytes] = world.product(run_dir)
    return files


async def test_shards_do_not_depend_on_concurrency(world: ModuleType, tmp_path: Path) -> None:
    alone = await make(world, tmp_path / "1", concurrency=1)
    assert set(alone) >= {"accepted-00000.jsonl", "accepted-00003.jsonl", "rejected-00000.jsonl"}
    for concurrency in (4, 32):
        assert await make(world, tmp_path / str(concurrency), concurrency=concurrency) == alone


async def test_rows_are_the_smallest_prefix_of_items_without_duplicates(
    world: ModuleType, tmp_path: Path
) -> None:
    await make(world, tmp_path, concurrency=16)
    rows = list(read_rows(tmp_path))
    places = [(row["seeds"]["item"], row["seeds"]["variant"]) for row in rows]
    assert len(rows) == 100
    assert places == sorted(places)
    messages = [row["messages"][1]["content"].casefold() for row in rows]
    assert len(set(messages)) == 100
    rejections = list(read_rows(tmp_path, "rejected"))
    last = places[-1][0]
    assert max(row["seeds"]["item"] for row in rejections) <= last
    duplicates = [row for row in rejections if row["code"] == "duplicate_first_message"]
    crashes = [row for row in rejections if row["code"] == "internal_error"]
    assert duplicates
    assert duplicates[0]["detail"].startswith("the first human message equals that of item ")
    assert crashes
    assert "0x..." in crashes[0]["detail"]


async def test_summary_counts_what_the_shards_hold(world: ModuleType, tmp_path: Path) -> None:
    summary = await generate(world.plan_for(tmp_path), world.simulate)
    rejections = list(read_rows(tmp_path, "rejected"))
    assert (summary.ended, summary.accepted, summary.shortfall) == ("complete", 100, "")
    assert summary.rejected_total == len(rejections)
    assert (summary.turns, summary.calls, summary.parallel_share) == (200, 200, 1.0)
    assert sum(summary.strategies.values()) == 100
    assert summary.skipped == {"no tools": 3}
    assert summary.seconds > 0
    from_disk = RunReader(tmp_path).summary
    assert from_disk.totals() == summary.totals()
    assert list(from_disk.rejected) == list(summary.rejected)


async def test_raised_count_continues_to_what_it_would_have_been(
    world: ModuleType, tmp_path: Path
) -> None:
    for count in (1, 29, 30, 31, 64, 100):
        await generate(world.plan_for(tmp_path / "raised", count=count), world.simulate)
    assert world.product(tmp_path / "raised") == await make(world, tmp_path / "whole")


async def test_finished_run_is_left_as_it_is(world: ModuleType, tmp_path: Path) -> None:
    first = await make(world, tmp_path)

    async def never(item: int, seed: object) -> list[Any]:
        raise AssertionError("nothing is left to simulate")

    summary = await generate(world.plan_for(tmp_path), never)
    assert summary.accepted == 100
    assert world.product(tmp_path) == first


async def test_stop_drops_what_is_in_flight_and_can_be_continued(
    world: ModuleType, tmp_path: Path
) -> None:
    stop = asyncio.Event()
    cancelled = []

    async def slow(item: int, seed: Any) -> list[Any]:
        try:
            if item == 40:
                await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.append(item)
            raise
        return list(await world.simulate(item, seed))

    def watch(progress: RunProgress) -> None:
        if progress.summary.items == 40:
            stop.set()

    summary = await generate(world.plan_for(tmp_path / "a"), slow, watch, stop=stop)
    assert summary.ended == "interrupted"
    assert cancelled == [40]
    assert "the run can be continued" in summary.shortfall
    assert len(list(read_rows(tmp_path / "a"))) == summary.accepted
    assert await make(world, tmp_path / "a") == await make(world, tmp_path / "b")


async def test_item_that_waits_never_holds_up_the_others(world: ModuleType, tmp_path: Path) -> None:
    release = asyncio.Event()
    seen: list[int] = []

    async def first_waits(item: int, seed: Any) -> list[Any]:
        if item == 0:
            await release.wait()
        seen.append(item)
        if item == 30:
            release.set()
        return [world.accepted(world.row_of(item, 0, f"message {item}"))]

    await generate(world.plan_for(tmp_path, count=50, concurrency=3), first_waits)
    assert seen.index(0) > seen.index(30)
    items = [row["seeds"]["item"] for row in read_rows(tmp_path)]
    assert items == list(range(50))


async def test_gaps_left_by_a_kill_are_filled_at_once(world: ModuleType, tmp_path: Path) -> None:
    never = asyncio.Event()
    stop = asyncio.Event()

    async def first_two_hang(item: int, seed: Any) -> list[Any]:
        if item < 2:
            await never.wait()
        messages = [f"message {item} {variant}" for variant in range(6 * item + 1)]
        return [world.accepted(world.row_of(item, 0, message)) for message in messages]

    def watch(progress: RunProgress) -> None:
        if progress.hopeful >= 5:
            stop.set()

    plan = world.plan_for(tmp_path, count=5, concurrency=3)
    summary = await generate(plan, first_two_hang, watch, stop=stop)
    assert (summary.accepted, summary.items) == (0, 0)
    never.set()
    reports: list[RunProgress] = []
    summary = await generate(plan, first_two_hang, reports.append)
    assert (summary.accepted, summary.items, summary.ended) == (5, 2, "complete")
    assert max(report.in_flight for report in reports) == 2


async def test_seeds_used_up(world: ModuleType, tmp_path: Path) -> None:
    few = {"seed_of": lambda item: world.seed_of(item) if item < 10 else None}
    summary = await generate(world.plan_for(tmp_path / "n", count=500, **few), world.simulate)
    assert (summary.ended, summary.items) == ("exhausted", 10)
    assert f"{summary.accepted} of 500" in summary.shortfall
    summary = await generate(world.plan_for(tmp_path / "all", count=None, **few), world.simulate)
    assert (summary.ended, summary.shortfall) == ("exhausted", "")


async def test_run_that_accepts_hardly_anything_stops(world: ModuleType, tmp_path: Path) -> None:
    async def hopeless(item: int, seed: Any) -> list[Any]:
        return [world.rejected(item, "nowhere")]

    summary = await generate(world.plan_for(tmp_path, concurrency=32), hopeless)
    assert (summary.ended, summary.items) == ("runaway", 200)
    assert "most frequent reason: 'nowhere' (200 times)" in summary.shortfall
    assert len(list(read_rows(tmp_path, "rejected"))) == 200


async def test_dead_endpoint_stops_the_run_and_rejects_nothing(
    world: ModuleType, tmp_path: Path
) -> None:
    async def dies(item: int, seed: Any) -> list[Any]:
        if item >= 20:
            raise EndpointError("401 for model 'x'")
        return list(await world.simulate(item, seed))

    with pytest.raises(EndpointError, match="401"):
        await generate(world.plan_for(tmp_path / "a", concurrency=8), dies)
    assert RunReader(tmp_path / "a").summary.ended == "failed"
    assert await make(world, tmp_path / "a") == await make(world, tmp_path / "b")


async def test_outcomes_that_are_no_rows_reject_their_item(
    world: ModuleType, tmp_path: Path
) -> None:
    broken: list[Any] = [
        [{"kind": "accepted", "row": {"id": "x"}}],
        [{"kind": "other", "row": {}}],
        [world.accepted(world.row_of(0, 0, "hi") | {"note": "\ud800"})],
        [world.accepted(world.row_of(0, 0, "hi", messages=[]))],
        None,
    ]

    async def odd(item: int, seed: Any) -> Any:
        return broken[item]

    plan = world.plan_for(tmp_path, seed_of=lambda item: world.seed_of(item) if item < 5 else None)
    summary = await generate(plan, odd)
    assert summary.rejected == {"internal_error": 5}


async def test_a_simulation_that_cancels_itself_is_rejected(
    world: ModuleType, tmp_path: Path
) -> None:
    async def cancels(item: int, seed: Any) -> Any:
        raise asyncio.CancelledError

    plan = world.plan_for(tmp_path, seed_of=lambda item: world.seed_of(item) if item < 3 else None)
    assert (await generate(plan, cancels)).rejected == {"internal_error": 3}


async def test_cancelling_the_run_leaves_it_resumable(world: ModuleType, tmp_path: Path) -> None:
    task: asyncio.Task[RunSummary]

    def watch(progress: RunProgress) -> None:
        if progress.summary.items >= 20:
            task.cancel()

    task = asyncio.create_task(generate(world.plan_for(tmp_path / "a"), world.simulate, watch))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await make(world, tmp_path / "a") == await make(world, tmp_path / "b")


async def test_progress_tells_of_every_item(world: ModuleType, tmp_path: Path) -> None:
    reports: list[RunProgress] = []
    await generate(world.plan_for(tmp_path), world.simulate, reports.append)
    accepted = [report.summary.accepted for report in reports]
    assert accepted == sorted(accepted)
    assert accepted[0] == 0
    assert max(report.in_flight for report in reports) == 4
    assert (accepted[-1], reports[-1].summary.ended) == (100, "complete")
    again: list[RunProgress] = []
    await generate(world.plan_for(tmp_path, count=120), world.simulate, again.append)
    assert again[0].summary.accepted == 100


async def test_progress_is_told_while_items_take_long(
    world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "TELL_EVERY_S", 0.001)
    reports: list[RunProgress] = []
    told_twice_more = asyncio.Event()

    def tell(progress: RunProgress) -> None:
        reports.append(progress)
        if [each.settled for each in reports].count(0) > 3:
            told_twice_more.set()

    async def simulate(item: int, seed: Seed) -> list[Outcome]:
        await told_twice_more.wait()
        return await world.simulate(item, seed)  # type: ignore[no-any-return]

    await generate(world.plan_for(tmp_path, count=1), simulate, tell)
    assert [each.in_flight for each in reports[:4]] == [1] * 4


@pytest.mark.parametrize("change", [{"count": 0}, {"concurrency": 0}, {"shard_rows": 0}])
def test_plan_without_work_is_refused(
    world: ModuleType, tmp_path: Path, change: dict[str, int]
) -> None:
    with pytest.raises(ConfigurationError, match=f"{next(iter(change))} is 0"):
        world.plan_for(tmp_path, **change)
