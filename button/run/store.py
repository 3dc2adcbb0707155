"""Items, rows and shards of a run in run.db: the only source of truth while it is unfinished."""

import sqlite3
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from button.run.call_journal import CallJournal, insert_calls, unfinished_calls
from button.run.database import damage_named, open_database
from button.run.gate import RowKey
from button.run.layout import RowKind, RunLayout
from button.run.row_facts import RowFacts, SettledRow
from button.run.writer import GroupWriter

_SETTLED = """
SELECT item.i, accepted, code, digest, strategy, turns, calls, parallel_turns
FROM item LEFT JOIN outcome ON outcome.item = item.i ORDER BY item.i, position
"""
_INSERT_OUTCOME = "INSERT INTO outcome VALUES (?,?,?,?,?,?,?,?,?,?)"


class Shard(NamedTuple):
    """A shard file that is whole on disk."""

    kind: RowKind
    number: int
    rows: int
    size: int
    sha256: str


class RunStore:
    """Reads the state of a run when it is opened, then writes beside the event loop.

    Made inside a running event loop; owns its connection until it is closed.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, *, keep_calls: bool) -> None:
        with damage_named(path):
            earlier = unfinished_calls(connection)
        self._path = path
        self._connection = connection
        self._writer = GroupWriter(connection)
        self.journal = CallJournal(self._writer, earlier, keep_calls=keep_calls)

    def settled(self) -> Iterator[tuple[int, list[RowFacts]]]:
        """Finished items in order, with the facts of their rows. Only before the first write."""
        with damage_named(self._path):
            found = self._connection.execute(_SETTLED)
            for item, rows in groupby(found, key=lambda row: int(row[0])):
                # An item without outcomes joins as one row of nothing.
                yield item, [RowFacts(bool(row[1]), *row[2:]) for row in rows if row[1] is not None]

    def shards(self) -> list[Shard]:
        """Recorded shards by kind and number. Only before the first write."""
        query = "SELECT kind, number, rows, bytes, sha256 FROM shard ORDER BY kind, number"
        with damage_named(self._path):
            return [Shard(*row) for row in self._connection.execute(query)]

    @property
    def backlog(self) -> int:
        """Number of writes that wait."""
        return self._writer.backlog

    def settle(self, item: int, rows: Sequence[SettledRow]) -> None:
        """Record an item as finished: its rows and its remaining calls in one transaction, soon.

        An item lost with the process before that is made again, the same, so nobody waits here.

        Raises:
            StorageError: an earlier write failed.
        """
        calls = self.journal.settle(item)
        values = [(item, position, *facts, body) for position, (facts, body) in enumerate(rows)]

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT INTO item VALUES (?)", (item,))
            connection.executemany(_INSERT_OUTCOME, values)
            insert_calls(connection, calls)

        self._writer.post(work)

    async def bodies(self, keys: Sequence[RowKey]) -> list[str]:
        """The rows at `keys` as canonical JSON.

        Raises:
            StorageError: a write before it failed.
        """

        def work(connection: sqlite3.Connection) -> list[str]:
            query = "SELECT body FROM outcome WHERE item = ? AND position = ?"
            return [connection.execute(query, key).fetchone()[0] for key in keys]

        return await self._writer.submit(work)

    async def record_shard(self, shard: Shard, done: Sequence[RowKey], decided: int) -> None:
        """Record a shard whose file is whole on disk.

        In the same transaction go the bodies at `done` and, unless calls are kept, the calls of
        all items below `decided`.

        Raises:
            StorageError: it could not be written.
        """
        keep_calls = self.journal.keep_calls

        def work(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO shard VALUES (?,?,?,?,?)", shard)
            connection.executemany(
                "UPDATE outcome SET body = NULL WHERE item = ? AND position = ?", done
            )
            if not keep_calls:
                connection.execute("DELETE FROM call WHERE item < ?", (decided,))

        await self._writer.submit(work)

    async def flush(self) -> None:
        """Return once everything is on disk.

        Raises:
            StorageError: a write failed.
        """
        await self._writer.flush()

    async def close(self) -> None:
        """Write what waits and close run.db."""
        await self._writer.close()


def open_store(layout: RunLayout, identity: str, *, keep_calls: bool) -> RunStore:
    """The store in run.db, which is made where it is missing.

    Raises:
        RunDirectoryError: run.db is damaged or belongs to another run.
        StorageError: it cannot be opened or written.
    """
    connection = open_database(layout, identity)
    try:
        return RunStore(layout.database, connection, keep_calls=keep_calls)
    except BaseException:
        connection.close()
        raise
