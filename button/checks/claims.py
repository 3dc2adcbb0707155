"""Whether what a text states is known: said before in some form, or worked out from what was."""

import re

from button.checks.arithmetic import by_arithmetic, by_balance, by_unit
from button.checks.calendar_steps import by_calendar, by_duration
from button.checks.mentions import Mention
from button.checks.quantities import amounts
from button.checks.sources import Source
from button.checks.surface import Passage, Surface
from button.checks.text import words

_FAHRENHEIT = re.compile(r"\s*(?:degrees )?(?:Fahrenheit|°\s?F)", re.I)
_SCALES = frozenset({5, 10, 20, 100, 1000})
_SCALE = re.compile(r"(?:\bout of|\bper|\bon|\bin every|\d/) ?$")
_BUDGET = re.compile(
    r"\b(?:budgets?|limit|allowance|to spare|enough|missing|short (?:of|by)|afford\w*|exceed\w*)\b",
    re.I,
)
_LONGEST_SIGN = 10
"""Characters that the sign or the name of a currency takes beside its figure."""
_AROUND_BUDGET = 80
"""Characters before a sum in which its budget is spoken of, and half as many after it."""
_PART_OF_ID = 5
_SHORTEST_ENDING = 3
_ENDING = re.compile(r"\b(?:ending|ends)(?: in| with)?:?\s*\W*$", re.I)


def known(mention: Mention, sources: list[Source], answer: Passage) -> bool:
    """Whether a date, time, number or id of `answer` was said in some form."""
    if mention.kind == "date":
        meant = Passage(mention.text, answer.today).dates
        by_day: dict[tuple[int, int], list[bool]] = {}
        for day in meant:
            known = any(day in source.passage.dates for source in sources)
            by_day.setdefault((day.month, day.day), []).append(known)
        return all(map(any, by_day.values())) or bool(
            by_calendar(Surface(mention.text, answer.today), sources)
        )
    if mention.kind == "number":
        return _is_scale(mention, answer) or any(
            _rounds_to(mention, source.passage.numbers) or _part_of_id(mention, source, answer)
            for source in sources
        )
    surface = Surface(mention.text, answer.today)
    if any(surface.manner(source.passage) for source in sources):
        return True
    return mention.kind == "time" and by_calendar(surface, sources) is not None


def _is_scale(mention: Mention, answer: Passage) -> bool:
    """Whether a number is the end of a scale or a base: `4.2 out of 5`, `6 litres per 100 km`."""
    return mention.value in _SCALES and bool(
        _SCALE.search(answer.text, max(0, mention.start - 24), mention.start)
    )


def _part_of_id(mention: Mention, source: Source, answer: Passage) -> bool:
    """Whether a long figure is part of an id (`gift_card_7504069`), as a whole or as its ending."""
    if len(mention.text) >= _PART_OF_ID and f" {mention.text} " in source.passage.words:
        return True
    return (
        len(mention.text) >= _SHORTEST_ENDING
        and f"{mention.text} " in source.passage.words
        and _ENDING.search(answer.text, max(0, mention.start - 24), mention.start) is not None
    )


def _rounds_to(mention: Mention, known: frozenset[float]) -> bool:
    if mention.value in known:
        return True
    return any(
        not number.is_integer() and abs(number - mention.value) <= 0.5 * 10**-mention.decimals
        for number in known
    )


def _is_balance(mention: Mention, sources: list[Source], answer: Passage) -> bool:
    """Whether a sum of money is what is left of a budget, or missing from it: `$70 to spare`."""
    start, end = mention.start, mention.start + len(mention.text)
    around = answer.text[max(0, start - _AROUND_BUDGET) : end + _AROUND_BUDGET // 2]
    if not _BUDGET.search(around):
        return False
    money = Passage(answer.text[max(0, start - _LONGEST_SIGN) : end + _LONGEST_SIGN]).prices
    return mention.value in money and by_balance(mention.value, sources, mention.decimals)


def worked_out(mention: Mention, sources: list[Source], answer: Passage, calculated: bool) -> bool:
    """Whether a number follows from known ones.

    Sums and the like count only where the answer speaks of calculating, what is left of a budget
    also where it speaks of one.
    """
    around = answer.text[mention.start : mention.start + len(mention.text) + 20]
    for amount in amounts(around, words(around)):
        meant = amount.value == mention.value and amount.dimension == "time"
        if meant and by_duration(mention.value, sources, amount.factor):
            return True
    if by_unit(mention.value, sources) or _is_balance(mention, sources, answer):
        return True
    if _FAHRENHEIT.match(around, len(mention.text)):
        celsius = round((mention.value - 32) * 5 / 9, 1)
        return any(celsius in source.passage.numbers for source in sources)
    return calculated and by_arithmetic(mention.value, sources, mention.decimals) is not None
