"""One row of a seed file as a conversation or a scenario.

Forms read: ShareGPT (`conversations` of `from`/`value`, `tools`), raw Glaive (`system`, `chat`),
OpenAI messages (`messages` of `role`/`content`, `tools`), and `scenario`.
"""

import json
from typing import Any, NamedTuple

from button.canonical import canonical_json
from button.formats.glaive import glaive_turns
from button.formats.tags import CALL_MARKS
from button.formats.turns import CALLING, ROLES
from button.records import SeedMessage

MAX_SCENARIO_WORDS = 10
SHOWN = 60


class SeedRowError(Exception):
    """The row is of no use; the text is `kind: detail`, so that skips can be counted by kind."""


class Conversation(NamedTuple):
    """The turns of a chat, and whether tools were defined for it or called in it."""

    messages: tuple[SeedMessage, ...]
    uses_tools: bool


def scenario_of(text: str) -> str:
    """A scenario as the person gave it, spaces tidied.

    Raises:
        SeedRowError: where it is empty or longer than ten words (paper, stage B1).
    """
    words = text.split()
    if not words:
        raise SeedRowError("empty scenario: no text in it")
    if len(words) > MAX_SCENARIO_WORDS:
        raise SeedRowError(
            f"scenario too long: {len(words)} words (at most {MAX_SCENARIO_WORDS}): "
            f"{text.strip()!r:.{SHOWN}}"
        )
    return " ".join(words)


def conversation_of(row: dict[str, Any]) -> Conversation:
    """The chat of a row that `has_conversation`.

    Raises:
        SeedRowError: where it has no human turn with text, no trace of tools, or is malformed.
    """
    if isinstance(row.get("conversations"), list):
        chat = _from_turns(row, row["conversations"], "from", "value")
    elif isinstance(row.get("messages"), list):
        chat = _from_turns(row, row["messages"], "role", "content")
    else:
        chat = _from_glaive(row)
    if not any(message.role == "user" for message in chat.messages):
        raise SeedRowError("no human turn: nobody asks for anything in it")
    if not chat.uses_tools:
        raise SeedRowError("no tools: nothing to call in it")
    return chat


def has_conversation(row: dict[str, Any]) -> bool:
    """Whether the row is a chat in a known form."""
    return (
        isinstance(row.get("conversations"), list)
        or isinstance(row.get("messages"), list)
        or isinstance(row.get("chat"), str)
    )


def _from_turns(
    row: dict[str, Any], turns: list[Any], role_key: str, text_key: str
) -> Conversation:
    messages = []
    uses_tools = _defines_tools(row.get("tools") or row.get("functions"))
    if isinstance(system := row.get("system"), str) and system.strip():
        messages.append(SeedMessage(role="system", text=system.strip()))
    for number, turn in enumerate(turns, 1):
        if not isinstance(turn, dict) or not isinstance(turn.get(role_key), str):
            raise SeedRowError(f"malformed chat: turn {number} has no {role_key!r}")
        name = turn[role_key]
        if name not in ROLES:
            known = ", ".join(ROLES)
            raise SeedRowError(
                f"malformed chat: turn {number} has {role_key} {name!r:.{SHOWN}} (known: {known})"
            )
        calls = turn.get("tool_calls") or turn.get("function_call")
        text = _text(turn.get(text_key), number)
        uses_tools = uses_tools or bool(calls) or _is_call(name, text)
        if calls:
            text = f"{text}\n{canonical_json(calls)}".strip()
        if text:
            messages.append(SeedMessage(role=ROLES[name], text=text))
    return Conversation(tuple(messages), uses_tools)


def _is_call(role: str, text: str) -> bool:
    if role in CALLING:
        return bool(text)
    return ROLES[role] == "assistant" and any(mark in text for mark in CALL_MARKS)


def _text(content: Any, number: int) -> str:
    """Spoken text: a string, or the text parts of a list."""
    if content is None:
        return ""
    if isinstance(content, str):
        return content.strip()
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict) and part.get("type") == "text"]
        texts = [part.get("text", part.get("value")) for part in parts]
        return "\n".join(text.strip() for text in texts if isinstance(text, str))
    if isinstance(content, dict):
        return canonical_json(content)
    raise SeedRowError(f"malformed chat: turn {number} has no text but {content!r:.{SHOWN}}")


def _defines_tools(tools: Any) -> bool:
    if isinstance(tools, str):
        try:
            tools = json.loads(tools)
        except (ValueError, RecursionError):
            return False
    return isinstance(tools, list | dict) and bool(tools)


def _from_glaive(row: dict[str, Any]) -> Conversation:
    messages = [SeedMessage(role=role, text=text) for role, text in glaive_turns(row["chat"])]
    system = row.get("system")
    # The system text says either "with access to the following functions" plus their JSON, or
    # "with no access to external functions".
    defined = isinstance(system, str) and '"name"' in system
    called = any(mark in row["chat"] for mark in CALL_MARKS)
    return Conversation(tuple(messages), defined or called)
