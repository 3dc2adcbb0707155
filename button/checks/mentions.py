"""The parts of a text that can be true or false: dates, times, numbers, ids, quotes and names."""

import calendar
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Literal, NamedTuple

from button.checks import clock, dates, quantities
from button.checks.text import stem, words

MentionKind = Literal["date", "time", "number", "id", "quote", "name"]

_LIST_MARKER = re.compile(r"^\s*(?:\d{1,2}[.)]|[-*•])\s+", re.MULTILINE)
_ID = re.compile(
    r"(?<![\w@.])(?=[A-Za-z0-9_-]{0,40}\d)(?=[A-Za-z0-9_-]{0,40}[A-Za-z])"
    r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*(?!\w)"
)
_AMOUNT = re.compile(r"\d+(?:st|nd|rd|th)|\d+[-–]?(?:[a-z]{1,4}|[KM]|[a-z]+(?:-[a-z]+)*)")
_QUOTE = re.compile(r"[\"“«]([^\"“”«»\n]{2,80})[\"”»]")
_UPPER = "".join(filter(str.isupper, map(chr, range(0x2000))))
_LOWER = "".join(filter(str.islower, map(chr, range(0x2000)))) + "\u0300-\u036f"
"""Letters of all alphabets that have capitals; accents may stand apart from their letter."""
_JOINS = "'’‐‑-"
_CAPITALISED = (
    rf"(?:[{_UPPER}]['’])?[{_UPPER}][{_LOWER}][{_UPPER}{_LOWER}]*(?:[{_JOINS}][{_UPPER}{_LOWER}]+)*"
)
_NAME = re.compile(rf"(?<=[{_LOWER},] ){_CAPITALISED}(?: {_CAPITALISED}){{0,4}}")
_JOIN = re.compile(f"[{_JOINS}]")
_LABEL = re.compile(r"\**:| \d")
_NO_NAMES = frozenset(
    (*calendar.month_name, *calendar.month_abbr, *calendar.day_name, "Celsius", "Fahrenheit")
)
_MOMENTS: tuple[tuple[MentionKind, Callable[[str], Iterator[tuple[int, int]]]], ...] = (
    ("date", dates.spans),
    ("time", clock.spans),
)


class Mention(NamedTuple):
    """One checkable part, with where it stands and, for a number, how many decimals it shows."""

    kind: MentionKind
    text: str
    start: int
    value: float = 0.0
    decimals: int = 0


def measured(text: str) -> Iterator[Mention]:
    """Dates, times, ids and numbers in `text`; each stretch of text is read as one of them only."""
    text = _LIST_MARKER.sub(lambda match: " " * len(match.group()), text)
    for kind, find in _MOMENTS:
        spans = _apart(find(text))
        for start, end in spans:
            yield Mention(kind, text[start:end], start)
        text = _blanked(text, spans)
    ids = [found for found in _ID.finditer(text) if not _AMOUNT.fullmatch(found.group())]
    for match in ids:
        yield Mention("id", match.group(), match.start())
    text = _blanked(text, [match.span() for match in ids])
    for value, decimals, start, end in quantities.figures(text):
        yield Mention("number", text[start:end].strip(), start, value, decimals)


def quoted(text: str) -> Iterator[Mention]:
    """What stands in double quotes."""
    for match in _QUOTE.finditer(text):
        yield Mention("quote", match[1], match.start(1))


def names(text: str) -> Iterator[Mention]:
    """Capitalised words inside a sentence, without labels (`Cost:`, `Leg 1`) and calendar words.

    Neither are units of temperature names. A word is taken as a whole: `Hoża`, `O'Brien`, `Wi-Fi`.
    """
    for match in _NAME.finditer(text):
        name = match.group()
        if name not in _NO_NAMES and not _LABEL.match(text, match.start() + len(name)):
            yield Mention("name", name, match.start())


def naming_words(name: str) -> frozenset[str]:
    """The words of a name by which it is known again: `wi`, `fi` and `wifi` of `Wi-Fi`.

    Small endings (`Dresden's`, `Dresden-based`) and initials name nothing.
    """
    whole = name.split()
    parts = [part for word in whole for part in _JOIN.split(word)]
    naming = [part for part in parts if part[:1].isupper() and len(part) > 1]
    naming += [_JOIN.sub("", word) for word in whole]
    return frozenset(stem(token) for part in naming for token in words(part).split())


def _apart(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, without those that overlap an earlier one."""
    kept: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return kept


def _blanked(text: str, spans: list[tuple[int, int]]) -> str:
    if not spans:
        return text
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], " " * (end - start)]
        at = end
    return "".join((*pieces, text[at:]))
