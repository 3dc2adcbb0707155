"""Sub-tasks of pure logic or calculation: no function is needed, the assistant works them out."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import Any

from button.models.embedded.phrases import Template
from button.models.embedded.wording import read_number, say_number, say_sum

Conclude = Callable[[float, float, str | None], str]
"""Sentence from the measured value, the task's number and what was measured; None: the value was
said just before, so that "that" will do."""


Numbers = Callable[[float, Random], float | None]
"""Draws the number a task brings, given what the measured value typically is; None: unsuitable."""


@dataclass(frozen=True)
class Logic:
    """A kind of logic task: how it is asked for, the number it brings, what follows from it."""

    measure: str
    phrase: Template
    number: Numbers | None
    conclude: Conclude
    suits: Callable[[str, float], bool]
    """Whether anybody would ask it of a noun phrase with a typical value."""

    def conclusion(self, measured: float, number: float, subject: str | None) -> str:
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

    def text(self, subject: str | None = None) -> str:
        """The clause in words, with another noun phrase for its subject if one is given."""
        words = {
            "subject": subject or self.subject,
            "number": "" if self.number is None else self._said(self.number),
        }
        return self.logic.phrase.fill(words.__getitem__)


def money(value: float) -> str:
    """`$12`, `$12.50`, `$1,200`."""
    return f"${say_sum(value)}"


def _at(measured: str, subject: str | None) -> str:
    """`At $40, the lowest fare`; `That` after a sentence that states it."""
    return f"At {measured}, {subject}" if subject else "That"


def _budget(cost: float, budget: float, subject: str | None) -> str:
    subject = _at(money(cost), subject)
    if cost <= budget:
        rest = f", with {money(round(budget - cost, 2))} to spare" if cost < budget else " exactly"
        return f"{subject} fits the budget of {money(budget)}{rest}."
    return f"{subject} goes over the budget of {money(budget)} by {money(round(cost - budget, 2))}."


def _left(cost: float, budget: float, subject: str | None) -> str:
    if cost <= budget:
        left = money(round(budget - cost, 2))
        return (
            f"That leaves {left} of the {money(budget)}."
            if subject is None
            else f"Out of {money(budget)}, {left} would be left."
        )
    return f"{money(budget)} is not enough; {money(round(cost - budget, 2))} would be missing."


def _split(cost: float, people: float, subject: str | None) -> str:
    each, ways = money(round(cost / people, 2)), say_number(people)
    if subject is None:
        return f"Split {ways} ways, that is {each} each."
    return f"Split {ways} ways, {money(cost)} comes to {each} each."


def _above(measured: float, limit: float, subject: str | None) -> str:
    verdict = "is above" if measured > limit else "is not above"
    return f"{_at(money(measured), subject)} {verdict} {money(limit)}."


def _minutes(measured: float, limit: float, subject: str | None) -> str:
    subject = _at(f"{say_number(measured)} minutes", subject)
    verdict = "is under" if measured < limit else "is not under"
    return f"{subject} {verdict} {say_number(limit)} minutes."


def _hours(measured: float, _: float, subject: str | None) -> str:
    hours, minutes = divmod(int(measured), 60)
    parts = [f"{hours} hour{'s' if hours != 1 else ''}"] if hours else []
    parts += [f"{minutes} minute{'s' if minutes != 1 else ''}"] if minutes else []
    if not hours:
        return f"{_at(f'{minutes} minutes', subject)} is less than an hour."
    subject = f"{say_number(measured)} minutes" if subject else "That"
    return f"{subject} is {' and '.join(parts)}."


def _fahrenheit(measured: float, _: float, subject: str | None) -> str:
    subject = f"{say_number(measured)} degrees Celsius" if subject else "That"
    return f"{subject} is {say_number(round(measured * 9 / 5 + 32, 1))} degrees Fahrenheit."


def _warmer(measured: float, limit: float, subject: str | None) -> str:
    subject = _at(f"{say_number(measured)} degrees", subject)
    verdict = "is above" if measured > limit else "is not above"
    return f"{subject} {verdict} {say_number(limit)} degrees."


def _miles(measured: float, _: float, subject: str | None) -> str:
    subject = f"{say_number(measured)} kilometers" if subject else "That"
    return f"{subject} is about {say_number(round(measured * 0.6214, 1))} miles."


def _further(measured: float, limit: float, subject: str | None) -> str:
    subject = _at(f"{say_number(measured)} kilometers", subject)
    verdict = "is over" if measured > limit else "is not over"
    return f"{subject} {verdict} {say_number(limit)} kilometers."


def _enough(measured: float, wanted: float, subject: str | None) -> str:
    verdict = "is enough" if measured >= wanted else "is not enough"
    return f"{_at(say_number(measured), subject)} {verdict} for the {say_number(wanted)} needed."


def _round_near(value: float) -> float:
    """A number somebody would name: one or two leading digits, the second a 0 or 5."""
    scale: float = 10 ** max(0, len(str(int(value))) - 2)
    return max(1, round(value / scale / 5) * 5 * scale if value >= 10 else round(value))


def _budget_near(typical: float, rng: Random) -> float | None:
    return _round_near(typical * rng.choice((0.8, 1.2, 1.5, 2))) if 10 <= typical < 5000 else None


def _purse_above(typical: float, rng: Random) -> float | None:
    return _round_near(typical * rng.choice((1.5, 2, 3))) if 10 <= typical < 5000 else None


def _few_people(typical: float, rng: Random) -> float | None:
    return rng.randint(3, 5) if 30 <= typical < 5000 else None


def _large_sum(typical: float, rng: Random) -> float | None:
    return _round_near(typical * rng.choice((0.9, 1, 1.1))) if typical >= 5000 else None


def _limit_near(typical: float, rng: Random) -> float | None:
    return _round_near(typical * rng.choice((0.7, 1, 1.3, 1.6))) if typical >= 4 else None


# What several people pay together, what is money gained rather than spent, what can be enough.
_SHARED = re.compile(
    r"\b(ride|transfer|airport car|rental price|car deposit|fuel|seats|snacks|ticket total|grocery|"
    r"catering|band|venue|stay|room rate|shuttle|order total|tour|tickets|audio guides|"
    r"pre-ordered food|quote for the move|movers|storage unit|boxes|monthly rent|parking)\b"
)
_ONE_PERSONS = re.compile(r"\b(pet|pet's|saving|fee for the new)\b")
_GAINED = re.compile(r"\b(saving|saved|refund|salary|salaries)\b")
HALF_AN_HOUR_MORE_THAN_ONE = 90


def _anything(_: str, __: float) -> bool:
    return True


def _is_spent(subject: str, _: float) -> bool:
    return not _GAINED.search(subject)


def _is_shared(subject: str, _: float) -> bool:
    return bool(_SHARED.search(subject)) and not _ONE_PERSONS.search(subject)


def _is_number(subject: str, _: float) -> bool:
    return "number of" in subject


def _is_long(_: str, typical: float) -> bool:
    return typical >= HALF_AN_HOUR_MORE_THAN_ONE


_SUITS: dict[Conclude, Callable[[str, float], bool]] = {
    _budget: _is_spent,
    _left: _is_spent,
    _split: _is_shared,
    _enough: _is_number,
    _hours: _is_long,
}

_SPECS: list[tuple[str, str, Numbers | None, Conclude]] = [
    ("money", "tell me whether {subject} fits a budget of ${number}", _budget_near, _budget),
    ("money", "check that {subject} stays within ${number}", _budget_near, _budget),
    (
        "money",
        "work out how much of ${number} would be left after paying {subject}",
        _purse_above,
        _left,
    ),
    ("money", "divide {subject} evenly among {number} people", _few_people, _split),
    (
        "money",
        "tell me what each of {number} people would pay toward {subject}",
        _few_people,
        _split,
    ),
    ("money", "tell me whether {subject} is above ${number}", _large_sum, _above),
    ("duration", "tell me whether {subject} is under {number} minutes", _limit_near, _minutes),
    ("duration", "express {subject} in hours and minutes", None, _hours),
    ("temperature", "convert {subject} to Fahrenheit", None, _fahrenheit),
    ("temperature", "tell me whether {subject} is above {number} degrees", _limit_near, _warmer),
    ("distance", "convert {subject} to miles", None, _miles),
    ("distance", "tell me whether {subject} is over {number} kilometers", _limit_near, _further),
    ("count", "tell me whether {subject} is enough if I need {number}", _limit_near, _enough),
]


@lru_cache(maxsize=1)
def all_logic() -> dict[str, list[Logic]]:
    """Logic tasks by the measure they speak of."""
    by_measure: dict[str, list[Logic]] = {}
    for measure, phrase, number, conclude in _SPECS:
        by_measure.setdefault(measure, []).append(
            Logic(measure, Template(phrase), number, conclude, _SUITS.get(conclude, _anything))
        )
    return by_measure


UNIT_OF_MEASURE = {
    "duration": "minutes",
    "distance": "kilometers",
    "temperature": "degrees Celsius",
}


def draw_logic(
    rng: Random, measure: str, subject: str, unit: str | None, typical: float
) -> LogicClause | None:
    """A logic task about `subject`, or None where none suits its measure, unit and size."""
    if unit and measure in UNIT_OF_MEASURE and unit != UNIT_OF_MEASURE[measure]:
        return None
    options = []
    for logic in all_logic().get(measure, ()):
        if not logic.suits(subject, typical):
            continue
        number = logic.number(typical, rng) if logic.number else None
        if logic.number is None or number is not None:
            options.append(LogicClause(logic, subject, number))
    return rng.choice(options) if options else None


def read_logic(text: str) -> LogicClause | None:
    """The logic task that `text` asks for, or None."""
    text = text.strip().removesuffix(".")
    for options in all_logic().values():
        for logic in options:
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
