"""Clock times as people write them, as minutes since midnight."""

import re
from collections.abc import Iterator

from button.checks import chinese
from button.checks.text import lower_in_place, vocabulary

_HOURS = {
    name: index
    for index, name in enumerate(
        vocabulary("one two three four five six seven eight nine ten eleven twelve"), 1
    )
}
_HALF_DAY = r"(?:\s*([ap])\.?\s?m\b\.?)"
_HALF = re.compile(r"[ap]\.?\s?m")
"""What a text has that names the half of a day; told fast."""
_HOUR = rf"(\d{{1,2}}|{'|'.join(_HOURS)})"

_WITH_MINUTES = re.compile(
    rf"(?<![\d:.])([01]?\d|2[0-4])(?::|h)([0-5]\d)(?::[0-5]\d(?:\.\d+)?)?{_HALF_DAY}?"
    r"(?:z|[+-]\d{2}:?\d{2})?(?![\d:])"
)
_FULL_HOUR = re.compile(rf"(?<![\d:.]){_HOUR}{_HALF_DAY}")
_BARE_HOUR = re.compile(
    rf"\b(?:at|by|around|from|until|till|before|after|to|about|between|and)\s+{_HOUR}\b"
    r"(?![:.,]?\d|\s*(?:%|[ap]\.?m|people|persons?|guests?|nights?|days?|weeks?|hours?|minutes?))"
)
_OCLOCK = re.compile(rf"\b{_HOUR}\s*(?:o['’]?clock|h\b|in the (?:morning|afternoon|evening))")
_FRACTION = re.compile(rf"\b(half|quarter)\s+(past|to)\s+{_HOUR}\b")
_NAMED = {"noon": 720, "midday": 720, "midnight": 0}
_HINT = re.compile(
    r"\d|\bnoon|midday|midnight|\bat\b|\bpast\b|[ap]\.?m\b|clock|\bby\b|\bin the\b|quarter"
)
_LATE = re.compile(r"\b(?:afternoon|evening|tonight|night)\b")
_ISO_DATE_PREFIX = re.compile(r"\b\d{4}-\d{2}-\d{2}[tT ]")


def times(text: str) -> frozenset[int]:
    """Every time of day that `text` can mean.

    `at 7` and `2:30` stand for both halves of the day; `10:00` does so only where the text speaks
    of an afternoon, evening or night.
    """
    lowered = chinese.western(text).lower()
    if not _HINT.search(lowered):
        return frozenset()
    return frozenset(_all(_ISO_DATE_PREFIX.sub(" ", lowered)))


def time_of(text: str) -> int | None:
    """The time of day that `text` as a whole writes (`14:30`, `2:30 pm`, `noon`), else None."""
    lowered = chinese.western(text).strip().lower()
    if lowered in _NAMED:
        return _NAMED[lowered]
    match = _WITH_MINUTES.fullmatch(lowered)
    if match:
        return _minutes(int(match[1]), int(match[2]), match[3])
    match = _FULL_HOUR.fullmatch(lowered)
    return _minutes(_hour(match[1]), 0, match[2]) if match else None


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where in `text` times are written in figures."""
    lowered = lower_in_place(text)
    for pattern in (_WITH_MINUTES, _FULL_HOUR) if _HALF.search(lowered) else (_WITH_MINUTES,):
        for match in pattern.finditer(lowered):
            yield match.span()


def _all(text: str) -> Iterator[int]:
    late = bool(_LATE.search(text))
    for match in _WITH_MINUTES.finditer(text):
        full_day = not match[3] and len(match[1]) == 2 and not late
        yield from _either(int(match[1]), int(match[2]), match[3], full_day)
    for match in _FULL_HOUR.finditer(text) if _HALF.search(text) else ():
        yield from _either(_hour(match[1]), 0, match[2])
    for pattern in (_BARE_HOUR, _OCLOCK):
        for match in pattern.finditer(text):
            yield from _either(_hour(match[1]), 0, None)
    for match in _FRACTION.finditer(text) if "half" in text or "quarter" in text else ():
        minutes = 30 if match[1] == "half" else 15
        for full in _either(_hour(match[3]), 0, None):
            yield (full + (minutes if match[2] == "past" else -minutes)) % 1440
    for name, minute in _NAMED.items():
        if name in text:
            yield minute


def _either(hour: int, minute: int, half: str | None, full_day: bool = False) -> Iterator[int]:
    exact = _minutes(hour, minute, half)
    if exact is not None:
        yield exact
        if half is None and not full_day and 1 <= hour <= 12:
            yield (exact + 720) % 1440


def _minutes(hour: int, minute: int, half: str | None) -> int | None:
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return (hour % 24) * 60 + minute if hour <= 24 else None


def _hour(text: str) -> int:
    return _HOURS.get(text) or int(text)
