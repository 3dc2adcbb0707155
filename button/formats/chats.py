"""OpenAI messages with tools, ShareGPT, BUTTON's released data and Toucan: chats as lists of turns.

OpenAI: `messages` of `role`/`content`, arguments as text or object, `tool_calls` or the older
`function_call`, content parts; `tools` or `functions`. ShareGPT (also LLaMA-Factory, APIGen-MT):
`conversations` of `from`/`value`, `tools` as JSON text, `system`. BUTTON: `messages` with calls in
tags and the functions in the system text. Toucan: `messages` and `available_tools` as JSON text.
TRL's steps and preferences: `prompt` and `completion`, or `chosen`, each a list of turns.
"""

from typing import Any

from button.checks.conversation import Conversation
from button.checks.profile import CALLS
from button.formats.definitions import LIST_KEYS, Definitions, read_definitions
from button.formats.dialogue import Dialogue
from button.formats.format import Format, UnreadableRowError
from button.formats.tags import tools_in
from button.formats.turns import OPENAI, SHAREGPT, Keys, read_turns
from button.formats.written import plain_json, text_of_value

_TOOL_KEYS = LIST_KEYS[:4]


def read_chat(
    row: dict[str, Any],
    external: Definitions | None,
    turns: Any,
    keys: Keys,
    *,
    bare_thoughts: bool = False,
) -> Conversation:
    """A row whose turns are a list of objects, with its own functions, or else the external ones.

    Raises:
        UnreadableRowError: where the turns are no list, or one of them is none.
    """
    if isinstance(turns, str):
        turns = _parsed(turns)
    if not isinstance(turns, list) or not turns:
        raise UnreadableRowError(f"no turns: {turns!r:.60} is no list of turns")
    dialogue = Dialogue(functions_of(row, _system_text(row, turns, keys), external))
    system = row.get("system")
    if isinstance(system, str) and system.strip() and not _begins_with_system(turns, keys):
        dialogue.says("system", system.strip())
    read_turns(dialogue, turns, keys, bare_thoughts=bare_thoughts)
    allowed = row.get("parallel_tool_calls")
    return dialogue.conversation(parallel_calls=allowed if isinstance(allowed, bool) else None)


def functions_of(row: dict[str, Any], system: str, external: Definitions | None) -> Definitions:
    """The functions of a row: its own, those in its system text, or those of another file."""
    raw = next((row[key] for key in _TOOL_KEYS if row.get(key)), None)
    own = read_definitions(raw if raw is not None else tools_in(system))
    if own.tools or own.refused or external is None:
        return own
    return external


def _parsed(text: str) -> Any:
    try:
        return plain_json(text)
    except ValueError as error:
        raise UnreadableRowError(f"no turns: the turns are no JSON: {error}") from error


def _system_text(row: dict[str, Any], turns: list[Any], keys: Keys) -> str:
    first = turns[0].get(keys.text) if _begins_with_system(turns, keys) else row.get("system")
    return text_of_value(first)


def _begins_with_system(turns: list[Any], keys: Keys) -> bool:
    first = turns[0]
    return isinstance(first, dict) and str(first.get(keys.role)).lower() in (
        "system",
        "systems",
        "developer",
    )


def _is_button(row: dict[str, Any]) -> bool:
    turns = row.get("messages")
    if not isinstance(turns, list) or any(row.get(key) for key in _TOOL_KEYS):
        return False
    texts = [text_of_value(t.get("content")) for t in turns if isinstance(t, dict)]
    return any("<tool>" in text and "</tool>" in text for text in texts[:1]) or any(
        "<call>" in text or "<func_call>" in text for text in texts
    )


BUTTON = Format(
    "button",
    "messages whose text holds <tool>, <call> and <final>",
    _is_button,
    lambda row, external: read_chat(row, external, row["messages"], OPENAI, bare_thoughts=True),
)
TOUCAN = Format(
    "toucan",
    "messages and available_tools",
    lambda row: "messages" in row and "available_tools" in row,
    lambda row, external: read_chat(row, external, row["messages"], OPENAI),
)
SHAREGPT_FORMAT = Format(
    "sharegpt",
    "conversations of from and value",
    lambda row: isinstance(row.get("conversations"), list | str),
    lambda row, external: read_chat(row, external, row["conversations"], _keys(row)),
)
OPENAI_FORMAT = Format(
    "openai",
    "messages of role and content",
    lambda row: isinstance(row.get("messages"), list | str),
    lambda row, external: read_chat(row, external, row["messages"], _keys(row)),
)


PROMPT_COMPLETION = Format(
    "prompt-completion",
    "prompt and completion (or chosen) of role and content",
    lambda row: isinstance(row.get("prompt"), list) and isinstance(_last_turns(row), list),
    lambda row, external: read_chat(row, external, [*row["prompt"], *_last_turns(row)], OPENAI),
    CALLS,
)


def _last_turns(row: dict[str, Any]) -> Any:
    return row.get("completion", row.get("chosen"))


def _keys(row: dict[str, Any]) -> Keys:
    """`role`/`content` or `from`/`value`, whichever the first turn has."""
    turns = row.get("messages") or row.get("conversations")
    first = turns[0] if isinstance(turns, list) and turns else None
    if isinstance(first, dict):
        return SHAREGPT if "from" in first else OPENAI
    return OPENAI if "messages" in row else SHAREGPT
