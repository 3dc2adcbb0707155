"""Which fault a request meets: from a script, or drawn by a seed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from button.canonical import derived_random
from tests.faultserver.mutations import MUTATIONS
from tests.faultserver.wire import PASSING, SLOW, WIRE

KINDS = (*WIRE, *MUTATIONS)
QUICK = tuple(name for name in (*PASSING, *MUTATIONS) if name not in SLOW)
"""What a run survives without waiting."""


class Plan(Protocol):
    """Says which fault is due."""

    def fault(self, key: str, attempt: int, number: int) -> str | None:
        """The name of a fault, or None for the right answer.

        Args:
            key: hash of the request's body.
            attempt: how often this body came before.
            number: how many requests came before.
        """
        ...


@dataclass(frozen=True)
class Scripted:
    """One fault a request, in the order in which they come; then right answers, or `forever`."""

    names: Sequence[str | None]
    forever: bool = False

    def fault(self, key: str, attempt: int, number: int) -> str | None:
        """See `Plan`."""
        if self.forever:
            return self.names[number % len(self.names)]
        return self.names[number] if number < len(self.names) else None


@dataclass(frozen=True)
class Chosen:
    """Whatever a function of body hash, attempt and number says."""

    choose: Callable[[str, int, int], str | None]

    def fault(self, key: str, attempt: int, number: int) -> str | None:
        """See `Plan`."""
        return self.choose(key, attempt, number)


@dataclass(frozen=True)
class Seeded:
    """Faults by chance, the same for the same seed, whatever the order of requests.

    Faults of the way are drawn for body and attempt, at most `most_in_a_row` of them for a body, so
    that a patient client always gets through. Faults of the model are drawn for the body alone: the
    same question gets the same wrong answer however often it is asked, as a dataset that must not
    depend on retries needs it.
    """

    seed: int = 0
    rate: float = 0.3
    """Share of requests that meet a fault of the way."""
    model_rate: float = 0.1
    """Share of bodies whose answer is wrong."""
    kinds: Sequence[str] = QUICK
    most_in_a_row: int = 3
    weights: Mapping[str, float] = field(default_factory=dict)
    """How often single kinds are drawn, 1 where nothing is said."""

    def __post_init__(self) -> None:
        check_kinds(self.kinds)

    def fault(self, key: str, attempt: int, number: int) -> str | None:
        """See `Plan`."""
        way = [name for name in self.kinds if name in WIRE]
        if way and attempt < self.most_in_a_row:
            chance = derived_random("way", self.seed, key, attempt)
            if chance.random() < self.rate:
                return chance.choices(way, [self.weights.get(name, 1.0) for name in way])[0]
        said = [name for name in self.kinds if name in MUTATIONS]
        chance = derived_random("model", self.seed, key)
        if said and chance.random() < self.model_rate:
            return chance.choices(said, [self.weights.get(name, 1.0) for name in said])[0]
        return None


def check_kinds(names: Iterable[str]) -> None:
    """Raises ValueError for a name that is none."""
    unknown = sorted(set(names) - set(KINDS))
    if unknown:
        raise ValueError(f"no such faults: {', '.join(unknown)}; there are {', '.join(KINDS)}")
