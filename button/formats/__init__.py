"""Formats: rows of tool-calling datasets as conversations that can be checked.

`read_row` reads one row of a known form, `button.formats.files` whole files. Every reader keeps
what was said, pairs results with the calls of the turn before them, derives call ids where there
are none, keeps the text of broken arguments for the checks, maps function definitions to closed
JSON Schema, and notes whatever it filled in, replaced or left out.
"""

from typing import Any

from button.checks.conversation import Conversation
from button.formats.apibank import API_BANK
from button.formats.chats import (
    BUTTON,
    OPENAI_FORMAT,
    PROMPT_COMPLETION,
    SHAREGPT_FORMAT,
    TOUCAN,
)
from button.formats.definitions import Definitions
from button.formats.format import Format, UnreadableRowError
from button.formats.glaive import GLAIVE
from button.formats.nestful import NESTFUL
from button.formats.own import OWN
from button.formats.responses import RESPONSES
from button.formats.taubench import TAU_BENCH
from button.formats.toolbench import TOOLBENCH, TOOLBENCH_NESTED
from button.formats.tooltalk import TOOLTALK
from button.formats.xlam import XLAM
from tools.dialects import is_function

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        OWN,
        TAU_BENCH,
        RESPONSES,
        TOOLBENCH,
        TOOLBENCH_NESTED,
        TOOLTALK,
        API_BANK,
        NESTFUL,
        XLAM,
        GLAIVE,
        TOUCAN,
        BUTTON,
        PROMPT_COMPLETION,
        SHAREGPT_FORMAT,
        OPENAI_FORMAT,
    )
}
"""By name, in the order in which a row is held against them: the peculiar before the general."""

__all__ = [
    "FORMATS",
    "Definitions",
    "Format",
    "UnreadableRowError",
    "as_row",
    "detect",
    "read_row",
]


def as_row(value: Any) -> dict[str, Any]:
    """A row as an object; a bare list of turns is one of messages.

    Raises:
        UnreadableRowError: where it is neither.
    """
    if isinstance(value, dict):
        return value
    if isinstance(value, list) and value and all(isinstance(turn, dict) for turn in value):
        return {"messages": value}
    raise UnreadableRowError(f"unknown form: {value!r:.60} is no object")


def detect(value: Any) -> Format:
    """The format of a row.

    Raises:
        UnreadableRowError: where it has none of the known forms; the text names its keys.
    """
    row = as_row(value)
    found = next((each for each in FORMATS.values() if each.matches(row)), None)
    if found is None and is_function(row):
        raise UnreadableRowError("unknown form: a function, no conversation (see --tools)")
    if found is None:
        keys = ", ".join(repr(key) for key in list(row)[:8]) or "none"
        raise UnreadableRowError(f"unknown form: keys {keys:.200}")
    return found


def read_row(
    value: Any, format: Format | None = None, tools: Definitions | None = None
) -> Conversation:
    """A row as a conversation.

    Args:
        value: the row as parsed JSON.
        format: of what form it is; by default that is detected.
        tools: functions for rows that define none.

    Raises:
        UnreadableRowError: where it cannot be read; the text is `kind: detail`.
    """
    return (format or detect(value)).read(as_row(value), tools)
