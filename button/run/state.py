"""What run.db says of a run: its sealed part in totals, the rest row by row."""

import sqlite3
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from button.canonical import parse_json_strict
from button.run.database import damage_named, damaged, require_sound
from button.run.gate import Gate, RowKey
from button.run.known_files import open_known_rows
from button.run.known_rows import KnownRow, KnownRows, unpack_rows
from button.run.layout import RowKind, RunLayout
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
    sums: list[str]
    """SHA-256 of the full shards of accepted rows."""
    decided: int
    """All items below had been decided when the last shard was written."""

    def gate(self, count: int | None, near_duplicates: NearPolicy, known: KnownRows) -> Gate:
        """A gate that goes on from here."""
        return Gate(
            count,
            near_duplicates,
            items=self.decided,
            accepted=self.tally.accepted,
            known=known,
        )


def sealed_part(path: Path, connection: sqlite3.Connection) -> Sealed:
    """The shards in run.db at `path`, by kind and number.

    Raises:
        RunDirectoryError: it is damaged.
    """
    shards: list[Shard] = []
    sums: list[str] = []
    tally, decided = Tally(), 0
    with damage_named(path):
        for row in connection.execute("SELECT * FROM shard ORDER BY kind, number"):
            require_sound(path, row, "shard")
            shards.append(Shard(*row[:5]))
            decided = max(decided, row[5])
            totals: Any = parse_json_strict(row[6])
            if totals:
                tally.merge(totals)
                if shards[-1].kind == "accepted":
                    sums.append(shards[-1].sha256)
    return Sealed(shards, tally, sums, decided)


def known_rows(
    layout: RunLayout, connection: sqlite3.Connection, sealed: Sealed, *, make: bool
) -> KnownRows:
    """What the rows of full shards are found by; with `make` files that are missing are made.

    Raises:
        RunDirectoryError: run.db is damaged.
        StorageError: a file could not be read or written.
    """

    def rows_of(shard: int) -> list[KnownRow]:
        with damage_named(layout.database):
            row = connection.execute("SELECT * FROM known WHERE shard = ?", (shard,)).fetchone()
        if row is None:
            raise damaged(layout.database, f"table 'known' lacks shard {shard}")
        require_sound(layout.database, row, "known")
        return unpack_rows(row[1], row[2])

    return open_known_rows(layout.known, sealed.sums, rows_of, make=make)


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
