"""Reasoning text, kept apart from what a model says.

Some models write it before their answer between `<think>` and `</think>` (or end it with `</think>`
where the chat template has opened it), some endpoints give it in a field of its own. It is kept in
the journal beside the content, never in it, and is no part of any record.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

FIELDS = ("reasoning_content", "reasoning")
"""Fields of a message in which endpoints put reasoning text."""
KEY = "reasoning"
"""Where a LangChain message holds it: in `additional_kwargs`."""

_OPENED = re.compile(r"\s*<think>(.*?)(?:</think>\s*|\Z)", re.DOTALL)
_OPENED_BY_TEMPLATE = re.compile(r"(?!\s*[{<\[])([^<]*(?:<(?!/?think>)[^<]*)*)</think>\s*")


class Spoken(NamedTuple):
    """What a model thought and what it said."""

    reasoning: str
    content: str


def split_reasoning(text: str) -> Spoken:
    """Take the reasoning off the beginning of `text`; without reasoning, `text` as it is.

    Reasoning that was cut off before its end leaves no content.
    """
    parts: list[str] = []
    begin = 0
    # Until nothing is found: splitting again must change nothing, or a replay would differ.
    while text.find("think>", begin) >= 0:
        # At a position, not in what is left of the text: thousands of copies would be made of it.
        found = _OPENED.match(text, begin) or _OPENED_BY_TEMPLATE.match(text, begin)
        if found is None:
            break
        parts.append(found[1])
        begin = found.end()
    return Spoken(joined(*parts), text[begin:])


def reasoning_field(message: Mapping[str, Any]) -> str:
    """The reasoning text that an endpoint's message holds in a field of its own."""
    return next((str(message[name]) for name in FIELDS if isinstance(message.get(name), str)), "")


def joined(*parts: str) -> str:
    """Reasoning from several places as one text."""
    return "\n\n".join(part.strip() for part in parts if part.strip())
