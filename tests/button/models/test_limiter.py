"""How many calls are in flight: increase, decrease, order, and what cancellation may not lose."""

import asyncio
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.models.limiter import Limiter


async def test_pushback_halves_once_for_a_burst_and_never_below_one() -> None:
    limiter = Limiter(16)
    burst = [await limiter.acquire() for _ in range(16)]
    assert [limiter.pushed_back(epoch) for epoch in burst] == [True, *[False] * 15]
    assert limiter.limit == 8
    for _ in range(16):
        limiter.release()
    for expected in (4, 2, 1, 1, 1):
        epoch = await limiter.acquire()
        assert limiter.pushed_back(epoch)
        limiter.release()
        assert limiter.limit == expected


async def test_one_more_after_a_window_of_answers_up_to_the_ceiling() -> None:
    limiter = Limiter(4)
    limiter.limit = 2
    grown = []
    for _ in range(12):
        limiter.answered()
        grown.append(limiter.limit)
    assert grown == [2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4]


async def test_first_come_first_served() -> None:
    limiter, order = Limiter(1), []

    async def call(number: int) -> None:
        await limiter.acquire()
        order.append(number)
        await asyncio.sleep(0)
        limiter.release()

    await asyncio.gather(*(call(number) for number in range(20)))
    assert order == list(range(20))
    assert limiter.in_flight == 0


async def test_roles_that_share_an_endpoint_share_the_lowest_ceiling() -> None:
    limiter = Limiter(64)
    limiter.at_most(3)
    limiter.at_most(9)
    for _ in range(100):
        limiter.answered()
    assert (limiter.most, limiter.limit) == (3, 3)


async def _use(limiter: Limiter, chance: random.Random, peak: list[int]) -> None:
    epoch = await limiter.acquire()
    try:
        peak[0] = max(peak[0], limiter.in_flight)
        for _ in range(chance.randrange(4)):
            await asyncio.sleep(0)
        if chance.random() < 0.3:
            limiter.pushed_back(epoch)
        else:
            limiter.answered()
    finally:
        limiter.release()


@given(seed=st.integers(0, 2**32), most=st.integers(1, 5))
def test_no_slot_is_lost_whenever_calls_are_cancelled(seed: int, most: int) -> None:
    async def storm() -> None:
        chance, limiter, peak = random.Random(seed), Limiter(most), [0]
        tasks = [asyncio.create_task(_use(limiter, chance, peak)) for _ in range(40)]
        for _ in range(60):
            await asyncio.sleep(0)
            # Several in one turn: one of them has just been given the slot of another.
            for task in chance.sample(tasks, chance.randrange(4)):
                task.cancel()
        told = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert {type(each) for each in told} <= {type(None), asyncio.CancelledError}
        assert limiter.in_flight == 0
        assert 1 <= peak[0] <= most
        # Whoever comes after finds all slots.
        for _ in range(limiter.limit):
            await asyncio.wait_for(limiter.acquire(), 1)

    asyncio.run(storm())


async def test_a_slot_given_in_the_moment_of_a_cancellation_goes_to_the_next() -> None:
    limiter = Limiter(1)
    await limiter.acquire()
    first, second = (asyncio.create_task(limiter.acquire()) for _ in range(2))
    await asyncio.sleep(0)
    limiter.release()
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    await asyncio.wait_for(second, 1)
    assert limiter.in_flight == 1
