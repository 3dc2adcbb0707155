"""Every fault of the fault server, over real connections."""

import json
import logging
import subprocess
import sys
import traceback
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from button.canonical import canonical_json
from button.context import Context, ModelSettings, RetrySettings
from button.errors import CallError, EndpointError, OutageError
from button.models.caller import CallKey, DirectCaller
from button.models.clock import active_clock
from button.models.events import CallEvent, active_events
from button.models.registry import close_models
from button.models.response import response_of
from button.records import Seed
from graphs.pipeline import graph
from tests.faultserver.fake_clock import FakeClock
from tests.faultserver.mutations import HARMLESS, MUTATIONS
from tests.faultserver.plan import Chosen, Scripted, Seeded
from tests.faultserver.process import ROOT, started
from tests.faultserver.server import FaultServer
from tests.faultserver.wire import FINAL, PASSING, SLOW, STOPPING, WIRE

pytestmark = pytest.mark.server
KEY = CallKey(3, 0, "human", 0, 0)
CANARY = "canary-key-7741-do-not-show"
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def context_of(server: FaultServer, **settings: Any) -> Context:
    values = {"timeout_s": 5.0, "api_key_env": "CANARY_KEY"} | settings
    return Context(
        default_model=ModelSettings(model="served", base_url=server.base_url, **values),
        retry=RetrySettings(first_backoff_s=0.001, probe_every_s=0.001),
    )


async def ask(context: Context, text: str) -> AIMessage:
    return await DirectCaller(context).call(
        "human", KEY, [HumanMessage(text)], seed=1, tools=[TOOL]
    )


@pytest.fixture
async def events(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[CallEvent]]:
    monkeypatch.setenv("CANARY_KEY", CANARY)
    active_clock.set(FakeClock())
    seen: list[CallEvent] = []
    active_events.set(seen.append)
    yield seen
    await close_models()


def one_each(kinds: Sequence[str]) -> Chosen:
    """Each body meets one fault, at its first attempt, in the order in which bodies come."""
    names: dict[str, str] = {}
    waiting = list(kinds)

    def choose(key: str, attempt: int, number: int) -> str | None:
        if attempt or not waiting:
            return None
        return names.setdefault(key, waiting.pop(0))

    return Chosen(choose)


def test_there_are_enough_kinds_of_faults() -> None:
    assert len(PASSING) >= 30
    assert len(MUTATIONS) >= 35
    assert set(WIRE) == set(PASSING) | STOPPING | FINAL


async def test_whatever_passes_is_survived_and_named(events: list[CallEvent]) -> None:
    waited_for = ("hang", "slow_loris", "retry_after_3600")
    quick = [kind for kind in PASSING if kind not in waited_for]
    async with FaultServer(one_each(quick)) as server:
        context = context_of(server)
        codes = {}
        for kind in quick:
            answer = await ask(context, kind)
            assert answer.content
            codes[kind] = [event.code for event in events if event.kind == "fault"]
            events.clear()
    assert {kind: len(found) for kind, found in codes.items()} == dict.fromkeys(quick, 1)
    told = {kind: found[0] for kind, found in codes.items()}
    lost = ("reset", "eof", "truncated_head", "truncated_body", "no_http")
    assert {told[kind] for kind in lost} <= {"connection", "timeout"}
    assert {told[kind] for kind in quick if kind.startswith("retry_after")} == {"rate_limited"}
    assert told["html"] == told["bad_json"] == told["json_deep"] == "not_json"
    assert told["big_body"] == told["endless_chunks"] == "oversized_reply"
    assert told["gzip_bomb"] == told["gzip_reply"] == "compressed_reply"
    assert told["choices_null"] == "no_choices"
    assert told["message_null"] == "no_message"


async def test_an_endpoint_that_wants_to_be_left_alone_for_an_hour_is_asked_in_five_minutes(
    events: list[CallEvent],
) -> None:
    async with FaultServer(one_each(["retry_after_3600"])) as server:
        assert (await ask(context_of(server), "x")).content
        assert server.count == 3
    kinds = [event.kind for event in events]
    assert kinds == ["circuit_open", "fault", "circuit_closed"]
    assert "asked again in 300 s" in events[0].text


async def test_what_hangs_or_trickles_ends_with_the_deadline(events: list[CallEvent]) -> None:
    async with FaultServer(one_each(["hang", "slow_loris"])) as server:
        context = context_of(server, timeout_s=0.4)
        for text in "ab":
            assert (await ask(context, text)).content
        assert [event.code for event in events] == ["timeout", "timeout"]
        assert server.faults.total() == 2


async def test_of_a_broken_reply_the_beginning_is_kept_for_the_log(events: list[CallEvent]) -> None:
    async with FaultServer(Scripted(["html", "status_500"])) as server:
        await ask(context_of(server), "x")
    assert events[0].raw.startswith("<!doctype html>")
    assert (events[1].item, events[1].step) == (KEY.item, KEY.step)


@pytest.mark.parametrize("kind", sorted(STOPPING))
async def test_what_no_call_survives_stops_at_once(kind: str, events: list[CallEvent]) -> None:
    async with FaultServer(Scripted([kind], forever=True)) as server:
        with pytest.raises(EndpointError) as told:
            await ask(context_of(server), "x")
        assert server.count == 1
    assert "\n" not in str(told.value)
    assert "model 'served' at http://127.0.0.1" in str(told.value)


@pytest.mark.parametrize("kind", sorted(FINAL))
async def test_what_a_call_itself_causes_ends_it_at_once(
    kind: str, events: list[CallEvent]
) -> None:
    async with FaultServer(Scripted([kind], forever=True)) as server:
        with pytest.raises(CallError) as told:
            await ask(context_of(server), "x")
        assert server.count == 1
    expected = {"status_400_context": "context_length", "status_400_filter": "content_filter",
                "status_413": "too_large"}.get(kind, "bad_request")  # fmt: skip
    assert told.value.code == expected
    assert server.base_url not in str(told.value)


async def test_whatever_a_model_says_is_kept_and_nothing_broken_passes_as_a_call(
    events: list[CallEvent],
) -> None:
    kinds = list(MUTATIONS)
    async with FaultServer(one_each(kinds)) as server:
        context = context_of(server)
        answers = {kind: await ask(context, kind) for kind in kinds}
    assert events == []
    for answer in answers.values():
        json.loads(canonical_json(response_of(answer)))
    broken = {kind for kind, answer in answers.items() if answer.invalid_tool_calls}
    assert broken == {
        "arguments_array", "arguments_cut", "arguments_deep", "arguments_infinite",
        "arguments_nan", "arguments_null_text", "arguments_object", "arguments_prose",
        "arguments_raw_surrogate", "arguments_surrogate", "arguments_twice", "calls_of_null",
        "function_missing", "name_null",
    }  # fmt: skip
    # One broken call does not take the others along.
    assert len(answers["calls_200"].tool_calls) == 200
    finished = {kind: a.response_metadata.get("finish_reason") for kind, a in answers.items()}
    assert finished["cut_off"] == "length"
    assert finished["content_filter"] == "content_filter"
    assert finished["content_surrogate"] == "not_text"
    assert answers["refusal"].additional_kwargs["refusal"]
    for kind in kinds:
        assert (answers[kind].usage_metadata is None) == kind.startswith("usage_")


async def test_the_key_is_in_no_text_whatever_the_endpoint_says(
    events: list[CallEvent], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with FaultServer(Scripted(["status_500", "status_401_echo"])) as server:
        with pytest.raises(EndpointError) as told:
            await ask(context_of(server), "x")
        assert server.requests[1].headers["authorization"] == f"Bearer {CANARY}"
    error: BaseException | None = told.value
    assert "Incorrect API key provided: [secret]" in str(error)
    assert error is not None
    assert error.__cause__ is None
    assert error.__context__ is None
    shown = ["".join(traceback.format_exception(error)), repr(error), caplog.text, repr(events)]
    assert not [text for text in shown if CANARY in text]


async def test_a_redirect_is_not_followed_and_the_key_goes_nowhere(
    events: list[CallEvent],
) -> None:
    async with FaultServer() as other:
        elsewhere = f"{other.base_url}/chat/completions"
        plan = Scripted(["redirect"], forever=True)
        async with FaultServer(plan, redirect_to=elsewhere) as server:
            with pytest.raises(EndpointError, match="redirects to http://.* set base_url"):
                await ask(context_of(server), "x")
        assert other.requests == []


async def test_requests_ask_for_plain_replies(events: list[CallEvent]) -> None:
    async with FaultServer() as server:
        await ask(context_of(server), "x")
        assert server.requests[0].headers["accept-encoding"] == "identity"


async def test_an_outage_is_sat_out_over_real_connections(events: list[CallEvent]) -> None:
    async with FaultServer() as server:
        server.down = True
        context = context_of(server)

        def back(event: CallEvent) -> None:
            events.append(event)
            server.down = not any(each.kind == "circuit_open" for each in events)

        active_events.set(back)
        assert (await ask(context, "x")).content
    assert [event.kind for event in events].count("circuit_closed") == 1


async def test_an_outage_without_end_stops_the_run_and_says_how_to_go_on(
    events: list[CallEvent],
) -> None:
    async with FaultServer() as server:
        server.down = True
        with pytest.raises(OutageError, match="start the same command again"):
            await ask(context_of(server, max_outage_s=0), "x")


async def rows(server: FaultServer, items: int) -> list[str]:
    """What the whole pipeline makes of each item, over HTTP."""
    made = []
    for item in range(items):
        seed = Seed(kind="scenario", source=f"s:{item}", text="travelling by train to a friend")
        state: Any = {"item": item, "seed": seed.to_json()}
        done = await graph.ainvoke(state, context=context_of(server, max_attempts=50))
        made += [canonical_json(outcome) for outcome in done["outcomes"]]
    return made


async def test_rows_do_not_depend_on_faults_that_pass(events: list[CallEvent]) -> None:
    async with FaultServer() as server:
        undisturbed = await rows(server, 2)
    await close_models()
    kinds = [kind for kind in (*PASSING, *sorted(HARMLESS)) if kind not in SLOW | {"big_body"}]
    storm = Seeded(seed=11, rate=0.4, model_rate=0.3, kinds=kinds)
    async with FaultServer(storm) as server:
        assert await rows(server, 2) == undisturbed
        assert len(server.faults) >= 10
    assert any('"accepted"' in row for row in undisturbed)


HOSTILE = """
import asyncio, resource, sys
from langchain_core.messages import HumanMessage
from button.context import Context, ModelSettings, RetrySettings
from button.models.caller import CallKey, DirectCaller
from button.models.registry import close_models

def rss():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

async def main():
    context = Context(
        default_model=ModelSettings(model="m", base_url=sys.argv[1], max_attempts=50),
        retry=RetrySettings(first_backoff_s=0.001, probe_every_s=0.001),
    )
    caller = DirectCaller(context)
    async def ask(text):
        await caller.call("human", CallKey(0, 0, "human", 0, 0), [HumanMessage(text)])
    await ask("warm up")
    before = rss()
    for number in range(4):
        await ask(str(number))
    print(rss() - before)
    await close_models()
asyncio.run(main())
"""


def test_bodies_without_end_cost_no_memory() -> None:
    kinds = "big_body,endless_chunks,gzip_bomb"
    with started(kinds=kinds, rate=1, model_rate=0, most_in_a_row=3) as served:
        done = subprocess.run(
            [sys.executable, "-c", HOSTILE, served.base_url], cwd=ROOT, check=True, timeout=60,
            capture_output=True, text=True,
        )  # fmt: skip
        assert sum(served.stats()["faults"].values()) >= 12
    assert int(done.stdout) < 20_000
