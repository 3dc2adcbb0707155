"""How a value may be written in text: one side is a value, the other a passage that may hold it.

`Passage` reads a text once and remembers the words, numbers, dates and times in it; `Surface` does
the same for a value, so that asking "is this value said there?" costs a few look-ups.
"""

import re
from datetime import date
from functools import cached_property, lru_cache
from typing import Literal

from button.checks import chinese, clock, dates, languages, quantities
from button.checks.text import joined_runs, stem, words

Manner = Literal["verbatim", "number", "count", "date", "time", "format", "currency", "language"]
"""How a passage says a value: `verbatim` and `number` are the value itself, the rest is the value
written in another way."""

Scalar = str | int | float | bool

_ISO_MOMENT = re.compile(
    r"(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2})(?::\d{2}(?:\.\d+)?)?"
    r"(?:Z|[+-]\d{2}:?\d{2})?"
)
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_ISO_DAY = re.compile(r"(\d{2})-(\d{2})")
_NOT_SAID = frozenset((0, 24 * 60 - 1))
"""Midnight and 23:59 stand for the borders of a day that was said without a time."""


class Passage:
    """A text and what it mentions, each found on first use."""

    def __init__(self, text: str, today: date | None = None) -> None:
        self.text = text
        self.today = today

    @classmethod
    @lru_cache(maxsize=128)
    def of(cls, text: str, today: date | None = None) -> "Passage":
        """The passage of a text: the same for record and checks, which ask one after the other."""
        return cls(text, today)

    @cached_property
    def words(self) -> str:
        """The text as spaced words, see `button.checks.text.words`."""
        return words(self.text)

    @cached_property
    def stems(self) -> frozenset[str]:
        """Its words without plural endings."""
        return frozenset(map(stem, self.words.split()))

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Its numbers, in figures or words."""
        return quantities.numbers(self.text, self.words)

    @cached_property
    def amounts(self) -> frozenset[quantities.Amount]:
        """Its numbers with units."""
        return quantities.amounts(self.text, self.words)

    @cached_property
    def prices(self) -> frozenset[float]:
        """Its numbers that are amounts of money."""
        return quantities.prices(self.text, self.words)

    @cached_property
    def dates(self) -> frozenset[date]:
        """The days it can mean."""
        return dates.dates(self.text, self.today)

    @cached_property
    def anniversaries(self) -> frozenset[tuple[int, int]]:
        """The (month, day) that it names without a year."""
        return dates.anniversaries(self.text)

    @cached_property
    def months(self) -> frozenset[tuple[int, int]]:
        """The months it can mean."""
        return dates.months(self.text, self.today)

    @cached_property
    def times(self) -> frozenset[int]:
        """The times of day it can mean, in minutes."""
        return clock.times(self.text)

    @cached_property
    def joined(self) -> str:
        """All words without the spaces."""
        return self.words.replace(" ", "")

    @cached_property
    def runs(self) -> frozenset[str]:
        """Neighbouring words joined, for ids that are spaced in another way."""
        return joined_runs(self.text)

    @cached_property
    def currencies(self) -> frozenset[str]:
        """Codes of the currencies it names."""
        return quantities.currencies(self.text, self.words)


class Surface:
    """A scalar value and the ways in which it may be written."""

    def __init__(self, value: Scalar, today: date | None = None) -> None:
        self.value = value
        self.today = today
        self.text = value if isinstance(value, str) else ""
        self.words = words(self.text)

    @cached_property
    def number(self) -> float | None:
        """The number it is or, as a string, writes."""
        if isinstance(self.value, str):
            return quantities.number_of(self.value)
        return quantities.as_number(self.value)

    @cached_property
    def moment(self) -> tuple[frozenset[date], int | None]:
        """The days and the time of day that it writes; none and None where it is no moment."""
        exact = _ISO_MOMENT.fullmatch(" ".join(chinese.western(self.text).split()))
        if exact:
            days = dates.dates_of(exact[1], self.today)
            return days, clock.time_of(exact[2])
        return dates.dates_of(self.text, self.today), clock.time_of(self.text)

    @property
    def is_moment(self) -> bool:
        """Whether it is a date, a time of day or both."""
        days, minute = self.moment
        return bool(days) or minute is not None

    def manner(self, passage: Passage) -> Manner | None:
        """How `passage` says the value as a whole; None where it does not."""
        if isinstance(self.value, bool):
            return None
        if not isinstance(self.value, str):
            return self._as_number(passage)
        if self._verbatim(passage):
            return "verbatim"
        if self.is_moment:
            return self._as_moment(passage)
        if self.number is not None and self.number in passage.numbers:
            return "number"
        return self._rewritten(passage)

    def _verbatim(self, passage: Passage) -> bool:
        if self.words.strip():
            return self.words in passage.words
        return self.text in passage.text

    def _as_number(self, passage: Passage) -> Manner | None:
        if self.number in passage.numbers:
            return "number"
        if self.number == 1 and any(f" {w} " in passage.words for w in ("a", "an", "me", "myself")):
            return "count"
        return None

    def _as_moment(self, passage: Passage) -> Manner | None:
        days, minute = self.moment
        if days:
            if not says_day(passage, days):
                return None
            if minute is None or minute in _NOT_SAID or minute in passage.times:
                return "date"
            return None
        return "time" if minute in passage.times else None

    @cached_property
    def _month(self) -> int | None:
        return dates.month_of(self.text)

    def _part_of_date(self, passage: Passage) -> bool:
        """A month with its year (`2026-05`), one without (`May`), or a day of it (`05-14`)."""
        month, day = _ISO_MONTH.fullmatch(self.text), _ISO_DAY.fullmatch(self.text)
        if month:
            return (int(month[1]), int(month[2])) in passage.months
        if day:
            pair = (int(day[1]), int(day[2]))
            return pair in passage.anniversaries or pair in {
                (each.month, each.day) for each in passage.dates
            }
        return self._month is not None and self._month in {each for _, each in passage.months}

    def _rewritten(self, passage: Passage) -> Manner | None:
        if self._part_of_date(passage):
            return "date"
        currency = quantities.currency_of(self.text)
        if currency is not None and currency in passage.currencies:
            return "currency"
        if self.text in languages.LANGUAGES and languages.is_named(
            self.text, passage.text, passage.words
        ):
            return "language"
        joined = "".join(self.words.split())
        # Runs are dear; what is in none of them is seldom in all words joined.
        if len(joined) >= 4 and joined in passage.joined and joined in passage.runs:
            return "format"
        return None


def says_day(passage: Passage, days: frozenset[date]) -> bool:
    """Whether a passage says one of the days; where nothing tells the year, month and day do."""
    if not days.isdisjoint(passage.dates):
        return True
    return passage.today is None and any(
        (day.month, day.day) in passage.anniversaries for day in days
    )
