"""How people speak of what they have just named: `there`, `on that day`, a first name."""

import re
from collections.abc import Callable, Iterator

from button.models.embedded.clauses import Clause
from button.models.embedded.kinds import ComposedKind, DateKind, Kind
from button.models.embedded.plan import Plan

_OWNER = r"[Tt]he ((?:(?!on |for |at |in |from |to |with )[\w-]+ ){1,4}?)of "


def with_short_mentions(text: str, plan: Plan, say_day: Callable[[str], str]) -> str:
    """`text` with later mentions of its only day, its only city and of full names shortened.

    `say_day` writes an ISO date as the text has it.
    """
    days, cities, names = set(), set(), set()
    for kind, value in _values(plan):
        if isinstance(kind, DateKind):
            days.add(say_day(value))
        elif kind.name == "city":
            cities.add(value)
        elif isinstance(kind, ComposedKind) and list(kind.spec.parts) == ["first", "last"]:
            names.add(value)
    if len(days) == 1:
        text = _after_the_first(text, days.pop(), r"\b(on|for) ", r"\1 that day")
    if len(cities) == 1:
        city = cities.pop()
        text = _after_the_first(text, city, r"(\b[a-z0-9]\S* )in ", r"\1there")
        text = _after_the_first(text, city, r"\bfrom ", "from there")
    for name in sorted(names):
        text = _with_first_name(text, name, names)
    return text


def _values(plan: Plan) -> Iterator[tuple[Kind, str]]:
    for step in plan.steps:
        if isinstance(step.clause, Clause):
            for path, value in step.clause.values.items():
                kind = step.clause.function.params[path].kind
                for each in value if isinstance(value, list) else [value]:
                    if kind is not None and isinstance(each, str):
                        yield kind, each


def _after_the_first(text: str, words: str, before: str, short: str) -> str:
    if text.count(words) < 2:
        return text
    start = text.find(words) + len(words)
    pattern = rf"{before}{re.escape(words)}\b(?!, \d)"
    return text[:start] + re.sub(pattern, short, text[start:])


def _with_first_name(text: str, name: str, names: set[str]) -> str:
    first = name.split(" ")[0]
    if sum(each.startswith(f"{first} ") for each in names) > 1:
        return text
    if text.count(name) < 2:
        return text
    start = text.find(name) + len(name)
    rest = re.sub(
        rf"\b{_OWNER}{re.escape(name)}\b",
        lambda match: f"{first}'s {match[1].strip()}",
        text[start:],
    )
    return text[:start] + re.sub(rf"\b{re.escape(name)}\b", first, rest)
