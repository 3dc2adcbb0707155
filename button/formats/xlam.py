"""xLAM (`query`, `tools`, `answers`): a request and the calls that answer it, without results."""

from typing import Any

from button.checks.conversation import Conversation
from button.checks.profile import CALLS
from button.formats.chats import functions_of
from button.formats.definitions import Definitions
from button.formats.dialogue import Dialogue
from button.formats.format import Format
from button.formats.written import calls_in, text_of_value


def _read(row: dict[str, Any], external: Definitions | None) -> Conversation:
    dialogue = Dialogue(functions_of(row, "", external))
    dialogue.says("user", text_of_value(row["query"]))
    answers = text_of_value(row["answers"])
    # An empty list is the right answer where no function fits.
    calls = [] if answers.strip() in ("", "[]") else calls_in(answers)
    if calls:
        dialogue.assistant("", calls)
    return dialogue.conversation()


XLAM = Format(
    "xlam",
    "query, tools and answers",
    lambda row: isinstance(row.get("query"), str) and "answers" in row,
    _read,
    CALLS,
)
