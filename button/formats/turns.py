"""Chats as lists of turns, each with a role and a content: OpenAI messages, ShareGPT and their kin.

One reader for all of them: whatever a turn uses of `tool_calls`, the older `function_call`, content
parts, roles such as `function_call` and `observation`, or tags in the text, is read.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from button.formats.dialogue import Dialogue
from button.formats.format import UnreadableRowError
from button.formats.tags import (
    echoed_results,
    led_by_thought,
    results_in,
    said_by_human,
    spoken,
)
from button.formats.written import WrittenCall, calls_in, calls_of, plain_json, text_of_value

Role = Literal["system", "user", "assistant", "tool"]
ROLES: dict[str, Role] = {
    "system": "system",
    "developer": "system",
    "human": "user",
    "user": "user",
    "gpt": "assistant",
    "assistant": "assistant",
    "model": "assistant",
    "function_call": "assistant",
    "tool_call": "assistant",
    "observation": "tool",
    "function": "tool",
    "function_response": "tool",
    "tool": "tool",
    "systems": "system",  # as the README of BUTTON's data writes it
    "ai": "assistant",
    "tool_response": "tool",
    "tool_output": "tool",
}
CALLING = ("function_call", "tool_call")
_THOUGHTS = ("thought", "reasoning_content", "reasoning", "thinking")
_READ = frozenset(
    ("tool_calls", "function_call", "tool_call_id", "name", "refusal", "is_error", *_THOUGHTS)
)
_TEXT_PARTS = ("text", "input_text", "output_text", "refusal")
_THOUGHT_PARTS = ("reasoning", "thinking")
SHOWN = 60


class Keys(NamedTuple):
    """What a format calls the role and the text of a turn."""

    role: str
    text: str


OPENAI = Keys("role", "content")
SHAREGPT = Keys("from", "value")


class _Content(NamedTuple):
    text: str
    thought: str = ""
    calls: tuple[WrittenCall, ...] = ()


def read_turns(
    dialogue: Dialogue, turns: list[Any], keys: Keys, *, bare_thoughts: bool = False
) -> None:
    """Write the turns into the dialogue.

    Raises:
        UnreadableRowError: where a turn has no role, or one that nobody uses.
    """
    for number, turn, role in _checked(turns, keys):
        for key in sorted(turn.keys() - _READ - {keys.role, keys.text}):
            dialogue.note(f"key {key!r:.{SHOWN}} of a turn is not read")
        kind = ROLES[role]
        if kind == "assistant":
            _assistant(dialogue, turn, role, keys, bare_thoughts=bare_thoughts)
        elif kind == "tool":
            after = turns[number] if number < len(turns) else None
            more = isinstance(after, dict) and ROLES.get(_role(after, keys) or "") == "tool"
            _tool(dialogue, turn, keys, more=more)
        else:
            text = _content(dialogue, turn.get(keys.text)).text
            dialogue.says(kind, said_by_human(text) if kind == "user" else text)


def _checked(turns: list[Any], keys: Keys) -> Iterator[tuple[int, dict[str, Any], str]]:
    for number, turn in enumerate(turns, 1):
        role = _role(turn, keys) if isinstance(turn, dict) else None
        if role is None:
            raise UnreadableRowError(f"malformed turn: turn {number} has no {keys.role!r}")
        if role not in ROLES:
            known = ", ".join(ROLES)
            raise UnreadableRowError(
                f"unknown role: turn {number} has {keys.role} {role!r:.{SHOWN}} (known: {known})"
            )
        yield number, turn, role


def _role(turn: Mapping[str, Any], keys: Keys) -> str | None:
    role = turn.get(keys.role)
    return role.strip().lower() if isinstance(role, str) else None


def _assistant(
    dialogue: Dialogue, turn: dict[str, Any], role: str, keys: Keys, *, bare_thoughts: bool
) -> None:
    content = _content(dialogue, turn.get(keys.text))
    calls = [*content.calls, *_native_calls(turn)]
    thoughts = [content.thought, *(text_of_value(turn.get(key)) for key in _THOUGHTS)]
    text = content.text or text_of_value(turn.get("refusal"))
    if role in CALLING and not calls:
        thought, text = led_by_thought(text)
        thoughts.append(thought)
        marked = spoken(text)
        calls = list(marked.calls) if marked.calls else calls_in(text)
        text = ""
    else:
        said = spoken(text, bare_thoughts=bare_thoughts)
        text, calls = said.text, [*said.calls, *calls]
        thoughts.append(said.thought)
    dialogue.assistant(text, calls, "\n".join(filter(None, thoughts)))


def _native_calls(turn: dict[str, Any]) -> Iterator[WrittenCall]:
    """`tool_calls` (null where there are none) and the older `function_call`."""
    listed = turn.get("tool_calls") or []
    if isinstance(listed, str):
        yield from calls_in(listed)
        return
    for each in listed if isinstance(listed, list) else [listed]:
        yield from _read_call(each)
    single = turn.get("function_call")
    if isinstance(single, str) and single.strip():
        yield from calls_in(single)
    elif single:
        yield from _read_call(single)


def _read_call(value: Any) -> list[WrittenCall]:
    try:
        return calls_of(value)
    except ValueError:
        return calls_in(text_of_value(value))


def _tool(dialogue: Dialogue, turn: dict[str, Any], keys: Keys, *, more: bool) -> None:
    text = _content(dialogue, turn.get(keys.text)).text
    given, name = _text_or_none(turn, "tool_call_id"), _text_or_none(turn, "name")
    failed = bool(turn.get("is_error"))
    echoed = echoed_results(text)
    if given is None and echoed is not None:
        for called, result in echoed:
            dialogue.result(result, name=called)
        return
    results: list[Any] = list(results_in(text))
    waiting = dialogue.open_calls
    if given is None and name is None and len(results) == 1 and waiting > 1 and not more:
        results = _shared_out(dialogue, results[0], waiting)
    for result in results:
        dialogue.result(result, given, name, failed=failed)


def _shared_out(dialogue: Dialogue, text: str, waiting: int) -> list[Any]:
    """One observation for several calls, as ShareGPT's alternation demands it."""
    try:
        value = plain_json(text)
    except ValueError:
        value = None
    if isinstance(value, list) and len(value) == waiting:
        dialogue.note("one observation for several calls is split")
        return value
    dialogue.note("one observation for several calls is given to each")
    return [text] * waiting


def _text_or_none(turn: dict[str, Any], key: str) -> str | None:
    value = turn.get(key)
    return value if isinstance(value, str) and value else None


def _content(dialogue: Dialogue, content: Any) -> _Content:
    """Text, or the parts of a content; parts that are no text are noted and left out."""
    if not isinstance(content, list) or not all(isinstance(part, dict) for part in content):
        return _Content(text_of_value(content))
    texts, thoughts, calls = [], [], []
    for part in content:
        kind = str(part.get("type"))
        value = text_of_value(part.get("text", part.get("value", part.get(kind))))
        if kind in _TEXT_PARTS:
            texts.append(value)
        elif kind in _THOUGHT_PARTS:
            thoughts.append(value)
        elif kind in CALLING:
            calls += calls_in(value)
        else:
            dialogue.note(f"content part of type {kind!r:.{SHOWN}} left out")
    return _Content("\n".join(texts), "\n".join(thoughts), tuple(calls))
