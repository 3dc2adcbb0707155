"""A slot is taken until its answer is on disk: what a crash could have paid again is in flight."""

import asyncio
from contextvars import copy_context
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from button.context import RetrySettings
from button.models.clock import active_clock
from button.models.faults import Fault
from button.models.holding import holding
from button.models.retry import Endpoint

HELLO = AIMessage("hello")
BROKEN = Fault("item", "refused", "HTTP 400: no")


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint("model 'm'", RetrySettings(), active_clock.get(), max_in_flight=1)


async def asked(endpoint: Endpoint, told: AIMessage | Fault = HELLO) -> AIMessage:
    async def attempt() -> AIMessage | Fault:
        assert endpoint.limiter.in_flight == 1
        return told

    async def alive() -> bool:
        return True

    return await endpoint.ask(attempt, alive, max_attempts=1, asker="m")


async def test_the_slot_is_free_when_the_block_ends(endpoint: Endpoint) -> None:
    elsewhere = copy_context()
    with holding():
        await asked(endpoint)
        assert endpoint.limiter.in_flight == 1
        waiting = asyncio.create_task(asked(endpoint), context=elsewhere)
        await asyncio.sleep(0.01)
        assert not waiting.done()
    await waiting
    assert endpoint.limiter.in_flight == 0


async def test_a_second_call_of_a_step_needs_no_second_slot(endpoint: Endpoint) -> None:
    with holding():
        for _ in range(3):
            await asyncio.wait_for(asked(endpoint), 5)
        assert endpoint.limiter.in_flight == 1
    assert endpoint.limiter.in_flight == 0


async def test_failures_hold_nothing(endpoint: Endpoint) -> None:
    with holding():
        with pytest.raises(Exception, match="HTTP 400"):
            await asked(endpoint, BROKEN)
        assert endpoint.limiter.in_flight == 0


async def test_without_a_block_an_answer_frees_its_slot(endpoint: Endpoint) -> None:
    answers: list[Any] = await asyncio.gather(*(asked(endpoint) for _ in range(3)))
    assert answers == [HELLO] * 3
    assert endpoint.limiter.in_flight == 0
