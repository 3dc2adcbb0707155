"""OpenAI Responses: items of type message, reasoning, function_call and function_call_output.

NeMo Gym rollouts hold the request under `responses_create_params` and the items under
`response.output`; a plain dump has `input`, `output` and `tools`.
"""

from collections.abc import Iterator
from typing import Any

from button.checks.conversation import Conversation
from button.formats.chats import functions_of
from button.formats.definitions import Definitions
from button.formats.dialogue import Dialogue
from button.formats.format import Format, UnreadableRowError
from button.formats.turns import ROLES
from button.formats.written import WrittenCall, text_of_value

_SPOKEN_PARTS = ("input_text", "output_text", "text", "refusal", "summary_text", "reasoning_text")


def _matches(row: dict[str, Any]) -> bool:
    if isinstance(row.get("responses_create_params"), dict):
        return True
    items = row.get("output")
    return (
        "input" in row
        and isinstance(items, list)
        and any(isinstance(item, dict) and "type" in item for item in items)
    )


def _read(row: dict[str, Any], external: Definitions | None) -> Conversation:
    request = row.get("responses_create_params", row)
    response = row.get("response", row if request is row else None)
    output = response.get("output") if isinstance(response, dict) else None
    if not isinstance(output, list):
        raise UnreadableRowError("no response: a request that was not answered yet")
    dialogue = Dialogue(functions_of(request, "", external))
    if isinstance(request.get("instructions"), str):
        dialogue.says("system", request["instructions"])
    given = request.get("input")
    items = [{"role": "user", "content": given}] if isinstance(given, str) else given or []
    if not isinstance(items, list):
        raise UnreadableRowError(f"malformed input: {given!r:.60} is no list of items")
    _write(dialogue, [*items, *output])
    allowed = request.get("parallel_tool_calls")
    return dialogue.conversation(parallel_calls=allowed if isinstance(allowed, bool) else None)


def _write(dialogue: Dialogue, items: list[Any]) -> None:
    """Items in order; the parts of one assistant turn (thought, words, calls) are one message."""
    thoughts: list[str] = []
    calls: list[WrittenCall] = []
    for number, item in enumerate(items, 1):
        if not isinstance(item, dict):
            raise UnreadableRowError(f"malformed item: item {number} is {item!r:.60}")
        kind = item.get("type", "message")
        if kind == "function_call":
            calls.append(_call(item, number))
            continue
        if kind == "reasoning":
            thoughts.append("\n".join(_texts(dialogue, item.get("summary") or item.get("content"))))
            continue
        calls, thoughts = _turn(dialogue, calls, thoughts)
        if kind == "function_call_output":
            dialogue.result(item.get("output"), item.get("call_id"))
        elif kind == "message":
            thoughts = _message(dialogue, item, number, thoughts)
        else:
            dialogue.note(f"item of type {kind!r:.60} left out")
    _, left = _turn(dialogue, calls, thoughts)
    if left:
        dialogue.note("thoughts after the last turn left out", len(left))


def _call(item: dict[str, Any], number: int) -> WrittenCall:
    name = item.get("name")
    if not isinstance(name, str):
        raise UnreadableRowError(f"malformed item: item {number} is a call without a name")
    return WrittenCall(name, item.get("arguments"), item.get("call_id"))


def _turn(
    dialogue: Dialogue, calls: list[WrittenCall], thoughts: list[str]
) -> tuple[list[WrittenCall], list[str]]:
    """Write the calls collected so far; thoughts without calls wait for what they lead to."""
    if calls:
        dialogue.assistant("", calls, "\n".join(filter(None, thoughts)), joined=True)
        return [], []
    return [], thoughts


def _message(
    dialogue: Dialogue, item: dict[str, Any], number: int, thoughts: list[str]
) -> list[str]:
    role = ROLES.get(str(item.get("role")).lower())
    text = "\n".join(_texts(dialogue, item.get("content")))
    if role == "assistant":
        if text.strip() or not dialogue.messages:
            dialogue.assistant(text, (), "\n".join(filter(None, thoughts)), joined=True)
            return []
        dialogue.note("blank words of the assistant left out")
        return thoughts
    if role not in ("system", "user"):
        raise UnreadableRowError(f"unknown role: item {number} has role {item.get('role')!r:.60}")
    dialogue.says(role, text)
    return thoughts


def _texts(dialogue: Dialogue, content: Any) -> Iterator[str]:
    for part in content if isinstance(content, list) else [content]:
        if isinstance(part, dict) and part.get("type") in _SPOKEN_PARTS:
            yield text_of_value(part.get("text", part.get("refusal")))
        elif isinstance(part, dict):
            dialogue.note(f"content part of type {part.get('type')!r:.60} left out")
        else:
            yield text_of_value(part)


RESPONSES = Format("responses", "responses_create_params and response (NeMo Gym)", _matches, _read)
