"""Masking what varies by itself in a message, so that equal phrasings show as equal."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

MASK = "_"
_MONTHS = (
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec"
).split()
_WEEKDAYS = (
    "monday tuesday wednesday thursday friday saturday sunday "
    "mon tue tues wed thu thurs fri sat sun"
).split()
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety "
    "hundred thousand first second third fourth fifth sixth seventh eighth ninth tenth"
).split()
_WORDS = "|".join(sorted((*_MONTHS, *_WEEKDAYS, *_NUMBERS), key=len, reverse=True))
_VARYING = re.compile(
    rf"(?<!\w)(?:{_WORDS})s?(?!\w)|\d[\d.,:]*(?:st|nd|rd|th|am|pm)?", re.IGNORECASE
)
_MASKS = re.compile(rf"{MASK}(?:[\s,.:$€£%/-]*{MASK})*")


def masked(text: str, arguments: Iterable[Any]) -> str:
    """`text` in lower case without argument values, numbers, months and weekdays.

    A value is found in its own words or with its separators read as spaces (`round_trip` as
    "round trip"), whatever the letter case; neighbouring masks become one.
    """
    patterns = {_pattern(value) for value in _words(arguments)}
    values = sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
    if values:
        pattern = rf"(?<!\w)(?:{'|'.join(values)})(?!\w)"
        text = re.sub(pattern, MASK, text, flags=re.IGNORECASE)
    text = _VARYING.sub(MASK, text)
    return " ".join(_MASKS.sub(MASK, text).casefold().split())


def _words(value: Any) -> Iterator[str]:
    """All texts among the leaves; numbers need no search, they are masked wherever they stand."""
    if isinstance(value, str):
        if any(character.isalnum() for character in value):
            yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _words(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _words(inner)


def _pattern(value: str) -> str:
    words = [re.escape(word) for word in re.split(r"[\s_-]+", value.strip(" _-.,;:!?")) if word]
    return r"[\s_-]+".join(words)
