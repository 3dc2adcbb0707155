"""Calls in BUTTON's own text tags, for models without native tool calling.

The tags are those of BUTTON's released data (arXiv 2410.12952): the functions as a JSON list
between `<tool>` and `</tool>`, calls as a JSON list between `<call>` and `</call>`. Results are
told in a message of the person's role, which every chat template has, between `<func_return>` and
`</func_return>`, as a list of name, arguments and results.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    InvalidToolCall,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

from button.canonical import canonical_json, parse_json_strict

HOW = """\
These are the functions:
<tool>
{tools}
</tool>

To call, write a JSON list between <call> and </call>, and end your turn after it:
<call>[{{"name": "name_of_the_function", "arguments": {{"name_of_the_parameter": "value"}}}}]</call>
{parallel}
The results come in the next message, between <func_return> and </func_return>. Never write them
yourself."""
ONE = "The list holds one call; wait for its result before the next."
SEVERAL = "The list may hold several calls if none of them needs the result of another."

_CALL, _CALL_END, _RESULT = "<call>", "</call>", "<func_return>"
_THOUGHT_END = "</thought>"
_SPACE = re.compile(r"\s*")
_DECODER = json.JSONDecoder()


def told_in_tags(messages: Sequence[BaseMessage], kwargs: Mapping[str, Any]) -> list[BaseMessage]:
    """A conversation as text: functions in the first message, calls and results in tags."""
    told = [_said(message) for message in _with_results_joined(messages)]
    tools = kwargs.get("tools")
    if not tools:
        return told
    parallel = SEVERAL if kwargs.get("parallel_tool_calls", True) else ONE
    how = HOW.format(tools=_json([tool["function"] for tool in tools]), parallel=parallel)
    if told and isinstance(told[0], SystemMessage):
        return [SystemMessage(f"{told[0].content}\n\n{how}"), *told[1:]]
    return [SystemMessage(how), *told]


def calls_in_tags(message: AIMessage) -> AIMessage:
    """A model's text with the calls in it as `tool_calls`, or `invalid_tool_calls`."""
    text = str(message.content)
    before, end, after = text.partition(_THOUGHT_END)
    thought, spoken = (before + end, after) if end else ("", text)
    calls: list[ToolCall] = []
    broken: list[InvalidToolCall] = []
    rest = []
    if _RESULT in spoken:
        broken.append(_invalid(0, spoken, "results of functions are not yours to write"))
    for words, raw in _blocks(spoken):
        rest.append(words)
        if raw is None:
            continue
        try:
            calls += _read(raw, len(calls))
        except ValueError as error:
            broken.append(_invalid(len(broken), raw, str(error)))
    return message.model_copy(
        update={
            "content": thought + "".join(rest).rstrip() if calls or broken else text,
            "tool_calls": calls,
            "invalid_tool_calls": broken,
        }
    )


def _blocks(text: str) -> Iterator[tuple[str, str | None]]:
    """Words, and the raw text of the call block after them; None after the last words."""
    position = 0
    while (start := text.find(_CALL, position)) >= 0:
        inner = start + len(_CALL)
        end = _end_of_block(text, inner)
        yield text[position:start], text[inner:end].strip()
        position = end + len(_CALL_END)
    yield text[position:], None


def _end_of_block(text: str, start: int) -> int:
    """Where the block's end tag stands; JSON is skipped whole, since a string may hold the tag."""
    try:
        _, after = _DECODER.raw_decode(text, _SPACE.match(text, start).end())  # type: ignore[union-attr]
    except (ValueError, RecursionError):
        after = start
    found = text.find(_CALL_END, after)
    return len(text) if found < 0 else found


def _read(raw: str, number: int) -> list[ToolCall]:
    calls = parse_json_strict(raw)
    if not isinstance(calls, list) or not calls:
        raise ValueError("between <call> and </call> belongs a JSON list of calls")
    made: list[ToolCall] = []
    for call in calls:
        if not isinstance(call, dict) or call.keys() != {"name", "arguments"}:
            raise ValueError("a call is an object with name and arguments, and nothing else")
        name, arguments = call["name"], call["arguments"]
        if not isinstance(name, str) or not name or not isinstance(arguments, dict):
            raise ValueError("a call's name is a text and its arguments are an object")
        each = f"call_{number + len(made)}"
        made.append(ToolCall(name=name, args=arguments, id=each, type="tool_call"))
    return made


def _invalid(number: int, raw: str, problem: str) -> InvalidToolCall:
    return InvalidToolCall(
        name=None, args=raw[:200], id=f"broken_{number}", error=problem, type="invalid_tool_call"
    )


def _said(message: BaseMessage) -> BaseMessage:
    if not isinstance(message, AIMessage) or not message.tool_calls:
        return message
    calls = [{"name": call["name"], "arguments": call["args"]} for call in message.tool_calls]
    said = f"{message.content}\n" if message.content else ""
    return AIMessage(f"{said}{_CALL}{_json(calls)}{_CALL_END}")


def _with_results_joined(messages: Sequence[BaseMessage]) -> Iterator[BaseMessage]:
    """The messages with each row of tool messages as one message of the person's role."""
    calls: dict[str | None, ToolCall] = {}
    results: list[dict[str, Any]] = []
    for message in messages:
        if isinstance(message, ToolMessage):
            results.append(_result(message, calls.get(message.tool_call_id)))
            continue
        if results:
            yield _told(results)
            results = []
        if isinstance(message, AIMessage):
            calls = {call["id"]: call for call in message.tool_calls}
        yield message
    if results:
        yield _told(results)


def _result(message: ToolMessage, call: ToolCall | None) -> dict[str, Any]:
    content: Any = str(message.content)
    with suppress(ValueError):
        content = parse_json_strict(content)
    about = {"name": call["name"], "arguments": call["args"]} if call else {"name": message.name}
    return {**about, "error" if message.status == "error" else "results": content}


def _told(results: Sequence[Mapping[str, Any]]) -> HumanMessage:
    return HumanMessage(f"{_RESULT}{_json(list(results))}</func_return>")


def _json(value: Any) -> str:
    """Canonical JSON in which no text can open or close a tag."""
    return canonical_json(value).replace("<", "\\u003c")
