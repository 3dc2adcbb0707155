"""Sub-tasks of pure logic or calculation: no function is needed, the assistant works them out."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from button.models.embedded import conclusions
from button.models.embedded.phrases import Template
from button.models.embedded.wording import read_number, say_number, say_sum

Conclude = Callable[[float, float, conclusions.Subject | None], str]
"""Sentence from the measured value, the task's number and what was measured."""
Typical = tuple[float, float, float]
"""The least, the middle and the greatest of what a value usually is."""
Numbers = Callable[[float, Random], float]
"""Draws the number a task brings, given what the measured value typically is."""


@dataclass(frozen=True)
class Logic:
    """A kind of logic task: how it is asked for, the number it brings, what follows from it."""

    measure: str
    phrase: Template
    wishes: tuple[str, ...]
    """How people put it in other words."""
    number: Numbers | None
    conclude: Conclude
    suits: Callable[[str], bool]
    """Whether anybody would ask it of a noun phrase."""
    sizes: tuple[float, float]
    """The smallest and the largest typical value of which anybody would ask it."""

    def conclusion(
        self, measured: float, number: float, subject: conclusions.Subject | None
    ) -> str:
        """The sentence that settles the task; no `subject` after one that states the value."""
        return self.conclude(measured, number, subject)


@dataclass(frozen=True)
class LogicClause:
    """One logic sub-task: which one, the noun phrase it speaks of, and its number."""

    logic: Logic
    subject: str
    number: float | None = None
    references: Mapping[str, str] = field(default_factory=dict)

    def _said(self, number: float) -> str:
        return say_sum(number) if "${number}" in self.logic.phrase.source else say_number(number)

    def text(self) -> str:
        """The clause in words."""
        return self._filled(self.logic.phrase.source, self.subject)

    def wish(self, subject: str, rng: Random) -> str:
        """The clause as a person puts it, with their noun phrase for its subject."""
        said = self._filled(rng.choice((self.logic.phrase.source, *self.logic.wishes)), subject)
        return _PAYING.sub("paying for ", said)

    def _filled(self, phrase: str, subject: str) -> str:
        number = "" if self.number is None else self._said(self.number)
        return phrase.format(subject=subject, number=number)


_PAYING = re.compile(r"paying the price of ")


def _round_near(value: float) -> float:
    """A number somebody would name: one or two leading digits, the second a 0 or 5."""
    scale: float = 10 ** max(0, len(str(int(value))) - 2)
    return max(1, round(value / scale / 5) * 5 * scale if value >= 10 else round(value))


ENOUGH = (1.2, 1.4, 1.7)
"""How many times what a deed usually costs somebody has who asks only after it."""


def _enough(most: float, rng: Random) -> float:
    """A sum from which a cost can be paid."""
    number = _round_near(most * rng.choice(ENOUGH))
    return number if number >= most else _round_near(most * max(ENOUGH))


def _near(*shares: float) -> Numbers:
    return lambda typical, rng: _round_near(typical * rng.choice(shares))


FEWEST_TO_SHARE, MOST_TO_SHARE = 3, 12


def _few_people(_: float, rng: Random) -> float:
    return rng.randint(FEWEST_TO_SHARE, 5)


# What several people pay together, what is money gained rather than spent, what can be enough.
_SHARED = re.compile(
    r"\b(ride|price of the transfer|airport car|rental price|car deposit|fuel|seats|snacks|"
    r"ticket total|grocery|"
    r"catering|band|venue|shuttle|order total|tour|tickets|audio guides|"
    r"pre-ordered food|quote for the move|movers|storage unit|boxes|monthly rent|parking)\b"
)
_ONE_PERSONS = re.compile(r"\b(pet|pet's|saving|fee for the new)\b")
_GAINED = re.compile(r"\b(saving|saved|refund|salary|salaries)\b")


def _anything(_: str) -> bool:
    return True


def _is_spent(subject: str) -> bool:
    return not _GAINED.search(subject)


def _is_shared(subject: str) -> bool:
    return bool(_SHARED.search(subject)) and not _ONE_PERSONS.search(subject)


def _is_length(subject: str) -> bool:
    return "length" in subject or "distance" in subject


ANY_SIZE = (-math.inf, math.inf)
DAILY_SUMS = (25, 5000)
_LOGIC = (
    Logic(
        "money",
        Template("tell me whether {subject} fits a budget of ${number}"),
        (
            "tell me whether {subject} is within my budget of ${number}",
            "let me know if {subject} fits into my budget of ${number}",
        ),
        _near(0.8, 1.2, 1.5),
        conclusions.budget_verdict,
        _is_spent,
        DAILY_SUMS,
    ),
    Logic(
        "money",
        Template("work out how much of ${number} would be left after paying {subject}"),
        ("tell me how much of my ${number} would be left after paying {subject}",),
        _near(1.5, 2, 3),
        conclusions.rest_left,
        _is_spent,
        DAILY_SUMS,
    ),
    Logic(
        "money",
        Template("divide {subject} evenly among {number} people"),
        ("split {subject} evenly between the {number} of us",),
        _few_people,
        conclusions.shares,
        _is_shared,
        (60, 5000),
    ),
    Logic(
        "money",
        Template("tell me what each of {number} people would pay toward {subject}"),
        ("work out how much each of the {number} of us would pay toward {subject}",),
        _few_people,
        conclusions.shares,
        _is_shared,
        (60, 5000),
    ),
    Logic(
        "money",
        Template("tell me whether {subject} is above ${number}"),
        ("let me know if {subject} is more than ${number}",),
        _near(0.9, 1, 1.1),
        conclusions.sum_verdict,
        _anything,
        (5000, math.inf),
    ),
    Logic(
        "duration",
        Template("tell me whether {subject} is under {number} minutes"),
        ("let me know if {subject} is less than {number} minutes",),
        _near(0.7, 1, 1.3, 1.6),
        conclusions.minutes_verdict,
        _anything,
        (10, math.inf),
    ),
    Logic(
        "duration",
        Template("express {subject} in hours and minutes"),
        ("tell me {subject} in hours and minutes",),
        None,
        conclusions.in_hours,
        _anything,
        (75, math.inf),
    ),
    Logic(
        "temperature",
        Template("convert {subject} to Fahrenheit"),
        ("tell me {subject} in Fahrenheit",),
        None,
        conclusions.in_fahrenheit,
        _anything,
        ANY_SIZE,
    ),
    Logic(
        "temperature",
        Template("tell me whether {subject} is above {number} degrees"),
        ("let me know if {subject} is more than {number} degrees",),
        _near(0.7, 1, 1.3),
        conclusions.warmth_verdict,
        _anything,
        (5, math.inf),
    ),
    Logic(
        "distance",
        Template("convert {subject} to miles"),
        ("tell me {subject} in miles",),
        None,
        conclusions.in_miles,
        _is_length,
        (2, math.inf),
    ),
    Logic(
        "distance",
        Template("tell me whether {subject} is over {number} kilometers"),
        ("let me know if {subject} is more than {number} kilometers",),
        _near(0.7, 1, 1.3, 1.6),
        conclusions.distance_verdict,
        _anything,
        (5, math.inf),
    ),
)
WIDEST = 2
"""How many times the least the middle may be, for anybody to have a number in mind."""
UNITS = {"duration": "minutes", "distance": "kilometers", "temperature": "degrees Celsius"}


def draw_logic(
    rng: Random,
    measure: str,
    subject: str,
    unit: str | None,
    typical: Typical,
    party: int | None = None,
    is_done: bool = False,
) -> LogicClause | None:
    """A logic task about `subject`, or None where none suits its measure, unit and size.

    `typical` is what the subject's value usually is, `party` how many people it is for, where that
    was said; of what `is_done` nobody asks too late whether there is enough money for it.
    """
    if unit and measure in UNITS and unit != UNITS[measure]:
        return None
    least, middle, most = typical
    options = [
        logic
        for logic in _LOGIC
        if logic.measure == measure
        and (logic.number is None or middle <= WIDEST * least)
        and logic.suits(subject)
        and logic.sizes[0] <= least
        and middle < logic.sizes[1]
        and (
            logic.number is not _few_people
            or party is None
            or FEWEST_TO_SHARE <= party <= MOST_TO_SHARE
        )
    ]
    if not options:
        return None
    logic = rng.choice(options)
    is_budget = logic.conclude in (conclusions.budget_verdict, conclusions.rest_left)
    numbers, size = (_enough, most) if is_done and is_budget else (logic.number, middle)
    number = numbers(size, rng) if numbers else None
    return LogicClause(logic, subject, party if party and logic.number is _few_people else number)


def read_logic(text: str) -> LogicClause | None:
    """The logic task that `text` asks for, or None."""
    text = text.strip().removesuffix(".")
    for logic in _LOGIC:
        if text.lower().startswith(logic.phrase.prefix):
            reading = logic.phrase.read(text)
            if reading is None:
                continue
            number: Any = None
            if logic.number:
                number = read_number(reading.slots["number"])
                if number is None:
                    continue
            return LogicClause(logic, reading.slots["subject"], number)
    return None
