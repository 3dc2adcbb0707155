"""Calendar dates as people write them, resolved against the day on which they are said."""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

from button.checks import chinese
from button.checks.text import lower_in_place

_MONTHS = {name.lower(): index for index, name in enumerate(calendar.month_abbr) if name}
_WEEKDAYS = {name.lower(): index for index, name in enumerate(calendar.day_name)}

_MONTH = (
    r"\b(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_TO = r"\s*(?:-|–|—|\bto\b|\bthrough\b|\buntil\b|\btill\b|\band\b|&)\s*(?:the\s+)?"
_YEAR = r"(?:,?\s+(?:of\s+)?(\d{4})(?![\d:]))?"

_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(r"(?<![\d.])(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?![\d.])")
_SHORT = re.compile(r"(?<![\d/.,$])(\d{1,2})/(\d{1,2})(?![\d/%]|\.\d)")
_ON_DAY = re.compile(r"\bon (\d{1,2})-(\d{1,2})(?![\d-])")
_THOUSANDS = r",\d{3}(?!\d)"
"""What makes a figure no day: `March 1,276` names no first of March."""
_MONTH_DAY = re.compile(
    rf"{_MONTH}\s+(?:the\s+)?{_DAY}(?!\d|:\d|{_THOUSANDS})"
    rf"(?:{_TO}{_DAY}\b(?!:|{_THOUSANDS}))?{_YEAR}"
)
_DAY_MONTH = re.compile(rf"(?<![\d:.,]){_DAY}(?:{_TO}{_DAY})?\s+(?:of\s+)?{_MONTH}{_YEAR}")
_MONTH_ALONE = re.compile(rf"{_MONTH}(?:,?\s+(\d{{4}}))?")
_ORDINAL = re.compile(rf"\bthe\s+(\d{{1,2}})(?:st|nd|rd|th)\b(?!\s+(?:of\s+)?{_MONTH})")
_WEEKDAY = re.compile(
    rf"\b(last\s+)?({'|'.join(_WEEKDAYS)})s?\b(?!,?\s+(?:the\s+)?(?:\d|(?:{_MONTH[2:]}\s+\d)))"
)
_DISTANCE = re.compile(
    r"\b(?:in\s+)?(\d{1,3}|an?|one|two|three|four|five|six|seven|ten)\s+(day|week)s?"
    r"(?:\s+(from\s+(?:now|today)|ago|later|time))?\b"
)
_COUNTS = {
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "ten": 10,
}
_NEAR = (
    (re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening)|right now)\b"), 0),
    (re.compile(r"\b(?:tomorrow|tmrw)\b"), 1),
    (re.compile(r"\bday after tomorrow\b"), 2),
    (re.compile(r"\b(?:yesterday|last night)\b"), -1),
)
_ANY_NEAR = re.compile(r"to(?:day|night|morrow)|this |right now|tmrw|yesterday|last night")
"""What a text has that any of these is found in; told fast."""
_HINT = re.compile(
    rf"\d|\b(?:{'|'.join(_WEEKDAYS)}|today|tonight|this|right now|tomorrow|tmrw|yesterday|night"
    rf"|week|weekend|month|days?)|{_MONTH}"
)


def dates(text: str, today: date | None) -> frozenset[date]:
    """Every day that `text` can mean.

    A date without a year is taken in the year of `today` or, where it has passed, also in the next
    one. `next Friday` means the coming one to some and the one after to others: both are given, as
    are both readings of `5/6/2026`; `5/6` is read as May 6. Without `today`, only dates with a year
    are found.
    """
    lowered = chinese.western(text).lower()
    if not _HINT.search(lowered):
        return frozenset()
    found = set(_numeric(lowered))
    found.update(_named(lowered, today))
    if today:
        found.update(_relative(lowered, today))
    return frozenset(found)


def months(text: str, today: date | None) -> frozenset[tuple[int, int]]:
    """Every (year, month) that `text` names, with or without a day."""
    found = {(day.year, day.month) for day in dates(text, today)}
    for match in _MONTH_ALONE.finditer(text.lower()):
        month = _MONTHS[match.group(1)[:3]]
        if match.group(2):
            found.add((int(match.group(2)), month))
        elif today:
            found.add((today.year + (month < today.month), month))
    if today and "month" in text.lower():
        found.add((today.year, today.month))
    if today and "next month" in text.lower():
        following = today.replace(day=28) + timedelta(days=4)
        found.add((following.year, following.month))
    return frozenset(found)


def anniversaries(text: str) -> frozenset[tuple[int, int]]:
    """Every (month, day) that `text` names without a year: `March 16th`, `on 7-15`."""
    lowered = chinese.western(text).lower()
    found = {
        (_MONTHS[match[1][:3]], int(day))
        for match in _MONTH_DAY.finditer(lowered)
        if not match[4]
        for day in (match[2], match[3])
        if day
    }
    found |= {
        (_MONTHS[match[3][:3]], int(day))
        for match in _DAY_MONTH.finditer(lowered)
        if not match[4]
        for day in (match[1], match[2])
        if day
    }
    for pattern in (_SHORT, _ON_DAY):
        found |= {(int(match[1]), int(match[2])) for match in pattern.finditer(lowered)}
    return frozenset(found)


def month_of(text: str) -> int | None:
    """The month that `text` as a whole names, without a year."""
    match = _MONTH_ALONE.fullmatch(text.strip().lower())
    return _MONTHS[match[1][:3]] if match and not match[2] else None


def dates_of(text: str, today: date | None) -> frozenset[date]:
    """The days that `text` as a whole writes (`2026-05-14`, `14 May`, `5/14/2026`), else none."""
    if len(text) > 40 or not any(c.isdigit() for c in text):
        return frozenset()
    lowered = chinese.western(text).strip().lower()
    if _YEAR_FIRST.fullmatch(lowered) or _YEAR_LAST.fullmatch(lowered):
        return frozenset(_numeric(lowered))
    bare = re.sub(rf"^(?:on\s+)?(?:(?:{'|'.join(_WEEKDAYS)}),?\s+)?(?:the\s+)?", "", lowered)
    if _MONTH_DAY.fullmatch(bare) or _DAY_MONTH.fullmatch(bare):
        return frozenset(_named(bare, today))
    return frozenset()


def spans(text: str) -> Iterator[tuple[int, int]]:
    """Where in `text` dates are written out, so that their figures are not read as numbers."""
    lowered = lower_in_place(text)
    named = (_MONTH_DAY, _DAY_MONTH) if _names_month(lowered) else ()
    for pattern in (_YEAR_FIRST, _YEAR_LAST, *named):
        for match in pattern.finditer(lowered):
            yield match.span()
    yield from chinese.spans(text)


def _names_month(lowered: str) -> bool:
    """Whether a month may be named: told fast, without the many ways of writing one."""
    return any(name in lowered for name in _MONTHS)


def _numeric(text: str) -> Iterator[date]:
    for match in _YEAR_FIRST.finditer(text):
        yield from _day(int(match[1]), int(match[2]), int(match[3]))
    for match in _YEAR_LAST.finditer(text):
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
        yield from _day(year, int(match[1]), int(match[3]))
        yield from _day(year, int(match[3]), int(match[1]))


def _named(text: str, today: date | None) -> Iterator[date]:
    named = _names_month(text)
    for match in _MONTH_DAY.finditer(text) if named else ():
        yield from _in_year(match[1], (match[2], match[3]), match[4], today)
    for match in _DAY_MONTH.finditer(text) if named else ():
        yield from _in_year(match[3], (match[1], match[2]), match[4], today)
    for match in _SHORT.finditer(text) if "/" in text else ():
        if 1 <= int(match[1]) <= 12:
            yield from _in_year(
                calendar.month_abbr[int(match[1])].lower(), (match[2],), None, today
            )


def _in_year(
    month: str, days: tuple[str | None, ...], year: str | None, today: date | None
) -> Iterator[date]:
    for day in days:
        if day is None:
            continue
        if year:
            yield from _day(int(year), _MONTHS[month[:3]], int(day))
        elif today:
            for found in _day(today.year, _MONTHS[month[:3]], int(day)):
                yield found
                if found < today:
                    yield from _day(today.year + 1, found.month, found.day)


def _relative(text: str, today: date) -> Iterator[date]:
    for pattern, offset in _NEAR if _ANY_NEAR.search(text) else ():
        if pattern.search(text):
            yield today + timedelta(days=offset)
    for match in _WEEKDAY.finditer(text) if "day" in text else ():
        ahead = (_WEEKDAYS[match[2]] - today.weekday()) % 7
        for weeks in (-1,) if match[1] else (0, 1):
            yield today + timedelta(days=ahead + 7 * weeks)
    for match in _DISTANCE.finditer(text) if "day" in text or "week" in text else ():
        count = _COUNTS.get(match[1]) or int(match[1])
        days = count * (7 if match[2] == "week" else 1)
        yield today + timedelta(days=-days if match[3] == "ago" else days)
    for match in _ORDINAL.finditer(text) if "the" in text else ():
        following = today.replace(day=28) + timedelta(days=4)
        yield from _day(today.year, today.month, int(match[1]))
        yield from _day(following.year, following.month, int(match[1]))
    yield from _periods(text, today)


def _periods(text: str, today: date) -> Iterator[date]:
    """First and last days of the weeks, weekends and months that are named."""
    monday = today - timedelta(days=today.weekday())
    if "weekend" in text:
        for days in (5, 6, 12, 13):
            yield monday + timedelta(days=days)
    if "week" in text and re.search(r"\bthis week\b", text):
        yield from (monday, monday + timedelta(days=6))
    if "week" in text and re.search(r"\bnext week\b", text):
        yield from (monday + timedelta(days=7), monday + timedelta(days=13))
    if "month" in text:
        for start in (today.replace(day=1), (today.replace(day=28) + timedelta(days=4))):
            last = calendar.monthrange(start.year, start.month)[1]
            yield from (start.replace(day=1), start.replace(day=last))


def _day(year: int, month: int, day: int) -> Iterator[date]:
    if 1 <= month <= 12 and year >= 1 and 1 <= day <= calendar.monthrange(year, month)[1]:
        yield date(year, month, day)
