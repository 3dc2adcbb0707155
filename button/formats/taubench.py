"""tau-bench trajectories: `traj` of OpenAI messages; the functions stand in another file."""

from typing import Any

from button.checks.conversation import Conversation
from button.formats.chats import functions_of
from button.formats.definitions import Definitions
from button.formats.dialogue import Dialogue
from button.formats.format import Format, UnreadableRowError
from button.formats.turns import OPENAI, read_turns

_STOP = "###STOP###"


def _read(row: dict[str, Any], external: Definitions | None) -> Conversation:
    dialogue = Dialogue(functions_of(row, "", external))
    turns = list(row["traj"])
    if not turns:
        raise UnreadableRowError("no turns: 'traj' is empty")
    last = turns[-1]
    said = last.get("content") if isinstance(last, dict) and last.get("role") == "user" else None
    if isinstance(said, str) and said.endswith(_STOP):
        dialogue.note(f"the simulated user's sign to stop, {_STOP}, left out")
        words = said.removesuffix(_STOP).rstrip()
        turns[-1:] = [{**last, "content": words}] if words else []
    read_turns(dialogue, turns, OPENAI)
    return dialogue.conversation()


TAU_BENCH = Format(
    "tau-bench", "traj of messages", lambda row: isinstance(row.get("traj"), list), _read
)
