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


def compose_unseen(
    first: UnseenClause, functions: Functions, rng: Random, today: str
) -> UnseenClause | None:
    """A clause of another function, one leaf of which is filled by the first one's result."""
    best = _ranked(first, functions, least=1)
    if not best:
        return None
    function = _one_of_best(best, rng)
    path, schema = _best_leaf(function, first.function)
    return draw_unseen(function, rng, today, {path: _reference(path, schema, first.function)})


def join_unseen(
    first: UnseenClause, functions: Functions, rng: Random, today: str
) -> tuple[UnseenClause, UnseenClause] | None:
    """A parallel clause, and one that takes a leaf from each of the two results."""
    for score_and_function in _ranked(first, functions, least=2):
        last = score_and_function[1]
        sides = [f for f in functions if f["name"] not in (first.name, last["name"])] or (
            [first.function] if functions else []
        )
        side = rng.choice(sides)
        parallel = draw_unseen(side, rng, today)
        if side is first.function and dict(parallel.values) == dict(first.values):
            continue
        leaves = _linkable(last)
        path, schema = _best_leaf(last, first.function)
        rest = [leaf for leaf in leaves if leaf[0] != path]
        other, other_schema = max(rest, key=lambda leaf: _affinity(leaf[0], side))
        paths = sorted([path, other])
        references = {
            path: _reference(path, schema, first.function),
            other: _reference(other, other_schema, side),
        }
        if paths[0] != path:
            # references are told apart by position: the first belongs to the first task
            path, other = other, path
            leaf_schema = dict(leaves)
            references = {
                path: _reference(path, leaf_schema[path], first.function),
                other: _reference(other, leaf_schema[other], side),
            }
        if references[path] != references[other]:
            return parallel, draw_unseen(last, rng, today, references)
    return None


def _ranked(first: UnseenClause, functions: Functions, least: int) -> list[tuple[float, Any]]:
    found = []
    for function in functions:
        if function["name"] != first.name and len(_linkable(function)) >= least:
            score = max(_affinity(path, first.function) for path, _ in _linkable(function))
            found.append((score, function))
    return sorted(found, key=lambda pair: (-pair[0], str(pair[1]["name"])))


def _one_of_best(ranked: list[tuple[float, Any]], rng: Random) -> Mapping[str, Any]:
    top = [function for score, function in ranked if score == ranked[0][0]]
    chosen: Mapping[str, Any] = rng.choice(top)
    return chosen


def _linkable(function: Mapping[str, Any]) -> list[Leaf]:
    return [
        (path, schema)
        for path, schema in required_leaves(function.get("parameters", {}))
        if schema.get("type") in LINKABLE
        and not schema.get("enum")
        and not schema.get("format")
        and not schema.get("pattern")
    ]


def _best_leaf(function: Mapping[str, Any], producer: Mapping[str, Any]) -> Leaf:
    return max(_linkable(function), key=lambda leaf: _affinity(leaf[0], producer))


def _affinity(path: str, producer: Mapping[str, Any]) -> float:
    """How well a producer's name and text speak of a parameter; ids are natural links."""
    wanted = set(words_of(path))
    name = set(words_of(str(producer["name"])))
    text = set(words_of(str(producer.get("description", ""))))
    returned = {
        word
        for field in producer.get("returns", {}).get("properties", {})
        for word in words_of(field)
    }
    return (
        3 * len(wanted & returned)
        + 2 * len(wanted & name)
        + len(wanted & text)
        + 0.5 * bool(wanted & {"id", "code", "number", "name"})
    )


def _reference(path: str, schema: Mapping[str, Any], producer: Mapping[str, Any]) -> str:
    """The noun phrase for the field of the producer's result that fills the leaf."""
    fields = {
        name: inner
        for name, inner in producer.get("returns", {}).get("properties", {}).items()
        if inner.get("type") == schema.get("type")
    }
    wanted = set(words_of(path))
    if fields:
        name = max(sorted(fields), key=lambda field: len(wanted & set(words_of(field))))
    else:
        name = path.rsplit(".", 1)[-1]
    return RESULTING + " ".join(words_of(name))
