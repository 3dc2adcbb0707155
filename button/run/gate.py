"""The ordered gate: decisions across items fall in item order, never in order of arrival.

Settled items wait until all lower ones are settled. So duplicates, the stop at a count and the
runaway guard come out the same whatever the concurrency, and the same when they are replayed.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, NamedTuple

from button.canonical import canonical_json, parse_json_strict
from button.records import Rejection
from button.run.first_messages import FirstMessages
from button.run.layout import RowKind
from button.run.row_facts import RowFacts

DUPLICATE = "duplicate_first_message"
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

    @property
    def kind(self) -> RowKind:
        return "accepted" if self.facts.accepted and self.duplicate_of is None else "rejected"

    @property
    def code(self) -> str | None:
        """Why the row is rejected; None where it is accepted."""
        return self.facts.code if self.duplicate_of is None else DUPLICATE


class Gate:
    """Takes settled items in any order and decides their rows in item order.

    A run that goes on begins with what is sealed already: `accepted` rows, with their first
    messages, out of the `items` decided so far.
    """

    def __init__(
        self,
        count: int | None,
        *,
        items: int = 0,
        accepted: int = 0,
        first: FirstMessages | None = None,
    ) -> None:
        self.count = count
        self.accepted = accepted
        self.items = items
        """Items decided: all below this number."""
        self.stop: Stop | None = None
        """Why nothing more is taken; the rows decided so far are the whole result."""
        self._held: dict[int, Sequence[RowFacts]] = {}
        self._held_accepted = 0
        self._first = first or FirstMessages()

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
        first = self._first.setdefault(int.from_bytes(facts.digest, "big"), key.number)
        if first != key.number:
            return Decision(key, facts, duplicate_of=RowKey.of_number(first))
        self.accepted += 1
        return Decision(key, facts)


def duplicate_rejection(body: str, duplicate_of: RowKey) -> str:
    """The rejected row of a trajectory whose first human message was there before."""
    row: Any = parse_json_strict(body)
    rejection = Rejection(
        stage="run",
        role="gate",
        code=DUPLICATE,
        detail=(
            "the first human message equals that of "
            f"item {duplicate_of.item}, outcome {duplicate_of.position}"
        ),
        scenario=row["scenario"]["text"],
        task=row["task"]["text"],
    )
    return canonical_json(rejection.to_json() | {"seeds": row["seeds"]})
