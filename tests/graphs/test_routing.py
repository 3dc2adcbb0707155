import asyncio
from typing import Any

from langchain_core.callbacks import AsyncCallbackHandler

from button.context import Context
from button.models.registry import ready_model
from graphs.pipeline import graph

SEED = {"kind": "scenario", "source": "test", "text": "booking a train for a trip"}


class Listener(AsyncCallbackHandler):
    """Remembers which chat models it heard of."""

    def __init__(self) -> None:
        self.heard = 0

    async def on_chat_model_start(self, *about: Any, **more: Any) -> None:
        self.heard += 1


async def made(**config: Any) -> list[dict[str, Any]]:
    context = Context(root_seed=5)
    await ready_model(context.default_model)
    ended = await graph.ainvoke({"item": 0, "seed": SEED}, config, context=context)
    outcomes: list[dict[str, Any]] = ended["outcomes"]
    return outcomes


async def test_no_step_of_an_item_is_handed_to_a_thread(monkeypatch) -> None:
    await made()

    def refuse(*asked: Any) -> Any:
        raise AssertionError("a thread was asked")

    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", refuse)
    assert [outcome["kind"] for outcome in await made()] == ["accepted", "accepted"]


async def test_whoever_listens_hears_of_every_call_and_changes_nothing() -> None:
    listener = Listener()
    outcomes = await made(callbacks=[listener])
    attempts = [outcome["row"]["attempts"] for outcome in outcomes]
    shared = attempts[0]["scenario_expand"]
    assert listener.heard == sum(sum(each.values()) for each in attempts) - shared
    assert outcomes == await made()
