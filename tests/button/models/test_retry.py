"""Patience with endpoints, by a clock whose hours pass in no time."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from button.context import RetrySettings
from button.errors import CallError, EndpointError, OutageError
from button.models.events import CallEvent, active_events
from button.models.faults import MAX_TEXT, Fault
from button.models.retry import Endpoint
from tests.faultserver.fake_clock import FakeClock

HELLO = AIMessage("hello")
DOWN = Fault("transient", "connection", "no connection: refused")
BUSY = Fault("transient", "rate_limited", "HTTP 429: slow down", 429)
BROKEN = Fault("transient", "not_json", "the reply is no JSON")


class World:
    """An endpoint as calls see it: down at times, slow by `latency`, and how often it was asked."""

    def __init__(
        self, *, jitter: float = 0.5, in_flight: int = 64, outage: float = 3600, **retry: Any
    ) -> None:
        self.clock = FakeClock(jitter)
        self.began = self.clock.now
        self.endpoint = Endpoint(
            "model 'm' at http://m", RetrySettings(**retry), self.clock, max_in_flight=in_flight
        )
        self.endpoint.circuit.max_outage_s = outage
        self.down = (float("inf"), float("inf"))
        self.latency = 1.0
        self.asked: list[float] = []
        self.probed: list[float] = []
        self.done: list[float] = []
        self.peak = 0
        self._running = 0

    @property
    def now(self) -> float:
        return self.clock.now - self.began

    def is_down(self) -> bool:
        return self.down[0] <= self.now < self.down[1]

    async def attempt(self) -> AIMessage | Fault:
        self.asked.append(self.now)
        self._running += 1
        self.peak = max(self.peak, self._running)
        try:
            await self.clock.sleep(self.latency)
        finally:
            self._running -= 1
        return DOWN if self.is_down() else HELLO

    async def alive(self) -> bool:
        self.probed.append(self.now)
        return not self.is_down()

    async def ask(
        self, attempt: Callable[[], Awaitable[AIMessage | Fault]] | None = None, **options: Any
    ) -> AIMessage:
        told = await self.endpoint.ask(
            attempt or self.attempt, self.alive, asker="model 'm' (human)",
            **{"max_attempts": 6, **options},
        )  # fmt: skip
        self.done.append(self.now)
        return told


def answers(*said: AIMessage | Fault, then: AIMessage | Fault = HELLO) -> Any:
    queue = list(said)

    async def attempt() -> AIMessage | Fault:
        return queue.pop(0) if queue else then

    return attempt


@pytest.mark.parametrize("minutes", [1, 5, 60])
async def test_an_outage_pauses_and_rejects_nothing(minutes: int) -> None:
    world = World(in_flight=16, outage=7200)
    world.down = (20.0, 20.0 + minutes * 60)

    async def item() -> None:
        for _ in range(10):
            await world.ask()

    await asyncio.gather(*(item() for _ in range(32)))
    assert len(world.done) == 320
    back = world.down[1]
    in_outage = [at for at in world.probed if at < back]
    assert len(in_outage) <= minutes * 60 / 15
    if minutes == 5:
        assert len(in_outage) <= 25
    assert sum(world.down[0] <= at < back for at in world.asked) <= 2 * 16
    assert min(at for at in world.done if at > back) - back <= 15 + world.latency


async def test_an_outage_that_lasts_too_long_ends_the_run_with_a_way_out() -> None:
    world = World(outage=600)
    world.down = (0, float("inf"))
    told = await asyncio.gather(*(world.ask() for _ in range(20)), return_exceptions=True)
    assert {type(each) for each in told} == {OutageError}
    assert OutageError.exit_code == 75
    text = str(told[0])
    assert text.startswith("model 'm' at http://m has given no answer for 10 min (no connection:")
    assert "same command" in text
    assert 600 <= world.now <= 640


async def test_recovery_in_between_makes_failures_forgotten() -> None:
    """Failures of several outages together are more than a call may have: it survives them."""
    world = World()
    tries = 0

    async def attempt() -> AIMessage | Fault:
        nonlocal tries
        tries += 1
        return HELLO if tries > 30 else DOWN

    async def alive() -> bool:
        world.probed.append(world.now)
        return len(world.probed) % 3 == 0

    told = await world.endpoint.ask(attempt, alive, max_attempts=6, asker="x")
    assert told is HELLO
    assert tries == 31


@pytest.mark.parametrize("others", [0, 1, 15])
async def test_a_call_that_fails_while_others_do_not_ends_its_item(others: int) -> None:
    """Whether it is alone or not: the outcome may not depend on the concurrency."""
    world, events, stop = World(), list[CallEvent](), False
    active_events.set(events.append)

    async def others_go_on() -> None:
        while not stop:
            await world.ask()

    busy = [asyncio.create_task(others_go_on()) for _ in range(others)]
    with pytest.raises(CallError) as told:
        await world.ask(answers(then=BROKEN))
    stop = True
    await asyncio.gather(*busy)
    assert told.value.code == "endpoint_failure"
    assert str(told.value) == (
        "model 'm' (human): the endpoint kept failing this call while it was up"
    )
    assert 0 < sum(event.code == "not_json" for event in events) <= 7


async def test_refusals_for_good_are_told_at_once_and_hold_no_slot() -> None:
    world = World()
    with pytest.raises(EndpointError, match=r"^model 'm' at http://m refuses \(unauthorized\): no"):
        await world.ask(answers(Fault("run", "unauthorized", "no", 401)))
    with pytest.raises(CallError, match=r"^model 'm' \(human\): too long") as told:
        await world.ask(answers(Fault("item", "context_length", "too long", 400)))
    assert (told.value.code, told.value.status_code) == ("context_length", 400)
    assert world.clock.slept == []
    assert world.endpoint.limiter.in_flight == 0


async def test_what_varies_in_an_endpoints_words_does_not_reach_a_row() -> None:
    told = set()
    for number in ("req_81aa77", "req_02bb13"):
        text = f"HTTP 400: too long (request id: {number}) at 2026-01-01T10:1{number[-1]}:00Z"
        with pytest.raises(CallError) as error:
            await World().ask(answers(Fault("item", "context_length", text, 400)))
        told.add(str(error.value))
    assert len(told) == 1


async def test_how_long_an_id_is_moves_nothing_in_a_row() -> None:
    told = set()
    for number in ("req_8", "req_81aa77cc-4-" + "b" * 40, "trace id: 7" + "0" * 250):
        text = f"HTTP 400: too long ({number}): " + " ".join(f"{n:04}" for n in range(200))
        with pytest.raises(CallError) as error:
            await World().ask(answers(Fault("item", "context_length", text, 400)))
        told.add(str(error.value))
    (row,) = told
    assert len(row) == MAX_TEXT + len("model 'm' (human): ")


@pytest.mark.parametrize(
    ("retry_after", "waits", "opens"),
    [(1.0, 1.5, False), (90.0, 90.5, False), (300.0, 300.5, False), (3600.0, 300.0, True),
     (0.0, 0.5, False), (None, 0.5, False)],
)  # fmt: skip
async def test_retry_after_is_obeyed_up_to_its_limit(
    retry_after: float | None, waits: float, opens: bool
) -> None:
    world = World()
    busy = Fault("transient", "rate_limited", "slow down", 429, retry_after)
    events: list[CallEvent] = []
    active_events.set(events.append)
    await world.ask(answers(busy))
    assert world.now == pytest.approx(waits)
    assert any(event.kind == "circuit_open" for event in events) == opens
    assert len(world.probed) == opens


async def test_the_slot_is_free_while_a_call_waits_for_its_turn_to_try_again() -> None:
    world = World(in_flight=1)
    told_to_wait = Fault("transient", "rate_limited", "slow down", 429, 250.0)
    patient = asyncio.create_task(world.ask(answers(told_to_wait)))
    await asyncio.gather(*(world.ask() for _ in range(100)))
    assert not patient.done()
    assert world.now <= 101
    await patient


async def test_backoff_doubles_with_full_jitter_up_to_its_limit() -> None:
    settled = {}
    for jitter in (0.0, 1.0):
        world = World(jitter=jitter)

        async def attempt(world: World = world) -> Fault:
            # Somebody else succeeded in between: the circuit stays closed.
            world.endpoint.circuit.answered()
            return BROKEN

        with pytest.raises(CallError):
            await world.ask(attempt, max_attempts=10)
        settled[jitter] = world.clock.slept
    assert settled[0.0] == [0.0] * 9
    assert settled[1.0] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


async def test_pushback_lowers_the_calls_in_flight_until_the_endpoint_copes() -> None:
    """An endpoint that takes 8 calls at once and answers 429 to the ninth."""
    world, events = World(in_flight=64), list[CallEvent]()
    active_events.set(events.append)
    running, peaks = 0, []

    async def attempt() -> AIMessage | Fault:
        nonlocal running
        running += 1
        peaks.append((world.now, running))
        too_many = running > 8
        await world.clock.sleep(0.1 if too_many else 1.0)
        running -= 1
        return BUSY if too_many else HELLO

    await asyncio.gather(*(world.ask(attempt, max_attempts=50) for _ in range(600)))
    assert max(running for _, running in peaks) == 64
    late = [running for at, running in peaks if at > 20]
    assert late
    assert max(late) <= 12
    assert world.endpoint.limiter.limit <= 16
    assert 0 < sum(event.code == "rate_limited" for event in events) < 300


async def test_events_say_what_happens_and_rows_never_see_it() -> None:
    world, events = World(), list[CallEvent]()
    active_events.set(events.append)
    world.down = (0.0, 100.0)
    await asyncio.gather(*(world.ask() for _ in range(5)))
    kinds = [event.kind for event in events]
    assert kinds.count("circuit_open") == kinds.count("circuit_closed") == 1
    assert kinds.count("fault") == 5
    assert kinds.count("outage") == 6
    told = [event.text for event in events if event.kind == "outage"]
    assert told[0] == "no answer for 15 s; calls wait (no connection: refused)"


@pytest.mark.parametrize("seed", range(30))
async def test_cancelled_calls_leave_no_slot_no_probe_and_no_hanging_call(seed: int) -> None:
    world, chance = World(in_flight=4), random.Random(seed)
    world.down = (5.0, 60.0)

    async def attempt() -> AIMessage | Fault:
        return BUSY if chance.random() < 0.3 else await world.attempt()

    tasks = [asyncio.create_task(world.ask(attempt, max_attempts=100)) for _ in range(30)]
    for _ in range(300):
        await asyncio.sleep(0)
        if chance.random() < 0.1:
            chance.choice(tasks).cancel()
    if seed % 2:
        for task in tasks:
            task.cancel()
    told = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 20)
    odd = [e for e in told if e is not HELLO and not isinstance(e, asyncio.CancelledError)]
    assert odd == []
    assert world.endpoint.limiter.in_flight == 0
    for _ in range(5):
        await asyncio.sleep(0)
    assert not [t for t in asyncio.all_tasks() if t.get_name().startswith("probe")]
    assert await world.ask() is HELLO


async def test_a_failure_that_opens_the_circuit_is_not_held_against_the_call() -> None:
    world = World(failures_to_open=1)
    assert await world.ask(answers(DOWN), max_attempts=1) is HELLO
    assert len(world.probed) == 1


async def test_calls_that_wait_for_a_slot_are_not_sent_into_an_outage() -> None:
    world = World(in_flight=1)
    world.down = (0.0, 200.0)
    await asyncio.gather(*(world.ask() for _ in range(20)))
    assert len([at for at in world.asked if at < 200]) == 5


async def waiting_in_an_outage(world: World, calls: int) -> list[asyncio.Task[AIMessage]]:
    world.down = (0.0, 100.0)
    tasks = [asyncio.create_task(world.ask()) for _ in range(calls)]
    while not world.probed:
        await asyncio.sleep(0)
    return tasks


async def test_who_leaves_an_outage_takes_nobody_along() -> None:
    world = World()
    tasks = await waiting_in_an_outage(world, 6)
    for task in tasks[:5]:
        task.cancel()
    assert await asyncio.wait_for(tasks[5], 10) is HELLO
    assert world.now == pytest.approx(106, abs=10)


async def test_with_the_last_call_the_probing_ends_and_a_later_call_begins_it_anew() -> None:
    world = World()
    tasks = await waiting_in_an_outage(world, 6)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    for _ in range(5):
        await asyncio.sleep(0)
    assert not [task for task in asyncio.all_tasks() if task.get_name().startswith("probe")]
    assert await asyncio.wait_for(world.ask(), 10) is HELLO


async def test_patience_ends_whatever_numbers_are_rounded_to() -> None:
    for step in range(40):
        world = World(outage=0.05 + step / 1000, probe_every_s=0.01, first_backoff_s=0.01)
        world.clock.now += step / 7
        world.down = (0.0, float("inf"))
        with pytest.raises(OutageError):
            await world.ask()
        assert len(world.probed) <= 12
