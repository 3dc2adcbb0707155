"""Composition for functions the world does not know: a name that fits a parameter."""

from collections.abc import Mapping, Sequence
from random import Random
from typing import Any

from button.models.embedded.unseen import RESULTING, UnseenClause, draw_unseen
from button.models.embedded.unseen_values import required_leaves
from button.models.embedded.unseen_wording import words_of

Functions = Sequence[Mapping[str, Any]]
Leaf = tuple[str, Mapping[str, Any]]
LINKABLE = ("string", "integer", "number")
UNLINKED = {"enum", "const", "format", "pattern", "minimum", "maximum"}
"""Keywords of leaves that a value of another function would hardly fit."""


def compose_unseen(
    first: UnseenClause, functions: Functions, rng: Random, today: str
) -> UnseenClause | None:
    """A clause of another function, one leaf of which is filled by the first one's result."""
    ranked = _ranked(first, functions, least=1)
    if not ranked:
        return None
    function = rng.choice([function for score, function in ranked if score == ranked[0][0]])
    fed = _fed_by(function, first.function)
    path, phrase = max(fed, key=lambda pair: _affinity(pair[0], first.function))
    return draw_unseen(function, rng, today, {path: phrase})


def join_unseen(
    first: UnseenClause, functions: Functions, rng: Random, today: str
) -> tuple[UnseenClause, UnseenClause] | None:
    """A parallel clause, and one that takes a leaf from each of the two results."""
    for _, last in _ranked(first, functions, least=2):
        others = [f for f in functions if f["name"] not in (first.name, last["name"])]
        sides = [f for f in others if any(required_leaves(f.get("parameters", {})))]
        rng.shuffle(sides)
        for side in [*sides, first.function]:
            phrases = _two_links(last, first.function, side)
            parallel = draw_unseen(side, rng, today)
            again = side is first.function and dict(parallel.values) == dict(first.values)
            if phrases and not again:
                return parallel, draw_unseen(last, rng, today, phrases)
    return None


def _two_links(
    last: Mapping[str, Any], first: Mapping[str, Any], side: Mapping[str, Any]
) -> dict[str, str] | None:
    """Phrases for two leaves of `last`: by name, the earlier leaf is fed by the first function."""
    options = sorted(_fed_by(last, first)), sorted(_fed_by(last, side))
    pairs = [(one, other) for one in options[0] for other in options[1] if one[0] < other[0]]
    # References without known returns are told apart by the order of their leaves' names.
    pairs = [pair for pair in pairs if pair[0][1] != pair[1][1]]
    if not pairs:
        return None
    best = max(pairs, key=lambda pair: _affinity(pair[0][0], first) + _affinity(pair[1][0], side))
    return dict(best)


def _ranked(
    first: UnseenClause, functions: Functions, least: int
) -> list[tuple[float, Mapping[str, Any]]]:
    found = []
    for function in functions:
        fed = _fed_by(function, first.function)
        if function["name"] != first.name and fed and len(_linkable(function)) >= least:
            score = max(_affinity(path, first.function) for path, _ in fed)
            found.append((score, function))
    return sorted(found, key=lambda pair: (-pair[0], str(pair[1]["name"])))


def _fed_by(function: Mapping[str, Any], producer: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(leaf path, noun phrase) of the leaves that a producer's result can fill."""
    fed = []
    for path, schema in _linkable(function):
        phrase = _reference(path, schema, producer)
        if phrase is not None:
            fed.append((path, phrase))
    return fed


def _linkable(function: Mapping[str, Any]) -> list[Leaf]:
    return [
        (path, schema)
        for path, schema in required_leaves(function.get("parameters", {}))
        if schema.get("type") in LINKABLE and UNLINKED.isdisjoint(schema)
    ]


def _affinity(path: str, producer: Mapping[str, Any]) -> float:
    """How well a producer's name and text speak of a parameter; ids are natural links."""
    wanted = set(words_of(path))
    name = set(words_of(str(producer["name"])))
    text = set(words_of(str(producer.get("description", ""))))
    returned = {word for field in _fields(producer) for word in words_of(field)}
    return (
        3 * len(wanted & returned)
        + 2 * len(wanted & name)
        + len(wanted & text)
        + 0.5 * bool(wanted & {"id", "code", "number", "name"})
    )


def _fields(producer: Mapping[str, Any]) -> dict[str, Any]:
    return dict((producer.get("returns") or {}).get("properties", {}))


def _reference(path: str, schema: Mapping[str, Any], producer: Mapping[str, Any]) -> str | None:
    """The noun phrase for the field of the producer's result that fills the leaf, if one does.

    A function of a catalogue without returns will get the field that is asked for.
    """
    if not producer.get("returns"):
        return RESULTING + " ".join(words_of(path.rsplit(".", 1)[-1]))
    wanted = set(words_of(path))
    fields = [
        name for name, inner in _fields(producer).items() if inner.get("type") == schema["type"]
    ]
    if not fields:
        return None
    return RESULTING + " ".join(
        words_of(max(sorted(fields), key=lambda field: len(wanted & set(words_of(field)))))
    )
