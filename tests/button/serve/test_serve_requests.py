"""What is wrong with a request is told as OpenAI tells it."""

import json
from typing import Any

import pytest

from button.serve.requests import RequestError, read_request

USER = {"role": "user", "content": "Hi"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
CALLING = {"role": "assistant", "content": None, "tool_calls": [CALL]}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": "{}"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
FORM = {"type": "json_schema", "json_schema": {"name": "F", "schema": {"type": "object"}}}


def refusal(raw: bytes, content_type: str = "application/json") -> dict[str, Any]:
    with pytest.raises(RequestError) as caught:
        read_request(raw, content_type)
    error: dict[str, Any] = caught.value.body["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    assert "\n" not in error["message"]
    return error


def body(**fields: Any) -> bytes:
    return json.dumps({"model": "m", "messages": [USER], **fields}).encode()


@pytest.mark.parametrize(
    ("param", "fields"),
    [
        ("model", {"model": None}),
        ("messages", {"messages": []}),
        ("messages[0].role", {"messages": [{"role": "robot", "content": "Hi"}]}),
        ("messages[0].content", {"messages": [{"role": "user", "content": 7}]}),
        ("messages[0].content", {"messages": [{"role": "user"}]}),
        ("messages[0].content[0].type",
         {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]}),
        ("messages[1]", {"messages": [CALLING, USER]}),
        ("messages", {"messages": [USER, CALLING]}),
        ("messages[1]", {"messages": [USER, RESULT]}),
        ("messages[0].tool_calls[0].function.arguments",
         {"messages": [{**CALLING, "tool_calls": [{**CALL, "function": {"name": "f"}}]}]}),
        ("tools[0].function.name", {"tools": [{**TOOL, "function": {"name": "no spaces"}}]}),
        ("tools[1]", {"tools": [TOOL, TOOL]}),
        ("tool_choice", {"tool_choice": "required"}),
        ("tool_choice", {"tools": [TOOL], "tool_choice": "perhaps"}),
        ("tool_choice",
         {"tools": [TOOL], "tool_choice": {"type": "function", "function": {"name": "g"}}}),
        ("parallel_tool_calls", {"parallel_tool_calls": True}),
        ("response_format", {"response_format": {"type": "json_schema"}}),
        ("response_format.json_schema.schema",
         {"response_format": {"type": "json_schema", "json_schema": {"name": "F"}}}),
        ("seed", {"seed": "seven"}),
        ("n", {"n": 0}),
        ("temperature", {"temperature": 3}),
        ("max_tokens", {"max_tokens": 0}),
        ("logprobs", {"logprobs": True}),
        ("stream_options", {"stream_options": {"include_usage": True}}),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named(param: str, fields: dict[str, Any]) -> None:
    error = refusal(body(**fields))
    assert error["param"] == param
    assert error["type"] == "invalid_request_error"
    assert param.split("[")[0].split(".")[0] in error["message"]


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b'{"model": NaN}', b"{}"])
def test_what_is_no_request_is_refused(raw: bytes) -> None:
    assert refusal(raw)["message"]


def test_a_body_that_any_web_page_could_send_is_refused() -> None:
    assert "application/json" in refusal(body(), "text/plain")["message"]


def test_what_other_servers_know_is_let_through_and_all_roles_are_read() -> None:
    words = [{"type": "text", "text": "Hi"}]
    said = [
        {"role": "developer", "content": "Be short."},
        {"role": "user", "content": words},
        CALLING,
        RESULT,
    ]
    asked = read_request(
        body(messages=said, tools=[TOOL], response_format=FORM, top_k=3, seed=2**53),
        "application/json",
    )
    assert [message.type for message in asked.messages] == ["system", "human", "ai", "tool"]
    assert asked.messages[1].content == "Hi"
