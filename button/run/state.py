"""What run.db says of a run: its sealed part in totals, the rest row by row."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from button.canonical import parse_json_strict
from button.checks.across.minhash import NearDuplicates
from button.checks.across.numbers import Numbers
from button.run.database import damage_named, damaged, require_sound
from button.run.gate import Gate, RowKey
from button.run.layout import RowKind
from button.run.plan import NearPolicy
from button.run.row_facts import RowFacts
from button.run.summary import Tally

_BELOW = "SELECT * FROM outcome WHERE item < ? ORDER BY item, position"
_ABOVE = """
SELECT item.*, outcome.* FROM item LEFT JOIN outcome ON outcome.item = item.i
WHERE item.i >= ? ORDER BY item.i, position
"""
_ITEM_COLUMNS = 3


class Shard(NamedTuple):
    """A shard file that is whole on disk."""

    kind: RowKind
    number: int
    rows: int
    size: int
    sha256: str


class Sealed(NamedTuple):
    """All shards, and what the full ones hold; rows of short ones are in run.db as well."""

    shards: list[Shard]
    tally: Tally
    first: Numbers
    """First messages of accepted rows."""
    near: NearDuplicates
    """Their requests."""
    decided: int
    """All items below had been decided when the last shard was written."""

    def gate(self, count: int | None, near_duplicates: NearPolicy) -> Gate:
        """A gate that goes on from here."""
        return Gate(
            count,
            near_duplicates,
            items=self.decided,
            accepted=self.tally.accepted,
            first=self.first,
            near=self.near,
        )


def sealed_part(path: Path, connection: sqlite3.Connection) -> Sealed:
    """The shards in run.db at `path`, by kind and number.

    Raises:
        RunDirectoryError: it is damaged.
    """
    shards: list[Shard] = []
    tally, first, near, decided = Tally(), Numbers(), NearDuplicates(), 0
    with damage_named(path):
        for row in connection.execute("SELECT * FROM shard ORDER BY kind, number"):
            require_sound(path, row, "shard")
            shards.append(Shard(*row[:5]))
            decided = max(decided, row[5])
            totals: Any = parse_json_strict(row[6])
            if totals:
                tally.merge(totals)
                first.load(row[7])
                near.load(row[8])
    return Sealed(shards, tally, first, near, decided)


def unsealed_rows(
    path: Path, connection: sqlite3.Connection, decided: int
) -> Iterator[tuple[RowKey, RowFacts]]:
    """Rows of items below `decided` that stand in no full shard, in order.

    Raises:
        RunDirectoryError: run.db is damaged.
    """
    with damage_named(path):
        for row in connection.execute(_BELOW, (decided,)):
            require_sound(path, row, "outcome")
            yield RowKey(row[0], row[1]), _facts(row)


def settled_items(
    path: Path, connection: sqlite3.Connection, decided: int
) -> Iterator[tuple[int, list[RowFacts]]]:
    """Finished items from `decided` on, in order, with the facts of their rows.

    Raises:
        RunDirectoryError: run.db is damaged.
    """
    with damage_named(path):
        found = connection.execute(_ABOVE, (decided,))
        for head, rows in groupby(found, key=lambda row: row[:_ITEM_COLUMNS]):
            require_sound(path, head, "item")
            facts = []
            for row in rows:
                outcome = row[_ITEM_COLUMNS:]
                # An item without outcomes joins as one row of nothing.
                if outcome[0] is not None:
                    require_sound(path, outcome, "outcome")
                    facts.append(_facts(outcome))
            if len(facts) != head[1]:
                raise damaged(path, f"item {head[0]} has {len(facts)} of {head[1]} rows")
            yield head[0], facts


def _facts(row: tuple[Any, ...]) -> RowFacts:
    return RowFacts(bool(row[2]), *row[3:10])
