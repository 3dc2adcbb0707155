"""What endpoints are sent is what ChatOpenAI itself would have sent."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    ChatMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from button.context import ModelSettings
from button.models.endpoint import EndpointModel
from button.models.registry import build_model, close_models
from button.models.written import written

NO_KEY = SecretStr("none")
pytestmark = pytest.mark.server
CALLS = [
    {"name": "find", "args": {"city": "Århus", "n": 1.5, "deep": {"a": [None, True]}}, "id": "c1"},
    {"name": "find", "args": {}, "id": "c2"},
]
BROKEN = {"name": "f", "args": "{", "id": "c", "error": "e", "type": "invalid_tool_call"}
LISTED: list[BaseMessage] = [
    SystemMessage("Du er en hjælper."),
    HumanMessage("Hello\n\u2028 \N{PARTY POPPER}"),
    AIMessage("", tool_calls=CALLS, additional_kwargs={"thought": "not told"}),
    ToolMessage('{"found": 1}', tool_call_id="c1"),
    ToolMessage("no", tool_call_id="c2", status="error", name="find"),
    AIMessage("Looking again.", tool_calls=CALLS[:1], invalid_tool_calls=[BROKEN]),
    ToolMessage("yes", tool_call_id="c1"),
    AIMessage("", id="last", response_metadata={"finish_reason": "stop"}),
    HumanMessage("Thanks"),
]
RARE: dict[str, BaseMessage] = {
    "a name": HumanMessage("a", name="Ann"),
    "parts": HumanMessage([{"type": "text", "text": "a"}]),
    "a role of its own": ChatMessage(content="a", role="critic"),
    "calls elsewhere": AIMessage("", additional_kwargs={"tool_calls": [{"id": "c", "type": "f"}]}),
    "a role elsewhere": SystemMessage("a", additional_kwargs={"__openai_role__": "developer"}),
}
TOOLS = [{"type": "function", "function": {"name": "find", "parameters": {"type": "object"}}}]
BOUND: dict[str, Any] = {"tools": TOOLS, "seed": 7, "parallel_tool_calls": False}
SETTINGS = ModelSettings(
    model="served", temperature=0.5, top_p=0.9, max_tokens=9, timeout_s=5,
    extra_body={"top_k": 3}, headers={"x-team": "a"}, bound_field="max_completion_tokens",
)  # fmt: skip


class Requests:
    """An endpoint that keeps what it is sent."""

    def __init__(self) -> None:
        self.address = ""
        self.bodies: list[bytes] = []
        self.headers: list[dict[str, str]] = []

    async def chat(self, request: web.Request) -> web.Response:
        self.bodies.append(await request.read())
        told = {name.lower(): text for name, text in request.headers.items()}
        self.headers.append(told)
        message = {"role": "assistant", "content": "Hello"}
        return web.json_response({"choices": [{"finish_reason": "stop", "message": message}]})


@pytest.fixture
async def requests() -> AsyncIterator[Requests]:
    kept = Requests()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", kept.chat)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    kept.address = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield kept
    await close_models()
    await runner.cleanup()


async def test_body_and_headers_are_those_of_chat_openai(requests: Requests) -> None:
    settings = SETTINGS.model_copy(update={"base_url": requests.address})
    ours = build_model(settings)
    assert isinstance(ours, EndpointModel)
    theirs = ChatOpenAI(
        **{name: getattr(ours, name) for name in ours.model_fields_set & {*ChatOpenAI.model_fields}}
    )
    theirs.root_async_client.organization = theirs.root_async_client.project = None
    for _ in range(2):  # the second request is made after the first
        await ours._agenerate(LISTED, **BOUND)
    await theirs.ainvoke(LISTED, **BOUND)
    first, second, other = requests.bodies
    assert first == second
    assert json.loads(other) == {**json.loads(first), "stream": False}
    assert requests.headers[0] == requests.headers[1]
    apart = {"content-length", "x-stainless-raw-response"}  # the latter: how the SDK was asked
    assert requests.headers[0].items() - requests.headers[2].items() <= {
        ("content-length", str(len(first)))
    }
    assert requests.headers[2].keys() - requests.headers[0].keys() <= apart


def test_the_switch_changes_no_byte() -> None:
    lean, full = (
        EndpointModel(model="served", api_key=NO_KEY, use_responses_api=False, lean=switch)
        for switch in (True, False)
    )
    assert written(LISTED) is not None
    for extra in ({}, BOUND, {"stop": ["x"]}, {"max_tokens": 5}):
        assert [*lean.body(LISTED, **extra).items()] == [*full.body(LISTED, **extra).items()]


@pytest.mark.parametrize("kind", RARE)
def test_what_agents_never_say_is_left_to_chat_openai(kind: str) -> None:
    assert written([HumanMessage("a"), RARE[kind]]) is None


def test_models_that_know_no_system_message_get_none() -> None:
    model = EndpointModel(model="o1", api_key=NO_KEY, use_responses_api=False)
    assert model.body(LISTED[:2])["messages"][0]["role"] == "developer"
