"""An OpenAI-compatible endpoint over a real connection on loopback."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from aiohttp import web
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from agents.contract import contract_form
from button.context import Context, ModelSettings
from button.errors import EndpointError, OutageError
from button.models.caller import CallKey, DirectCaller
from button.models.clock import active_clock
from button.models.registry import close_models
from tests.faultserver.fake_clock import FakeClock

pytestmark = pytest.mark.server
KEY = CallKey(0, 0, "human", 0, 0)
ASK = [HumanMessage("Hello")]
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}


def completion(message: dict[str, Any], finish: str = "stop") -> dict[str, Any]:
    return {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "served",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": None, **message},
            }
        ],
        "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3},
    }


class Endpoint:
    """Answers what it is told to, and keeps the requests."""

    def __init__(self) -> None:
        self.answer: Callable[[], web.Response] = lambda: web.json_response({})
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.settings = ModelSettings()
        self.caller: DirectCaller

    async def chat(self, request: web.Request) -> web.Response:
        self.headers.append({name.lower(): text for name, text in request.headers.items()})
        self.requests.append(await request.json())
        return self.answer()

    async def call(self, **kwargs: Any) -> AIMessage:
        return await self.caller.call("human", KEY, ASK, **kwargs)


@pytest.fixture
async def endpoint() -> AsyncIterator[Endpoint]:
    served = Endpoint()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", served.chat)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    settings = ModelSettings(
        model="served", base_url=f"http://{host}:{port}/v1",
        temperature=0.5, max_tokens=9, timeout_s=5,
    )  # fmt: skip
    served.settings = settings
    served.caller = DirectCaller(Context(default_model=settings))
    yield served
    await close_models()
    await runner.cleanup()


async def test_what_is_asked_and_what_comes_back(endpoint: Endpoint) -> None:
    endpoint.answer = lambda: web.json_response(completion({"content": '{"a": 1}'}))
    form = contract_form("A", {"type": "object", "properties": {}})
    message = await endpoint.call(seed=7, response_format=form)
    assert message.content == '{"a": 1}'
    assert message.usage_metadata is not None
    assert message.usage_metadata["total_tokens"] == 3
    (request,) = endpoint.requests
    assert request["seed"] == 7
    assert request["response_format"]["json_schema"]["name"] == "A"
    assert (request["temperature"], request["max_tokens"]) == (0.5, 9)
    assert request["messages"] == [{"role": "user", "content": "Hello"}]


async def test_calls_come_back_and_broken_arguments_are_kept_apart(endpoint: Endpoint) -> None:
    calls = [
        {"id": "1", "type": "function", "function": {"name": "f", "arguments": '{"a": 1}'}},
        {"id": "2", "type": "function", "function": {"name": "f", "arguments": "{"}},
    ]
    endpoint.answer = lambda: web.json_response(completion({"tool_calls": calls}, "tool_calls"))
    message = await endpoint.call(tools=[TOOL], parallel_tool_calls=True)
    assert [(call["name"], call["args"]) for call in message.tool_calls] == [("f", {"a": 1})]
    assert [call["args"] for call in message.invalid_tool_calls] == ["{"]
    assert endpoint.requests[0]["parallel_tool_calls"] is True


async def test_a_conversation_with_calls_is_sent_as_endpoints_want_it(endpoint: Endpoint) -> None:
    endpoint.answer = lambda: web.json_response(completion({"content": "ok"}))
    call = {"name": "f", "args": {"a": 1}, "id": "abc", "type": "tool_call"}
    history = [*ASK, AIMessage("", tool_calls=[call]), ToolMessage("{}", tool_call_id="abc")]
    await endpoint.caller.call("human", KEY, history, tools=[TOOL])
    sent = endpoint.requests[0]["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "tool"]
    assert sent[1]["tool_calls"][0]["id"] == sent[2]["tool_call_id"] == "abc"


async def test_settings_reach_the_endpoint_and_the_environment_does_not(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://canary")
    for name in ("API_KEY", "ORG_ID", "ORGANIZATION", "PROJECT_ID", "BASE_URL", "API_BASE"):
        monkeypatch.setenv(f"OPENAI_{name}", "http://canary")
    monkeypatch.setenv("OPENAI_PROXY", "http://canary")
    monkeypatch.setenv("LANGSMITH_GATEWAY", "true")
    more = {"top_p": 0.9, "extra_body": {"top_k": 7}, "headers": {"X-Title": "BUTTON"}}
    settings = ModelSettings.model_validate(endpoint.settings.model_dump() | more)
    endpoint.answer = lambda: web.json_response(completion({"content": "ok"}))
    form = contract_form("A", {"type": "object"})
    await DirectCaller(Context(default_model=settings)).call(
        "human", KEY, ASK, response_format=form
    )
    (request,), (headers,) = endpoint.requests, endpoint.headers
    assert (request["top_p"], request["top_k"]) == (0.9, 7)
    assert request["response_format"] == form
    assert headers["x-title"] == "BUTTON"
    assert "canary" not in str(headers)
    assert not caplog.records


async def test_what_looks_drawn_in_headers_and_body_is_in_no_text(
    endpoint: Endpoint, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    drawn = ("c4n4ryOfAHeader0123", "c4n4ryOfABody01234")
    more = {"headers": {"X-Team": f"team-{drawn[0]}"}, "extra_body": {"route": {"to": [drawn[1]]}}}
    settings = ModelSettings.model_validate(endpoint.settings.model_dump() | more)

    def echo() -> web.Response:
        said = f"no {endpoint.headers[-1]['x-team']} for {endpoint.requests[-1]['route']}"
        return web.json_response({"error": {"message": said}}, status=401)

    endpoint.answer = echo
    with pytest.raises(EndpointError) as told:
        await DirectCaller(Context(default_model=settings)).call("human", KEY, ASK)
    assert "no team-[secret] for {'to': ['[secret]']}" in str(told.value)
    assert not any(each in f"{told.value} {caplog.text}" for each in drawn)


async def test_reasoning_in_a_field_of_its_own_is_kept(endpoint: Endpoint) -> None:
    endpoint.answer = lambda: web.json_response(
        completion({"content": "<think>b</think>Hi", "reasoning_content": "a"})
    )
    message = await endpoint.call()
    assert message.content == "Hi"
    assert message.additional_kwargs["reasoning"] == "a\n\nb"


@pytest.mark.parametrize(
    "arguments",
    ["[1]", "{", '{"a":1,"a":2}', '{"a":NaN}', '{"a":1e999}', {"a": 1}, [1], 3, '"{}"', "null"],
)
async def test_one_broken_call_does_not_take_the_others_along(
    endpoint: Endpoint, arguments: Any
) -> None:
    calls: list[Any] = [
        {"id": "1", "type": "function", "function": {"name": "f", "arguments": arguments}},
        {"id": "", "type": "function", "function": {"name": "g", "arguments": ""}},
        {"id": "3", "type": "function", "function": {"name": None, "arguments": "{}"}},
    ]
    endpoint.answer = lambda: web.json_response(completion({"tool_calls": calls}, "tool_calls"))
    message = await endpoint.call(tools=[TOOL])
    assert [(call["name"], call["args"]) for call in message.tool_calls] == [("g", {})]
    assert [call["name"] for call in message.invalid_tool_calls] == ["f", None]
    assert all(call["error"] for call in message.invalid_tool_calls)


async def test_an_answer_that_was_cut_off_says_so(endpoint: Endpoint) -> None:
    endpoint.answer = lambda: web.json_response(completion({"content": '{"a"'}, "length"))
    message = await endpoint.call(response_format=contract_form("A", {"type": "object"}))
    assert message.response_metadata["finish_reason"] == "length"
    assert message.usage_metadata is not None


@pytest.mark.parametrize("status", [401, 404])
async def test_refusals_for_good_end_the_run_in_one_line(endpoint: Endpoint, status: int) -> None:
    body = {"error": {"message": "says no", "type": "x", "code": None}}
    endpoint.answer = lambda: web.json_response(body, status=status)
    with pytest.raises(EndpointError, match=rf"^model 'served' at .*HTTP {status}: says no$"):
        await endpoint.call()
    assert len(endpoint.requests) == 1


async def test_passing_failures_are_waited_for(endpoint: Endpoint) -> None:
    replies = [
        web.json_response({"error": {"message": "says no"}}, status=500),
        web.Response(text="<html>busy</html>", content_type="text/html"),
        web.json_response(completion({"content": "at last"})),
    ]
    endpoint.answer = lambda: replies.pop(0)
    active_clock.set(FakeClock())
    assert (await endpoint.call()).content == "at last"
    assert len(endpoint.requests) == 3


async def test_a_server_that_is_not_there_is_waited_for_then_told_as_such() -> None:
    active_clock.set(FakeClock())
    nobody = ModelSettings(model="m", base_url="http://127.0.0.1:9/v1", max_outage_s=60)
    caller = DirectCaller(Context(default_model=nobody))
    with pytest.raises(OutageError, match=r"'m' at http://127.* has given no answer for"):
        await caller.call("human", KEY, ASK)
    await close_models()
