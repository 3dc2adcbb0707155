"""What matters to the person: whether a step changed something, and whether they want it told."""

import re
from collections.abc import Mapping
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.functions import take
from button.models.embedded.human_voice import WONDERING
from button.models.embedded.plan import Step

Calls = Mapping[str, tuple[dict[str, Any], dict[str, Any]]]
LOOKUPS = frozenset(
    "find get list search check compare recommend suggest diagnose track estimate read look show "
    "calculate screen convert detect".split()
)
"""First words of functions that change nothing."""
SHOWN = re.compile(
    r"(?:tell me|show(?: me)?|give me|name(?: me)?|let me know|list|recommend|suggest|explain|"
    r"add up) "
)
"""How a request begins whose result somebody wants to hear."""
SMALL_WORDS = frozenset({"the", "of", "for", "in", "on", "a"})
WANTED = re.compile(r"\b(?:know|tell me) ")
WISHES_TO_KNOW = re.compile(r"(?:know|tell me) $")


def wants_to_hear(step: Step, asked: str) -> bool:
    """Whether the person asked to be told or shown what a look-up gives."""
    if not isinstance(step.clause, Clause):
        return False
    opening, asked = f"{step.clause.template.prefix.strip()} ", asked.lower()
    shown = SHOWN.match(opening)
    if shown:
        words = set(opening[shown.end() :].split()) - SMALL_WORDS
        verb = shown[0] in asked or bool(WANTED.search(asked))
        return verb and words <= set(re.findall(r"[\w'-]+", asked))
    known = WONDERING.sub("", opening)
    before = asked.partition(known)[0] if known in asked else ""
    return bool(WISHES_TO_KNOW.search(before))


def changes_something(step: Step) -> bool:
    """Whether a step's call does more than look something up."""
    clause = step.clause
    name = clause.function.name if isinstance(clause, Clause) else getattr(clause, "name", "get")
    return name.split("_")[0] not in LOOKUPS


def port_value(calls: Calls, step: Step, path: str) -> Any:
    """The value at a port's path in a step's result, None where it is not there."""
    try:
        return take(calls[step.id][1], path)[0]
    except (KeyError, IndexError, TypeError):
        return None


def scalars(value: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """(path, value) of the scalar leaves of a result outside lists, then of first list items."""
    found: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        for name, inner in value.items():
            found += scalars(inner, f"{prefix}{name}.")
    elif isinstance(value, list):
        found += scalars(value[0], prefix) if value else []
    elif value is not None and prefix:
        found.append((prefix.removesuffix("."), value))
    return found
