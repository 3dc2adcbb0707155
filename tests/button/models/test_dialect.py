"""Servers with limits: the same rows, whichever way they have to be asked."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage

from agents.contract import contract_form
from button.canonical import canonical_json
from button.context import Context, ModelSettings
from button.errors import CallError, EndpointError
from button.models import structured
from button.models.caller import CallKey, caller_of
from button.models.journal import active_journal
from button.models.registry import close_models
from button.run.builtin_seeds import builtin_seed
from button.run.pipeline import simulator_of
from tests.limited_server import Limits, served

pytestmark = pytest.mark.server
KEY = CallKey(0, 0, "human", 0, 0)
ASK = [HumanMessage("Where?")]
FORM = contract_form("Place", {"type": "object", "properties": {"city": {"type": "string"}}})
OTHER = contract_form("Other", {"type": "object", "properties": {"city": {"type": "string"}}})
FOUND = '{"city":"Graz"}'
WAYS = ("response_format", "tool_choice")


@pytest.fixture(autouse=True)
def _nothing_is_known_of_any_endpoint() -> Iterator[None]:
    structured.forget_refusals()
    yield
    structured.forget_refusals()


async def call(limits: Limits, *forms: Any, times: int = 1, **settings: Any) -> list[AIMessage]:
    with served(limits) as address:
        model = ModelSettings(model="served", base_url=address, **settings)
        caller = caller_of(Context(default_model=model))
        try:
            return [
                await caller.call("human", KEY, ASK, seed=2**40 + 5, response_format=form)
                for form in forms * times
            ]
        finally:
            await close_models()


def way_of(body: dict[str, Any]) -> str:
    return next((way for way in WAYS if way in body), "text")


@pytest.mark.parametrize("knows", ["refused", "ignored"])
@pytest.mark.parametrize(
    ("lacking", "ways"),
    [
        ([], ["response_format"]),
        (["json_schema"], ["response_format", "tool_choice"]),
        (["json_schema", "forced_call"], ["response_format", "tool_choice", "text"]),
    ],
)
async def test_what_an_endpoint_lacks_is_gone_round(
    lacking: list[str], ways: list[str], knows: str
) -> None:
    limits = Limits(**dict.fromkeys(lacking, knows))  # type: ignore[arg-type]
    (answer,) = await call(limits, FORM)
    assert answer.content == FOUND
    assert answer.tool_calls == []
    assert [way_of(body) for body in limits.seen] == ways


@pytest.mark.parametrize("way", ["json_schema", "tool_call", "text"])
@pytest.mark.parametrize("limits", [{}, {"chatty": True}, {"thinks": "tags"}, {"thinks": "field"}])
async def test_a_way_that_is_set_is_the_only_one(way: str, limits: dict[str, Any]) -> None:
    server = Limits(**limits)
    (answer,) = await call(server, FORM, structured=way)
    assert answer.content == FOUND
    assert len(server.seen) == 1
    assert answer.additional_kwargs.get("reasoning", "") == ("{hm}" if "thinks" in limits else "")


async def test_a_refusal_is_remembered_and_an_unreadable_answer_is_not() -> None:
    refusing, ignoring = Limits(json_schema="refused"), Limits(json_schema="ignored")
    await call(refusing, FORM, OTHER, FORM)
    assert [way_of(body) for body in refusing.seen] == ["response_format", *["tool_choice"] * 3]
    await call(ignoring, FORM, OTHER)
    assert [way_of(body) for body in ignoring.seen] == ["response_format", "tool_choice"] * 2


async def test_a_refusal_of_one_schema_is_remembered_for_that_schema(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Picky(Limits):
        def answer(self, body: dict[str, Any]) -> dict[str, Any]:
            self.json_schema = "refused" if "Other" in str(body.get("response_format")) else "yes"
            return super().answer(body)

    monkeypatch.setattr("tests.limited_server.RefusedError.__str__", lambda error: (
        "Invalid schema for response_format 'Other': 'city' is not supported"
    ))  # fmt: skip
    limits = Picky()
    await call(limits, OTHER, FORM, OTHER)
    ways = ["response_format", "tool_choice", "response_format", "tool_choice"]
    assert [way_of(body) for body in limits.seen] == ways


@pytest.mark.parametrize("status", [400, 422, 500, 501])
async def test_endpoints_refuse_with_different_numbers(status: int) -> None:
    (answer,) = await call(Limits(json_schema="refused", status=status), FORM, max_attempts=1)
    assert answer.content == FOUND


async def test_an_error_that_is_about_something_else_is_told() -> None:
    limits = Limits(seed="refused")
    with pytest.raises(EndpointError, match="seed: Extra inputs are not permitted"):
        await call(limits, FORM)
    assert len(limits.seen) == 1
    (answer,) = await call(limits, FORM, send_seed=False)
    assert answer.content == FOUND


TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
AUTO_CHOICE = (
    '"auto" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set'
)


def refusing_with(text: str, monkeypatch: pytest.MonkeyPatch) -> Limits:
    monkeypatch.setattr("tests.limited_server.RefusedError.__str__", lambda error: text)
    return Limits(tools="refused", json_schema="refused")


async def call_with_tools(limits: Limits) -> None:
    with served(limits) as address:
        model = ModelSettings(model="served", base_url=address)
        try:
            await caller_of(Context(default_model=model)).call("assistant", KEY, ASK, tools=[TOOL])
        finally:
            await close_models()


@pytest.mark.parametrize("text", [
    AUTO_CHOICE, "served does not support tools", "Unrecognized request argument supplied: tools",
])  # fmt: skip
async def test_an_endpoint_without_calls_stops_the_run_and_names_the_setting(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EndpointError, match="set protocol: button_tags"):
        await call_with_tools(refusing_with(text, monkeypatch))


@pytest.mark.parametrize(
    "text",
    [
        "Invalid schema for function 'f': 'oneOf' is not supported",
        "tools[0].function.name: '.' is not allowed",
        "Failed to call a function. Please adjust your prompt.",
    ],
)
async def test_one_function_that_is_refused_ends_its_item_alone(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(CallError) as told:
        await call_with_tools(refusing_with(text, monkeypatch))
    assert told.value.code == "bad_request"


@pytest.mark.parametrize(
    ("way", "limits"),
    [("json_schema", {"json_schema": "refused"}), ("tool_call", {"tools": "refused"})],
)
async def test_the_only_way_that_is_refused_stops_the_run_and_names_the_setting(
    way: str, limits: dict[str, Any]
) -> None:
    with pytest.raises(EndpointError, match="set structured: auto"):
        await call(Limits(**limits), FORM, structured=way)


async def test_seeds_fit_into_31_bits() -> None:
    limits = Limits()
    await call(limits, FORM)
    assert limits.seen[0]["seed"] == (2**40 + 5) & 0x7FFF_FFFF


class Memory:
    """A journal in memory."""

    keep_calls = True

    def __init__(self) -> None:
        self.rows: dict[tuple[int, str], tuple[str, dict[str, Any]]] = {}

    def lookup(self, item: int, step: str, request_hash: str) -> dict[str, Any] | None:
        asked, response = self.rows.get((item, step), (request_hash, None))
        assert asked == request_hash
        return response

    async def commit(self, item: int, step: str, request_hash: str, role: str,
                     response: dict[str, Any], *, durable: bool) -> None:  # fmt: skip
        self.rows[item, step] = (request_hash, response)


PLAIN: list[Any] = []
"""Journal and rows with a server without limits, made once."""


async def rows(journal: Memory, *, at_once: bool = True, **settings: Any) -> list[Any]:
    context = Context(default_model=ModelSettings(**settings), scenario_variants=0)
    simulate = simulator_of(context)
    token = active_journal.set(journal)
    try:
        if not at_once:
            return [await simulate(item, builtin_seed(0, item)) for item in range(2)]
        return await asyncio.gather(*(simulate(item, builtin_seed(0, item)) for item in range(2)))
    finally:
        active_journal.reset(token)
        await close_models()


async def test_rows_do_not_depend_on_which_call_came_first() -> None:
    made = []
    for at_once in (True, False):
        structured.forget_refusals()
        with served(Limits(json_schema="ignored", forced_call="refused", chatty=True)) as address:
            made.append(await rows(Memory(), at_once=at_once, model="served", base_url=address))
    assert canonical_json(made[0]) == canonical_json(made[1])


@pytest.mark.parametrize(
    ("limits", "settings"),
    [
        ({}, {"structured": "json_schema"}),
        ({}, {"structured": "tool_call", "send_parallel_calls": False}),
        ({"chatty": True, "thinks": "tags"}, {"structured": "text"}),
        ({"json_schema": "refused"}, {}),
        ({"json_schema": "refused", "tools": "refused", "thinks": "field"},
         {"protocol": "button_tags"}),
        ({"tools": "refused", "chatty": True},
         {"protocol": "button_tags", "structured": "text"}),
    ],
)  # fmt: skip
async def test_rows_do_not_depend_on_how_a_server_is_spoken_to(
    limits: dict[str, Any], settings: dict[str, Any]
) -> None:
    if not PLAIN:
        PLAIN.append(Memory())
        with served(Limits()) as address:
            PLAIN.append(await rows(PLAIN[0], model="served", base_url=address))
    plain, expected = PLAIN
    server, journal = Limits(**limits), Memory()
    with served(server) as address:
        made = await rows(journal, model="served", base_url=address, **settings)
    assert canonical_json(made) == canonical_json(expected)
    assert any(outcome["kind"] == "accepted" for outcomes in made for outcome in outcomes)
    assert journal.rows.keys() == plain.rows.keys()
    assert {key: row[0] for key, row in journal.rows.items()} == {
        key: row[0] for key, row in plain.rows.items()
    }
    asked = len(server.seen)
    again = await rows(journal, model="served", base_url="http://127.0.0.1:9/v1", **settings)
    assert canonical_json(again) == canonical_json(expected)
    assert len(server.seen) == asked
