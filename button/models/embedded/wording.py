"""How numbers, dates and clock times are written in English, and read back."""

import re
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from button.models.embedded.domain_format import NumberSpec

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
SATURDAY = 5
SMALL_NUMBERS = (
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)


def draw_number(rng: Random, number: NumberSpec) -> int | float:
    """A number on the grid of `number`."""
    steps = int(round((number.max - number.min) / number.step))
    value = number.min + number.step * rng.randint(0, steps)
    return tidy_number(value)


def tidy_number(value: float) -> int | float:
    """`value` with at most two decimals; a whole one as an integer."""
    rounded = round(value, 2)
    return int(rounded) if rounded == int(rounded) else rounded


def say_number(value: int | float) -> str:
    """A number with thousands separators, at most two decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if value == int(value):
        return f"{int(value):,}"
    return f"{value:,.2f}" if round(value, 1) != value else f"{value:,.1f}"


def say_sum(value: float) -> str:
    """A sum of dollars as it stands after the sign: `12`, `1,560`, `13.10`."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def read_number(text: str) -> int | float | None:
    """The number that `text` writes in digits or in a small word, or None."""
    lowered = text.lower()
    if lowered in SMALL_NUMBERS:
        return SMALL_NUMBERS.index(lowered)
    if not re.fullmatch(r"-?\d[\d,]*(\.\d+)?", text):
        return None
    return tidy_number(float(text.replace(",", "")))


@lru_cache(maxsize=4096)
def say_date(value: str, today: str) -> tuple[str, ...]:
    """Ways of writing an ISO date; without the year where it is the coming one of that day.

    The second one is the plainest in running text.
    """
    day = date.fromisoformat(value)
    month, weekday = MONTHS[day.month - 1], WEEKDAYS[day.weekday()]
    plain, full = f"{month} {day.day}", f"{month} {day.day}, {day.year}"
    if day.year != date.fromisoformat(today).year:
        return (full, full)
    rank = f"{day.day}{ordinal_ending(day.day)}"
    return (full, plain, f"{weekday}, {plain}", f"{month} {rank}", f"the {rank} of {month}")


def ordinal_ending(number: int) -> str:
    """`st` of 1st, `th` of 11th."""
    return "th" if 10 < number < 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def on_weekday(value: str, today: str) -> str:
    """An ISO date, or the working day nearest to it on the side away from `today`."""
    day = date.fromisoformat(value)
    step = timedelta(days=1 if value >= today else -1)
    while day.weekday() >= SATURDAY:
        day += step
    return day.isoformat()


_QUOTE_END = re.compile(r'([.!?]?)"([.,])(?=\s|$)')


def with_quotes_closed(text: str) -> str:
    """Full stops and commas stand inside closing quotes, as American English has them."""
    return _QUOTE_END.sub(lambda end: f'{end[1] or end[2]}"', text)


_DAY = re.compile(rf"((?:{'|'.join(MONTHS)}) \d{{1,2}}), (\d{{4}})")


def without_this_year(text: str, today: str) -> str:
    """Dates of the present year as people say them: `May 4` for `May 4, 2026`."""
    return _DAY.sub(lambda day: day[1] if day[2] == today[:4] else day[0], text)


DATE_WORDS = (
    rf"(?:(?:{'|'.join(WEEKDAYS)}),? )?(?:the \d{{1,2}}[a-z]{{2}} of )?(?:{'|'.join(MONTHS)})"
    r"(?: \d{1,2}(?:st|nd|rd|th)?(?!\d))?(?:,? \d{4})?"
)
"""Regular expression of a date in words."""

_DATE = re.compile(
    rf"(?:(?:{'|'.join(WEEKDAYS)}),? )?(?:the (?P<d1>\d{{1,2}})[a-z]{{2}} of )?"
    rf"(?P<m>{'|'.join(MONTHS)})(?: (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?)?(?:,? (?P<y>\d{{4}}))?"
)


def read_date(text: str, today: str) -> str | None:
    """The ISO date that `text` writes, or None."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return text
    match = _DATE.fullmatch(text)
    if not match or not (match["d1"] or match["d2"]):
        return None
    year = int(match["y"]) if match["y"] else date.fromisoformat(today).year
    try:
        return date(year, MONTHS.index(match["m"]) + 1, int(match["d1"] or match["d2"])).isoformat()
    except ValueError:
        return None


NAMED_TIMES = {0: "midnight", 720: "noon"}
"""Minutes since midnight -> what people call them, as nobody is sure of `12 pm`."""


def say_time(value: str) -> tuple[str, ...]:
    """Ways of writing a clock time, such as 2:30 pm and 2:30 PM."""
    minutes = minutes_of(value)
    if minutes in NAMED_TIMES:
        return (NAMED_TIMES[minutes], f"12 {NAMED_TIMES[minutes]}")
    hour, minute = divmod(minutes, 60)
    half = "am" if hour < 12 else "pm"
    twelve = hour % 12 or 12
    if minute == 0:
        return (f"{twelve} {half}", f"{twelve}:00 {half}")
    return (f"{twelve}:{minute:02} {half}", f"{twelve}:{minute:02} {half.upper()}")


def read_time(text: str) -> str | None:
    """The `HH:MM` that `text` writes, or None."""
    for minutes, name in NAMED_TIMES.items():
        if text.lower().removeprefix("12 ") == name:
            return clock(minutes)
    match = re.fullmatch(r"(\d{1,2})(?::(\d{2}))?(?: (am|pm))?", text, re.I)
    if not match or not (match[2] or match[3]):
        return None
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        hour = hour % 12 + (12 if match[3].lower() == "pm" else 0)
    return clock(hour * 60 + minute) if hour < 24 and minute < 60 else None


def minutes_of(text: str) -> int:
    """Minutes since midnight of `HH:MM`."""
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def clock(minutes: int) -> str:
    """`HH:MM` of minutes since midnight, wrapping at midnight."""
    hour, minute = divmod(minutes % 1440, 60)
    return f"{hour:02}:{minute:02}"
