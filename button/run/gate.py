"""The ordered gate: decisions across items fall in item order, never in order of arrival.

Settled items wait until all lower ones are settled. So duplicates, the stop at a count and the
runaway guard come out the same whatever the concurrency, and the same when they are replayed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from button.checks.across.duplicates import NEAR_DUPLICATE_REQUEST
from button.run.known_rows import KnownRow, KnownRows
from button.run.layout import RowKind
from button.run.plan import NearPolicy
from button.run.row_facts import RowFacts

DUPLICATE = "duplicate_first_message"
NEAR_DUPLICATE = NEAR_DUPLICATE_REQUEST.name
RUNAWAY_ITEMS = 200
RUNAWAY_SHARE = 0.05
POSITION_BITS = 16
"""Of a row's number; the rest is the item's."""

Stop = Literal["count", "runaway"]


class RowKey(NamedTuple):
    """Where a row came from: item and position among its outcomes."""

    item: int
    position: int

    @property
    def number(self) -> int:
        """Item and position as one number, in the same order."""
        return self.item << POSITION_BITS | self.position

    @classmethod
    def of_number(cls, number: int) -> "RowKey":
        """The key whose `number` it is."""
        return cls(number >> POSITION_BITS, number & (1 << POSITION_BITS) - 1)


class Decision(NamedTuple):
    """What the gate made of one row."""

    key: RowKey
    facts: RowFacts
    duplicate_of: RowKey | None = None
    """The earlier row that begins with the same message, or says nearly the same."""
    alike: float | None = None
    """How nearly; None where the first messages are the same."""
    marked: bool = False
    """Whether it is kept all the same, with a finding."""

    @property
    def kind(self) -> RowKind:
        """Where the row goes."""
        kept = self.facts.accepted and (self.duplicate_of is None or self.marked)
        return "accepted" if kept else "rejected"

    @property
    def code(self) -> str | None:
        """Why the row is rejected; None where it is accepted."""
        if self.duplicate_of is None or self.marked:
            return self.facts.code
        return DUPLICATE if self.alike is None else NEAR_DUPLICATE


class Gate:
    """Takes settled items in any order and decides their rows in item order.

    A run that goes on begins with what is sealed already: `accepted` rows, which are `known` by
    what their humans say, out of the `items` decided so far. What is
    rejected leaves no trace, and only earlier rows count, so that a row which is decided again
    after a restart meets what it met the first time.
    """

    def __init__(
        self,
        count: int | None,
        near_duplicates: NearPolicy = "drop",
        *,
        items: int = 0,
        accepted: int = 0,
        known: KnownRows | None = None,
    ) -> None:
        self.count = count
        self.accepted = accepted
        self.items = items
        """Items decided: all below this number."""
        self.stop: Stop | None = None
        """Why nothing more is taken; the rows decided so far are the whole result."""
        self._held: dict[int, Sequence[RowFacts]] = {}
        self._held_accepted = 0
        self._near_duplicates = near_duplicates
        self._known = known or KnownRows()

    def replay(self, rows: Iterable[tuple[RowKey, RowFacts]]) -> list[Decision]:
        """Decide rows again that were decided and not sealed, in order, before anything else."""
        decisions: list[Decision] = []
        self._stop_at_count()
        for key, facts in rows:
            if self.stop is None:
                decisions.append(self._decide(key, facts))
                self._stop_at_count()
        self._stop_if_hopeless()
        return decisions

    def holds(self, item: int) -> bool:
        """Whether `item` is settled and waits for lower ones."""
        return item in self._held

    @property
    def hopeful(self) -> int:
        """Accepted rows, with those that still wait counted as if none were a duplicate."""
        return self.accepted + self._held_accepted

    def settle(self, item: int, rows: Sequence[RowFacts]) -> list[Decision]:
        """Hand in a settled item; returns the decisions that this made possible, in order."""
        self._held[item] = rows
        self._held_accepted += sum(row.accepted for row in rows)
        return list(self._advance())

    def _advance(self) -> Iterator[Decision]:
        while self.stop is None and self.items in self._held:
            item = self.items
            rows = self._held.pop(item)
            self._held_accepted -= sum(row.accepted for row in rows)
            self.items += 1
            for position, facts in enumerate(rows):
                yield self._decide(RowKey(item, position), facts)
                self._stop_at_count()
                if self.stop is not None:
                    return
            self._stop_if_hopeless()

    def _stop_at_count(self) -> None:
        if self.accepted == self.count:
            self.stop = "count"

    def _stop_if_hopeless(self) -> None:
        hopeless = self.accepted < RUNAWAY_SHARE * self.items
        if self.stop is None and self.items >= RUNAWAY_ITEMS and hopeless:
            self.stop = "runaway"

    def _decide(self, key: RowKey, facts: RowFacts) -> Decision:
        if not facts.accepted or facts.digest is None:
            return Decision(key, facts)
        digest = int.from_bytes(facts.digest, "big")
        first = self._known.first(digest)
        if first is not None and first < key.number:
            return Decision(key, facts, RowKey.of_number(first))
        decision = self._compared(key, facts)
        if decision.kind == "accepted":
            self.accepted += 1
            self._known.add(KnownRow(key.number, digest, facts.near))
        return decision

    def _compared(self, key: RowKey, facts: RowFacts) -> Decision:
        if facts.near is None or self._near_duplicates == "keep":
            return Decision(key, facts)
        found = self._known.most_like(facts.near, key.number)
        if found is None:
            return Decision(key, facts)
        marked = self._near_duplicates == "mark"
        return Decision(key, facts, RowKey.of_number(found[0]), found[1], marked=marked)
