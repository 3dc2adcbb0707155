"""What matters to the person: whether a step changed something, and whether they want it told."""

import re
from collections.abc import Mapping
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.deeds import is_lookup
from button.models.embedded.functions import take
from button.models.embedded.human_voice import WONDERING
from button.models.embedded.plan import Step

Calls = Mapping[str, tuple[dict[str, Any], dict[str, Any]]]
FETCHING_ONE = re.compile(
    r"(?:find|look for|search for|pick out|pick) (?:an?|some(?:one|body|thing))\b"
)
"""How a request begins for which one result will do."""
MANY_WISHES = 3
"""A look-up with so many conditions is a comparison: `an apartment in X with 3 rooms for $900`."""
_WORD = re.compile(r"[\w'-]+")
_SENTENCE = re.compile(r"(?<=[.?!]) ")
ASKED = re.compile(r"(?:please )?(?:tell me|show me|give me|name me|let me know|list|show|name) ")
SMALL_WORDS = frozenset({"the", "of", "for", "in", "on", "a"})


def wants_to_hear(step: Step, asked: str) -> bool:
    """Whether the person asked in so many words for what a look-up gives.

    What was folded into another wish (`book the cheapest flight from Oslo`) is not told as a list.
    """
    if not isinstance(step.clause, Clause):
        return False
    opening = _opening(step.clause)
    if fetches_one(step):
        return False
    plain = WONDERING.sub("", opening)
    words = set(_WORD.findall(ASKED.sub("", plain))) - SMALL_WORDS
    verb = set() if plain != opening or ASKED.match(plain) else {plain.split()[0]}
    return any(_holds(each, words | verb) for each in _SENTENCE.split(asked.lower()))


def fetches_one(step: Step) -> bool:
    """Whether one result, whatever its details, is all that a look-up was asked for.

    Who has wishes of several kinds wants to choose from what fits them.
    """
    clause = step.clause
    if not isinstance(clause, Clause):
        return False
    is_choosy = len(clause.values) >= MANY_WISHES or any(
        clause.function.params[path].optional for path in clause.values
    )
    return bool(FETCHING_ONE.match(_opening(clause))) and not is_choosy


def _opening(clause: Clause) -> str:
    return f"{clause.template.prefix.strip()} "


def _holds(sentence: str, words: set[str]) -> bool:
    return words <= set(_WORD.findall(sentence))


def changes_something(step: Step) -> bool:
    """Whether a step's call does more than look something up."""
    clause = step.clause
    name = clause.function.name if isinstance(clause, Clause) else getattr(clause, "name", "get")
    return not is_lookup(name)


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
