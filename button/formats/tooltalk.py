"""ToolTalk: a conversation of texts, each assistant turn with the calls made before it was said.

The calls of a turn were made one after the other, each after the answer to the one before. What the
assistant is told besides (`metadata`: day and time, place, session) is the system message.
"""

from typing import Any

from button.checks.conversation import Conversation
from button.formats.chats import functions_of
from button.formats.definitions import Definitions
from button.formats.dialogue import Dialogue
from button.formats.format import Format, UnreadableRowError
from button.formats.turns import ROLES
from button.formats.written import WrittenCall, as_json, text_of_value


def _matches(row: dict[str, Any]) -> bool:
    turns = row.get("conversation")
    return isinstance(turns, list) and all(
        isinstance(turn, dict) and "role" in turn and "text" in turn for turn in turns
    )


def _read(row: dict[str, Any], external: Definitions | None) -> Conversation:
    dialogue = Dialogue(functions_of(row, "", external))
    known = row.get("metadata")
    if isinstance(known, dict) and known:
        dialogue.says("system", as_json(known))
    for number, turn in enumerate(row["conversation"], 1):
        role = ROLES.get(str(turn["role"]).lower())
        if role not in ("system", "user", "assistant"):
            raise UnreadableRowError(f"unknown role: turn {number} has {turn['role']!r:.60}")
        if role != "assistant":
            dialogue.says(role, text_of_value(turn["text"]))
            continue
        for api in turn.get("apis") or ():
            _step(dialogue, api, number)
        dialogue.assistant(text_of_value(turn["text"]))
    return dialogue.conversation()


def _step(dialogue: Dialogue, api: Any, number: int) -> None:
    request = api.get("request") if isinstance(api, dict) else None
    if not isinstance(request, dict) or not isinstance(request.get("api_name"), str):
        raise UnreadableRowError(f"malformed call: turn {number} has a call without 'api_name'")
    dialogue.assistant("", [WrittenCall(request["api_name"], request.get("parameters"))])
    failure = api.get("exception")
    dialogue.result(failure or api.get("response"), failed=bool(failure))


TOOLTALK = Format("tooltalk", "conversation of role, text and apis", _matches, _read)
