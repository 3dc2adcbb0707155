"""How large a result usually is, so that what is made of it is of its size."""

import re
from dataclasses import replace
from functools import lru_cache

from button.canonical import derived_random
from button.models.embedded.clauses import Clause, Draw
from button.models.embedded.functions import Param, Port, take
from button.models.embedded.kinds import Scalar
from button.models.embedded.logic import Typical
from button.models.embedded.plan import Step
from button.models.embedded.results import ResultMaker
from button.models.embedded.world import World

Known = tuple[tuple[str, Scalar], ...]
PARTY = re.compile(r"adults|children|guests|people|tickets|seats|passengers|party_size|visitors")
"""Parameters that say how many people something is for."""
TYPICAL_DAY = "2026-03-02"


@lru_cache(maxsize=1024)
def typical_values(world: World, port: Port, known: Known = ()) -> Typical:
    """About the least, the middle and the greatest of a few values that a port gives.

    `known` is what a request says already.
    """
    function = world.functions[port.function]
    values = []
    for turn in range(11):
        rng = derived_random("typical", port.function, turn)
        drawn = Draw(rng, TYPICAL_DAY, {}).clause(function)
        arguments = replace(drawn, values={**drawn.values, **dict(known)}).arguments()
        result = ResultMaker(function, arguments, [], TYPICAL_DAY, world.tables).make()
        values.append(float(take(result, port.spec.take)[0]))
    values.sort()
    return values[1], values[5], values[-1]


def is_large_enough(world: World, port: Port, param: Param) -> bool:
    """Whether the port's values are as large as the parameter wants them."""
    return param.spec.least is None or typical_values(world, port)[0] >= param.spec.least


def numbers_in(step: Step) -> Known:
    """How many, how long, how much a step says."""
    values = step.clause.values if isinstance(step.clause, Clause) else {}
    return tuple((path, n) for path, n in values.items() if type(n) in (int, float))


def party_of(step: Step) -> int | None:
    """How many people a step is for, where it says so."""
    values = step.clause.values if isinstance(step.clause, Clause) else {}
    counts = [n for path, n in values.items() if PARTY.search(path) and type(n) is int]
    return sum(counts) or None
