"""Whether arguments rest on the system's words, which some formats cannot hold."""

import re

from button.checks.leaves import leaves
from button.export.chat import Chat
from button.records import Origin

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def rests_on_system(chat: Chat) -> bool:
    """Whether a value comes from the system's words, or is a date that nobody else says in full.

    A date derived from "next Friday", or from "May 20" without a year, needs the day it was said.
    """
    return any(
        _needs_system(chat, origin, leaf.value)
        for call in chat.calls.values()
        for leaf in leaves(call.function.arguments)
        if (origin := chat.record.provenance.get(call.id, {}).get(leaf.path)) is not None
    )


def _needs_system(chat: Chat, origin: Origin, value: object) -> bool:
    messages = chat.record.messages
    held = messages[origin.message] if origin.message is not None else None
    if origin.source == "system" or (held is not None and held.role == "system"):
        return True
    if origin.source != "derived" or origin.note != "date" or held is None:
        return False
    year = _YEAR.search(str(value))
    return year is not None and year[0] not in held.content
