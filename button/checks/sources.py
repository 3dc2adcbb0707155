"""What a value may be derived from, and how it was."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from button.checks.leaves import Leaf
from button.checks.quantities import Amount, as_number, unit_of_key
from button.checks.surface import Passage


@dataclass(frozen=True)
class Source:
    """A passage that may be drawn upon: a message, and the call it answers if it is a result."""

    passage: Passage
    message: int
    call: str | None = None
    leaves: tuple[Leaf, ...] = ()


class Derived(NamedTuple):
    """How a value follows, and the sources it follows from."""

    note: str
    sources: tuple[Source, ...]
    path: str | None = None


def amounts_in(source: Source) -> Iterator[tuple[Amount, str | None]]:
    """Its amounts with a unit, those of a result by the unit in the property's name, with path."""
    for amount in source.passage.amounts:
        yield amount, None
    for leaf in source.leaves:
        value, unit = as_number(leaf.value), unit_of_key(leaf.key)
        if value is not None and unit:
            yield Amount(value, *unit), leaf.path
