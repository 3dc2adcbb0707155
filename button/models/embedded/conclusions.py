"""Conclusions of logic sub-tasks: the sentence that settles one.

Each takes the measured value, the task's number and what was measured; None: the value was said
just before, so that "that" will do.
"""

from button.models.embedded.wording import say_number, say_sum


def money(value: float) -> str:
    """`$12`, `$12.50`, `$1,200`."""
    return f"${say_sum(value)}"


def _at(measured: str, subject: str | None) -> str:
    """`At $40, the lowest fare`; `That` after a sentence that states it."""
    return f"At {measured}, {subject}" if subject else "That"


def budget_verdict(cost: float, budget: float, subject: str | None) -> str:
    """Whether a cost stays within a budget, and by how much."""
    subject = _at(money(cost), subject)
    if cost <= budget:
        rest = f", with {money(round(budget - cost, 2))} to spare" if cost < budget else " exactly"
        return f"{subject} fits the budget of {money(budget)}{rest}."
    return f"{subject} goes over the budget of {money(budget)} by {money(round(cost - budget, 2))}."


def rest_left(cost: float, budget: float, subject: str | None) -> str:
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


def shares(cost: float, people: float, subject: str | None) -> str:
    """What each of several people pays."""
    each, ways = money(round(cost / people, 2)), say_number(people)
    if subject is None:
        return f"Split {ways} ways, that is {each} each."
    return f"Split {ways} ways, {money(cost)} comes to {each} each."


def sum_verdict(measured: float, limit: float, subject: str | None) -> str:
    """Whether a sum is above another one."""
    verdict = "is above" if measured > limit else "is not above"
    return f"{_at(money(measured), subject)} {verdict} {money(limit)}."


def minutes_verdict(measured: float, limit: float, subject: str | None) -> str:
    """Whether something takes less than a number of minutes."""
    subject = _at(f"{say_number(measured)} minutes", subject)
    verdict = "is under" if measured < limit else "is not under"
    return f"{subject} {verdict} {say_number(limit)} minutes."


def in_hours(measured: float, _: float, subject: str | None) -> str:
    """Minutes as hours and minutes."""
    hours, minutes = divmod(int(measured), 60)
    parts = [f"{hours} hour{'s' if hours != 1 else ''}"] if hours else []
    parts += [f"{minutes} minute{'s' if minutes != 1 else ''}"] if minutes else []
    if not hours:
        return f"{_at(f'{minutes} minutes', subject)} is less than an hour."
    subject = f"{say_number(measured)} minutes" if subject else "That"
    return f"{subject} is {' and '.join(parts)}."


def in_fahrenheit(measured: float, _: float, subject: str | None) -> str:
    """Degrees Celsius as degrees Fahrenheit."""
    subject = f"{say_number(measured)} degrees Celsius" if subject else "That"
    return f"{subject} is {say_number(round(measured * 9 / 5 + 32, 1))} degrees Fahrenheit."


def warmth_verdict(measured: float, limit: float, subject: str | None) -> str:
    """Whether it is warmer than a number of degrees."""
    subject = _at(f"{say_number(measured)} degrees", subject)
    verdict = "is above" if measured > limit else "is not above"
    return f"{subject} {verdict} {say_number(limit)} degrees."


def in_miles(measured: float, _: float, subject: str | None) -> str:
    """Kilometers as miles."""
    subject = f"{say_number(measured)} kilometers" if subject else "That"
    return f"{subject} is about {say_number(round(measured * 0.6214, 1))} miles."


def distance_verdict(measured: float, limit: float, subject: str | None) -> str:
    """Whether something is longer than a number of kilometers."""
    subject = _at(f"{say_number(measured)} kilometers", subject)
    verdict = "is over" if measured > limit else "is not over"
    return f"{subject} {verdict} {say_number(limit)} kilometers."


def count_verdict(measured: float, wanted: float, subject: str | None) -> str:
    """Whether there are as many as somebody needs."""
    verdict = "is enough" if measured >= wanted else "is not enough"
    return f"{_at(say_number(measured), subject)} {verdict} for the {say_number(wanted)} needed."
