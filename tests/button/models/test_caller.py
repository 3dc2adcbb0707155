"""Calling models: directly, within limits, and through a journal."""

import asyncio
import threading
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from button.context import Context, ModelSettings
from button.errors import CallError, EndpointError, ModelError
from button.models import registry
from button.models.caller import CallKey, DirectCaller, JournaledCaller, caller_of, use_models
from button.models.clock import active_clock
from button.models.endpoints import endpoint_of
from button.models.journal import active_journal
from button.models.registry import build_model, close_models
from button.models.response import message_of, request_hash, response_of
from button.models.scripted import Asked, ScriptedModel
from tests.faultserver.fake_clock import FakeClock

KEY = CallKey(item=1, variant=0, agent="human", turn=0, attempt=0)
ASK = [HumanMessage("Hello")]


class Memory:
    """A journal in memory."""

    def __init__(self, *, keep_calls: bool = False) -> None:
        self.keep_calls = keep_calls
        self.rows: dict[tuple[int, str], tuple[str, dict[str, Any]]] = {}
        self.durable: list[bool] = []

    def lookup(self, item: int, step: str, request_hash: str) -> dict[str, Any] | None:
        kept = self.rows.get((item, step))
        return kept[1] if kept and kept[0] == request_hash else None

    async def commit(
        self, item: int, step: str, request_hash: str, role: str, response: dict[str, Any], *,
        durable: bool,
    ) -> None:  # fmt: skip
        self.rows[item, step] = (request_hash, response)
        self.durable.append(durable)


class OddError(Exception):
    def __init__(self, status_code: int | None = None, code: str | None = None) -> None:
        super().__init__("went\nwrong")
        self.status_code = status_code
        self.code = code


def scripted(*answers: Any) -> ScriptedModel:
    return ScriptedModel({"assistant": list(answers)})


async def test_a_model_that_is_handed_over_plays_its_role_and_is_named() -> None:
    with use_models({"human": scripted("Hi")}):
        caller = caller_of(Context())
        assert (await caller.call("human", KEY, ASK)).content == "Hi"
        assert caller.use_of("human").model_dump() == {"name": "script", "kind": "scripted"}
        assert caller.use_of("tool").model_dump() == {"name": "embedded", "kind": "procedural"}
    assert caller_of(Context()).use_of("human").kind == "procedural"


async def test_settings_name_an_endpoint_without_building_it() -> None:
    settings = ModelSettings(model="big-model", base_url="http://127.0.0.1:1/v1")
    caller = DirectCaller(Context(models={"critic": settings}))
    assert caller.use_of("critic").model_dump() == {"name": "big-model", "kind": "endpoint"}


@pytest.mark.parametrize(
    ("failure", "kind"),
    [
        (OddError(), CallError),
        (OddError(400), CallError),
        (OddError(401), EndpointError),
        (OddError(404), EndpointError),
        (OddError(429, "insufficient_quota"), EndpointError),
    ],
)
async def test_failures_get_a_name_by_whether_they_are_for_good(
    failure: OddError, kind: type[ModelError]
) -> None:
    caller = DirectCaller(Context(), scripted(failure))
    with pytest.raises(ModelError, match=r"odel .*went wrong") as told:
        await caller.call("human", KEY, ASK)
    assert type(told.value) is kind
    assert "\n" not in str(told.value)


async def test_what_passes_is_tried_again() -> None:
    model = scripted(OddError(500), OddError(429), TimeoutError(), ConnectionError("gone"), "Hi")
    active_clock.set(FakeClock())
    assert (await DirectCaller(Context(), model).call("human", KEY, ASK)).content == "Hi"
    assert len(model.asked) == 5


async def test_a_call_that_keeps_failing_ends_its_item_with_a_named_code() -> None:
    active_clock.set(FakeClock())
    context = Context(default_model=ModelSettings(max_attempts=3))
    model = scripted(*[OddError(500)] * 9)
    with pytest.raises(
        CallError, match=r"model 'script' \(human\): the endpoint kept failing"
    ) as e:
        await DirectCaller(context, model).call("human", KEY, ASK)
    assert e.value.code == "endpoint_failure"
    assert len(model.asked) == 3


async def test_a_model_that_takes_too_long_is_cut_off_and_tried_again() -> None:
    class Slow(ScriptedModel):
        tries: int = 0

        async def _agenerate(self, *args: Any, **kwargs: Any) -> Any:
            self.tries += 1
            await asyncio.sleep(30)

    active_clock.set(FakeClock())
    context = Context(default_model=ModelSettings(timeout_s=0.01, max_attempts=2))
    model = Slow({})
    with pytest.raises(CallError, match="kept failing"):
        await DirectCaller(context, model).call("human", KEY, ASK)
    assert model.tries == 2


async def test_a_failure_that_ends_an_item_is_journaled_like_a_response() -> None:
    journal, model = Memory(), scripted(OddError(400), "Hi")
    caller = JournaledCaller(DirectCaller(Context(), model), journal)
    told = []
    for _ in range(2):
        with pytest.raises(CallError) as e:
            await caller.call("human", KEY, ASK, seed=5)
        told.append((e.value.code, str(e.value)))
    assert told[0] == told[1] == ("bad_request", "model 'script' (human): HTTP 400: went wrong")
    assert len(model.asked) == 1
    assert journal.durable == [True]


async def test_what_a_journal_holds_is_not_asked_again() -> None:
    journal, model = Memory(), scripted("Hi")
    caller = JournaledCaller(DirectCaller(Context(), model), journal)
    first = await caller.call("human", KEY, ASK, seed=5)
    again = await caller.call("human", KEY, ASK, seed=5)
    assert first == again
    assert len(model.asked) == 1
    assert journal.durable == [True]
    assert list(journal.rows) == [(1, "0/human/0/0")]


async def test_a_response_is_journaled_before_it_is_used() -> None:
    class Broken(Memory):
        async def commit(self, *args: Any, **kwargs: Any) -> None:
            raise OSError("disk full")

    caller = JournaledCaller(DirectCaller(Context(), scripted("Hi")), Broken())
    with pytest.raises(OSError, match="disk full"):
        await caller.call("human", KEY, ASK)


async def test_a_slot_is_taken_until_the_answer_is_journaled() -> None:
    context, model = Context(), scripted("Hi", "Hi")
    settings = context.model_of("human")
    limiter = endpoint_of(settings, context.retry, model).limiter
    held: list[int] = []

    class Watching(Memory):
        async def commit(self, *args: Any, **kwargs: Any) -> None:
            held.append(limiter.in_flight)
            if len(held) == 2:
                raise asyncio.CancelledError
            await super().commit(*args, **kwargs)

    caller = JournaledCaller(DirectCaller(context, model), Watching())
    await caller.call("human", KEY, ASK)
    assert limiter.in_flight == 0
    with pytest.raises(asyncio.CancelledError):
        await caller.call("human", KEY._replace(turn=1), ASK)
    assert (held, limiter.in_flight) == ([1, 1], 0)


async def test_the_embedded_model_is_journaled_only_where_calls_are_kept() -> None:
    for keep, rows in ((False, 0), (True, 1)):
        journal = Memory(keep_calls=keep)
        token = active_journal.set(journal)
        try:
            await caller_of(Context()).call("human", KEY, ASK)
        finally:
            active_journal.reset(token)
        assert len(journal.rows) == rows
        assert journal.durable == [False] * rows


def test_the_request_hash_covers_everything_that_decides_the_answer() -> None:
    call = {"name": "f", "args": {}, "id": "x", "type": "tool_call"}
    hashes = {
        request_hash(model, messages, kwargs)
        for model, messages, kwargs in [
            ("m", ASK, {"seed": 1}),
            ("n", ASK, {"seed": 1}),
            ("m", ASK, {"seed": 2}),
            ("m", [AIMessage("Hello")], {"seed": 1}),
            ("m", [AIMessage("Hello", tool_calls=[call])], {"seed": 1}),
        ]
    }
    assert len(hashes) == 5
    assert request_hash("m", [HumanMessage("Hello", id="7")], {"seed": 1}) in hashes


def test_a_response_survives_its_way_through_json() -> None:
    message = AIMessage(
        "<thought>x</thought>",
        tool_calls=[{"name": "f", "args": {"a": 1}, "id": "x", "type": "tool_call"}],
        invalid_tool_calls=[
            {"name": "g", "args": "{", "id": "y", "error": "no", "type": "invalid_tool_call"}
        ],
        usage_metadata={"input_tokens": 1, "output_tokens": 2, "total_tokens": 3},
        additional_kwargs={"refusal": "no"},
        response_metadata={"model_name": "m", "finish_reason": "stop", "id": "random"},
    )
    response = response_of(message)
    again = message_of(response)
    assert response_of(again) == response
    assert again.tool_calls == message.tool_calls
    assert again.additional_kwargs == {"refusal": "no"}
    assert "random" not in str(response)


def test_text_that_utf8_cannot_hold_is_no_response() -> None:
    with pytest.raises(ModelError, match="no JSON text"):
        response_of(AIMessage("\ud800"))


async def test_a_server_of_ones_own_needs_no_key_and_is_built_once_per_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    settings = ModelSettings(model="m", base_url="http://127.0.0.1:9/v1", temperature=0.5)
    model = build_model(settings)
    assert build_model(ModelSettings(**settings.model_dump())) is model
    assert build_model(settings.model_copy(update={"temperature": 0.6})) is not model
    assert model.max_retries == 0  # type: ignore[attr-defined]
    await close_models()
    assert build_model(settings) is not model
    await close_models()


async def test_an_answer_that_no_file_can_hold_is_the_same_failure_when_it_is_replayed() -> None:
    memory = Memory()
    for answer in (AIMessage("half a character \ud800"), "good words"):
        caller = JournaledCaller(DirectCaller(Context(), scripted(answer)), memory)
        with pytest.raises(CallError, match="no JSON text") as told:
            await caller.call("human", KEY, ASK)
        assert told.value.code == "model_error"
    assert memory.durable == [True]


async def test_a_refused_field_stops_the_run_and_names_its_setting() -> None:
    class RefusalError(Exception):
        status_code = 400

    model = scripted(RefusalError("Unsupported parameter: 'parallel_tool_calls'"))
    with pytest.raises(EndpointError, match="; set send_parallel_calls: false for this model"):
        await DirectCaller(Context(), model).call("human", KEY, ASK)


async def test_a_script_answers_by_contract_and_says_when_it_ends() -> None:
    model = ScriptedModel({"assistant": ["one"], "Rating": lambda asked: {"asked": asked.contract}})
    form = {"json_schema": {"name": "Rating"}}
    assert (await model.ainvoke(ASK, response_format=form)).content == '{"asked":"Rating"}'
    assert (await model.ainvoke(ASK)).content == "one"
    with pytest.raises(ModelError, match="ends after 1 answers"):
        await model.ainvoke(ASK)
    with pytest.raises(ModelError, match=r"no script for 'Other' \(there are: Rating, assistant\)"):
        await model.ainvoke(ASK, response_format={"json_schema": {"name": "Other"}})
    assert isinstance(model.asked[0], Asked)


async def test_the_first_model_of_its_kind_is_read_in_a_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads: list[int] = []
    monkeypatch.setattr(registry, "_loaded", set())
    monkeypatch.setattr(registry, "_load", lambda embedded: threads.append(threading.get_ident()))
    await registry.ready_model(ModelSettings())
    assert threads
    assert threads[0] != threading.get_ident()
