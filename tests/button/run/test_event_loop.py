"""A run takes the faster loop where there is one, and any other does as well."""

import asyncio

import pytest

from button.run import event_loop
from button.run.event_loop import run_until_done


async def kind_of_loop() -> str:
    await asyncio.sleep(0)
    return type(asyncio.get_running_loop()).__module__.partition(".")[0]


def test_the_faster_loop_is_taken() -> None:
    pytest.importorskip("uvloop", reason="uvloop cannot be had here")
    assert run_until_done(kind_of_loop()) == "uvloop"


def test_without_it_asyncios_own_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_loop, "find_spec", lambda _: None)
    assert run_until_done(kind_of_loop()) == "asyncio"
