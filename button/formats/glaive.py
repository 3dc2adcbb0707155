"""Raw Glaive rows: `system` with the functions as JSON objects, `chat` as one text.

`USER: ... ASSISTANT: <functioncall> {"name": ..., "arguments": '...'} <|endoftext|> FUNCTION
RESPONSE: ...`; the arguments stand in single quotes. LLaMA-Factory's Glaive files are ShareGPT.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from button.checks.conversation import Conversation
from button.formats.definitions import NOTHING, Definitions, from_list
from button.formats.dialogue import Dialogue
from button.formats.format import Format
from button.formats.tags import spoken
from button.formats.turns import Role

_TURN = re.compile(r"(?:\A|\n)\s*(USER|ASSISTANT|FUNCTION RESPONSE):")
_ROLES: dict[str, Role] = {
    "USER": "user",
    "ASSISTANT": "assistant",
    "FUNCTION RESPONSE": "tool",
}
_END_OF_TEXT = "<|endoftext|>"
_DECODER = json.JSONDecoder()


def glaive_turns(chat: str) -> Iterator[tuple[Role, str]]:
    """(role, text) of each turn of a chat that says something."""
    pieces = _TURN.split(chat)
    for speaker, piece in zip(pieces[1::2], pieces[2::2], strict=True):
        text = piece.replace(_END_OF_TEXT, "").strip()
        if text:
            yield _ROLES[speaker], text


def _read(row: dict[str, Any], external: Definitions | None) -> Conversation:
    system = row.get("system")
    system = system.strip() if isinstance(system, str) else ""
    functions, words = _functions(system)
    own = from_list(functions) if functions else NOTHING
    dialogue = Dialogue(own if functions or external is None else external)
    words = words.removeprefix("SYSTEM:").strip()
    if words:
        dialogue.says("system", words)
    before = _TURN.split(row["chat"])[0].strip()
    if before:
        dialogue.note("text before the first turn left out")
    for role, text in glaive_turns(row["chat"]):
        if role == "assistant":
            said = spoken(text)
            dialogue.assistant(said.text, said.calls, said.thought)
        elif role == "tool":
            dialogue.result(text)
        else:
            dialogue.says(role, text)
    return dialogue.conversation()


def _functions(system: str) -> tuple[list[Any], str]:
    """The JSON objects in the system text, and the words around them."""
    found: list[Any] = []
    words: list[str] = []
    at = 0
    while (start := system.find("{", at)) >= 0:
        words.append(system[at:start])
        try:
            value, at = _DECODER.raw_decode(system, start)
        except (ValueError, RecursionError):
            words.append(system[start:])
            return found, "".join(words)
        found.append(value)
    return found, "".join([*words, system[at:]])


GLAIVE = Format("glaive", "chat as one text", lambda row: isinstance(row.get("chat"), str), _read)
