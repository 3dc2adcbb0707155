"""Who and what a task and its results name: people by full name, things that people call `it`."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.domain_format import FieldSpec
from button.models.embedded.functions import Function
from button.models.embedded.kinds import Kind
from button.models.embedded.people import is_person
from button.models.embedded.plan import Plan

THINGS = frozenset(
    "workshop part_shop cinema_name venue supermarket space transfer_service office school caterer "
    "gym nursery hotel insurer company fund firm storage_site car_park ride_company carrier "
    "dropoff_point clinic pharmacy newspaper podcast restaurant shop pickup_shop sight repair_firm "
    "club donation_point charity gear_shop branch bank_branch airline film book".split()
)
"""Kinds of what has a name and is called `it` from then on."""
PLACES = frozenset(
    "cinema_name venue space hotel restaurant gym nursery pharmacy bank_branch clinic branch "
    "school office shop pickup_shop workshop club sight".split()
)
"""Kinds of what is `there` from then on."""
CREDITED = re.compile(r"author|journalist|director|artist")
"""Result fields with people who are known by their work, and whom nobody calls by first name."""
Calls = Mapping[str, tuple[dict[str, Any], dict[str, Any]]]


def _is_thing(kind: Kind | None) -> bool:
    return kind is not None and kind.name.rpartition(".")[2] in THINGS


def is_place(kind: Kind) -> bool:
    """Whether a kind's values are places that one can be at."""
    return kind.name.rpartition(".")[2] in PLACES


def said_values(plan: Plan) -> Iterator[tuple[Kind, str]]:
    """(kind, value) of all that a task says literally, each item of a list on its own."""
    for step in plan.steps:
        if isinstance(step.clause, Clause):
            for path, value in step.clause.values.items():
                kind = step.clause.function.params[path].kind
                for each in value if isinstance(value, list) else [value]:
                    if kind is not None and isinstance(each, str):
                        yield kind, each


def names_in(plan: Plan) -> set[str]:
    """Full names of the people that a task speaks of."""
    return {value for kind, value in said_values(plan) if is_person(kind)}


def names_told(plan: Plan, calls: Calls) -> tuple[set[str], set[str]]:
    """(people, things) that a task's words and its results name."""
    people, things = names_in(plan), {v for kind, v in said_values(plan) if _is_thing(kind)}
    for step in plan.steps:
        if isinstance(step.clause, Clause) and step.id in calls:
            persons, objects = _fields_of(step.clause.function)
            people |= set(_strings(calls[step.id][1], persons))
            things |= set(_strings(calls[step.id][1], objects))
    return people, things


@lru_cache(maxsize=1024)
def _fields_of(function: Function) -> tuple[frozenset[str], frozenset[str]]:
    """Names of the result fields that hold people, and things."""
    kinds = dict(_kinds_of_fields(function, function.spec.returns))
    return (
        frozenset(n for n, kind in kinds.items() if is_person(kind) and not CREDITED.search(n)),
        frozenset(name for name, kind in kinds.items() if _is_thing(kind)),
    )


def _kinds_of_fields(
    function: Function, fields: Mapping[str, FieldSpec]
) -> Iterator[tuple[str, Kind | None]]:
    for name, spec in fields.items():
        if spec.echo is not None:
            yield name, function.params[spec.echo].kind
        elif spec.kind is not None:
            yield name, function.kinds[spec.kind]
        yield from _kinds_of_fields(function, {**(spec.item or {}), **(spec.object or {})})


def _strings(value: Any, names: frozenset[str]) -> Iterator[str]:
    """The texts under the given names, at any depth."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in names and isinstance(inner, str):
                yield inner
            elif isinstance(inner, dict | list):
                yield from _strings(inner, names)
    elif isinstance(value, list):
        for inner in value:
            yield from _strings(inner, names)
