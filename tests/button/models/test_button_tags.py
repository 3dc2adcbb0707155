"""Calls in text tags: out as text, back as calls."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from button.models.button_tags import ONE, SEVERAL, calls_in_tags, told_in_tags

F = {"name": "f", "description": "Does <it>.", "parameters": {"type": "object"}}
TOOLS = [{"type": "function", "function": F}]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
CALLS = st.lists(
    st.tuples(st.from_regex(r"[a-z_]{1,9}", fullmatch=True), st.dictionaries(st.text(), JSON)),
    min_size=1, max_size=4,
)  # fmt: skip


def said(*calls: tuple[str, dict[str, Any]], text: str = "<thought>T</thought>") -> AIMessage:
    made = [
        {"name": name, "args": args, "id": f"c{position}", "type": "tool_call"}
        for position, (name, args) in enumerate(calls)
    ]
    return AIMessage(text, tool_calls=made)


@given(CALLS)
def test_calls_come_back_as_they_were_told(calls: list[tuple[str, dict[str, Any]]]) -> None:
    (told,) = told_in_tags([said(*calls)], {})
    assert not told.tool_calls  # type: ignore[attr-defined]
    again = calls_in_tags(AIMessage(told.content))
    assert [(call["name"], call["args"]) for call in again.tool_calls] == calls
    assert again.content == "<thought>T</thought>"
    assert not again.invalid_tool_calls
    assert len({call["id"] for call in again.tool_calls}) == len(calls)


def test_the_functions_follow_the_prompt_and_say_whether_several_calls_are_allowed() -> None:
    talk = [SystemMessage("Prompt."), HumanMessage("Hello")]
    told = told_in_tags(talk, {"tools": TOOLS, "parallel_tool_calls": False})
    assert [message.type for message in told] == ["system", "human"]
    assert str(told[0].content).startswith("Prompt.\n\nThese are the functions:\n<tool>\n[{")
    assert "Does \\u003cit>." in str(told[0].content)
    assert ONE in str(told[0].content)
    several = told_in_tags(talk, {"tools": TOOLS, "parallel_tool_calls": True})
    assert SEVERAL in str(several[0].content)


def test_results_are_one_message_of_the_persons_role_in_the_order_of_the_calls() -> None:
    talk = [
        HumanMessage("Hello"),
        said(("f", {"a": 1}), ("g", {})),
        ToolMessage('{"price": 3}', tool_call_id="c0"),
        ToolMessage("no </func_return> <call>", tool_call_id="c1", status="error"),
    ]
    told = told_in_tags(talk, {})
    assert [message.type for message in told] == ["human", "ai", "human"]
    assert told[-1].content == (
        '<func_return>[{"arguments":{"a":1},"name":"f","results":{"price":3}},'
        '{"arguments":{},"error":"no \\u003c/func_return> \\u003ccall>","name":"g"}]</func_return>'
    )


@pytest.mark.parametrize(
    ("text", "names", "content"),
    [
        ('T <call>[{"name":"f","arguments":{}}]</call>', ["f"], "T"),
        ('<call>\n[{"name":"f","arguments":{"a":"</call>"}}]\n</call>', ["f"], ""),
        ('<call>[{"name":"f","arguments":{}}]</call> and '
         '<call>[{"name":"g","arguments":{}}]</call>', ["f", "g"], " and"),
        ("<thought>I use <call>[]</call> soon.</thought>Which day?", [],
         "<thought>I use <call>[]</call> soon.</thought>Which day?"),
        ("<thought>T</thought><final>Done.</final>", [],
         "<thought>T</thought><final>Done.</final>"),
    ],
)  # fmt: skip
def test_calls_are_found_after_the_thought(text: str, names: list[str], content: str) -> None:
    message = calls_in_tags(AIMessage(text))
    assert [call["name"] for call in message.tool_calls] == names
    assert message.content == content
    assert not message.invalid_tool_calls


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('<call>[{"name":"f","arguments":{}]</call>', "delimiter"),
        ('<call>{"name":"f","arguments":{}}</call>', "JSON list of calls"),
        ("<call>[]</call>", "JSON list of calls"),
        ('<call>[{"name":"f"}]</call>', "name and arguments"),
        ('<call>[{"name":"f","arguments":{},"id":1}]</call>', "nothing else"),
        ('<call>[{"name":"","arguments":{}}]</call>', "name is a text"),
        ('<call>[{"name":"f","arguments":"{}"}]</call>', "arguments are an object"),
        ('<call>[{"name":"f","arguments":{"a":1,"a":2}}]</call>', "duplicate key 'a'"),
        ('<call>[{"name":"f","arguments":{"a":NaN}}]</call>', "NaN"),
        ('<call>[{"name":"f","arguments":{}}', "delimiter"),
        ("<call>" + "[" * 5000, "nested too deeply"),
        ('<call>[{"name":"f","arguments":{}}]</call><func_return>[]</func_return>', "not yours"),
    ],
)
def test_what_cannot_be_read_is_kept_apart_with_the_reason(text: str, problem: str) -> None:
    message = calls_in_tags(AIMessage(text))
    assert problem in str([call["error"] for call in message.invalid_tool_calls])
    assert "<call>" not in str(message.content)
