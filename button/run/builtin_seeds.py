"""The seeds of a run that was given none: life situations of the embedded world, in drawn order."""

from functools import lru_cache

from button.canonical import derived_random
from button.models.embedded.world import the_world
from button.records import Seed

SOURCE = "built-in"


def builtin_seed(root_seed: int, item: int) -> Seed:
    """The seed of one item: in each round every scenario once, in an order of its own."""
    count = len(the_world().scenarios)
    order = _order(root_seed, item // count)
    return Seed(kind="scenario", source=SOURCE, text=order[item % count])


@lru_cache(maxsize=8)
def _order(root_seed: int, round_: int) -> tuple[str, ...]:
    scenarios = sorted(the_world().scenarios)
    derived_random(root_seed, "built-in seeds", round_).shuffle(scenarios)
    return tuple(scenarios)
