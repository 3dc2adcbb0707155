"""Conclusions of logic sub-tasks: the sentence that settles one.

Each takes the measured value, the task's number and what was measured; None: the value was said
just before, so that "that" will do.
"""

import re
from typing import NamedTuple

from button.models.embedded.wording import say_number, say_sum

_PLURAL = re.compile(
    r"(?:the )?(?:(?!of |for |to |at |in |from )[\w'-]+ )*?[\w'-]*[^s']s(?= of | for |$)"
)
"""A noun phrase whose noun is a plural: `the open fines`, `the costs of the move`."""


class Subject(NamedTuple):
    """What was measured, in words, and whether its value has been told already."""

    words: str
    is_told: bool = False


def money(value: float) -> str:
    """`$12`, `$12.50`, `$1,200`."""
    return f"${say_sum(value)}"


def _at(measured: str, subject: Subject | None) -> str:
    """`At $40, the lowest fare`; `The lowest fare` or `That` after a sentence that states it."""
    if subject is None:
        return "That"
    words = subject.words
    return f"{words[0].upper()}{words[1:]}" if subject.is_told else f"At {measured}, {words}"


def _being(measured: str, subject: Subject | None) -> str:
    """`The fare is $40, which is`; `The fare is` or `That is` after a sentence that states it."""
    if subject is None:
        return "That is"
    words = f"{subject.words[0].upper()}{subject.words[1:]}"
    is_are = "are" if _PLURAL.match(subject.words) else "is"
    return f"{words} {is_are}" if subject.is_told else f"{words} {is_are} {measured}, which is"


def _stated(measured: str, subject: Subject | None) -> str:
    """`40 minutes`, or `That` after a sentence that states it."""
    return measured if subject else "That"


def _compared(measured: float, limit: float, more: str, less: str) -> str:
    return "exactly" if measured == limit else more if measured > limit else less


def _against(
    measured: float, limit: float, unit: str, words: tuple[str, str], subject: Subject | None
) -> str:
    """`At 40 minutes, the walk is over 30 minutes.`; `words` say more and less."""
    at = _at(f"{say_number(measured)} {unit}", subject)
    return f"{at} is {_compared(measured, limit, *words)} {say_number(limit)} {unit}."


def budget_verdict(cost: float, budget: float, subject: Subject | None) -> str:
    """Whether a cost stays within a budget, and by how much."""
    if cost <= budget:
        rest = f", with {money(round(budget - cost, 2))} to spare" if cost < budget else " exactly"
        return f"{_at(money(cost), subject)} fits the budget of {money(budget)}{rest}."
    over = f"{money(round(cost - budget, 2))} over the budget of {money(budget)}"
    return f"{_being(money(cost), subject)} {over}."


def rest_left(cost: float, budget: float, subject: Subject | None) -> str:
    """What is left of a sum after a cost."""
    if cost == budget:
        return f"{_at(money(cost), subject)} takes up the whole {money(budget)}."
    if cost <= budget:
        left = money(round(budget - cost, 2))
        return (
            f"That leaves {left} of the {money(budget)}."
            if subject is None
            else f"Out of {money(budget)}, {left} would be left."
        )
    return f"{money(budget)} is not enough; {money(round(cost - budget, 2))} would be missing."


def shares(cost: float, people: float, subject: Subject | None) -> str:
    """What each of several people pays."""
    each, ways = money(round(cost / people, 2)), say_number(people)
    if subject is None:
        return f"Split {ways} ways, that is {each} each."
    return f"Split {ways} ways, {money(cost)} comes to {each} each."


def sum_verdict(measured: float, limit: float, subject: Subject | None) -> str:
    """Whether a sum is above another one."""
    verdict = _compared(measured, limit, "above", "below")
    return f"{_at(money(measured), subject)} is {verdict} {money(limit)}."


def minutes_verdict(measured: float, limit: float, subject: Subject | None) -> str:
    """Whether something takes less than a number of minutes."""
    return _against(measured, limit, "minutes", ("over", "under"), subject)


def in_hours(measured: float, _: float, subject: Subject | None) -> str:
    """Minutes as hours and minutes."""
    hours, minutes = divmod(int(measured), 60)
    parts = [f"{hours} hour{'s' if hours != 1 else ''}"] if hours else []
    parts += [f"{minutes} minute{'s' if minutes != 1 else ''}"] if minutes else []
    if not hours:
        return f"{_at(f'{minutes} minutes', subject)} is less than an hour."
    what = _stated(f"{say_number(measured)} minutes", subject)
    return f"{what} is {' and '.join(parts)}."


def in_fahrenheit(measured: float, _: float, subject: Subject | None) -> str:
    """Degrees Celsius as degrees Fahrenheit."""
    what = _stated(f"{say_number(measured)} degrees Celsius", subject)
    return f"{what} is {say_number(round(measured * 9 / 5 + 32, 1))} degrees Fahrenheit."


def warmth_verdict(measured: float, limit: float, subject: Subject | None) -> str:
    """Whether it is warmer than a number of degrees."""
    return _against(measured, limit, "degrees", ("above", "below"), subject)


def in_miles(measured: float, _: float, subject: Subject | None) -> str:
    """Kilometers as miles."""
    what = _stated(f"{say_number(measured)} kilometers", subject)
    return f"{what} is about {say_number(round(measured * 0.6214, 1))} miles."


def distance_verdict(measured: float, limit: float, subject: Subject | None) -> str:
    """Whether something is longer than a number of kilometers."""
    return _against(measured, limit, "kilometers", ("over", "under"), subject)
