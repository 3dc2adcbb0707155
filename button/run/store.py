"""Items, rows and shards of a run in run.db: the only source of truth while it is unfinished."""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress

from button.context import BudgetSettings
from button.errors import StoppingError, StorageError
from button.models.budget import BudgetMeter
from button.run import disk
from button.run.atomic_write import write_atomically
from button.run.call_journal import CallJournal, insert_calls, unfinished_calls
from button.run.database import damage_named, damaged, open_database, require_sound
from button.run.fault_counts import FaultCounts, read_faults
from button.run.gate import RowKey
from button.run.known_rows import KnownRow, pack_rows
from button.run.layout import RunLayout
from button.run.plan import RESERVE_MB
from button.run.row_check import checked
from button.run.row_facts import RowFacts, SettledRow
from button.run.spending import Books, read_spending
from button.run.state import Sealed, Shard, known_rows, sealed_part, settled_items, unsealed_rows
from button.run.watch import Watch
from button.run.writer import GroupWriter

NO_BUDGET = BudgetSettings()
_INSERT_OUTCOME = "INSERT INTO outcome VALUES (?,?,?,?,?,?,?,?,?,?,?,?)"
_INSERT_SHARD = "INSERT OR REPLACE INTO shard VALUES (?,?,?,?,?,?,?,?)"
_INSERT_KNOWN = "INSERT INTO known VALUES (?,?,?,?)"


class RunStore:
    """Reads the state of a run when it is opened, then writes beside the event loop.

    Made inside a running event loop; owns its connection until it is closed.
    """

    def __init__(
        self,
        layout: RunLayout,
        connection: sqlite3.Connection,
        *,
        keep_calls: bool,
        offline: bool,
        reserve_mb: int,
        budget: BudgetSettings,
    ) -> None:
        self._layout = layout
        self._path = layout.database
        self._connection = connection
        self.sealed: Sealed = sealed_part(self._path, connection)
        """The shards as they were when the run was opened."""
        self.known = known_rows(layout, connection, self.sealed, make=True)
        """What accepted rows are found by."""
        with damage_named(self._path):
            earlier = unfinished_calls(connection, self.sealed.decided)
            recorded = connection.execute("SELECT EXISTS (SELECT 1 FROM recorded)").fetchone()[0]
        for row in earlier:
            require_sound(self._path, row, "call")
        spending = read_spending(self._path, connection)
        self._writer = GroupWriter(connection, Watch(layout, reserve_mb).check)
        self.meter = BudgetMeter(
            budget, spending.roles, seconds=spending.seconds, save=self._write_spending
        )
        """Counts what the run spends, on from what it has spent."""
        self.faults = FaultCounts(read_faults(self._path, connection))
        """Counts what endpoints failed, likewise."""
        self._books = Books(self.meter, self.faults)
        self.journal = CallJournal(
            self._writer,
            earlier,
            keep_calls=keep_calls,
            recorded=bool(recorded),
            offline=offline,
            spending=self._books.writing,
        )

    def unsealed(self) -> Iterator[tuple[RowKey, RowFacts]]:
        """Rows that were decided and not sealed, in order. Only before the first write."""
        return unsealed_rows(self._path, self._connection, self.sealed.decided)

    def settled(self) -> Iterator[tuple[int, list[RowFacts]]]:
        """Finished items that follow, with the facts of their rows. Only before the first write."""
        return settled_items(self._path, self._connection, self.sealed.decided)

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
        values = [
            checked((item, position, int(facts.accepted), *facts[1:], body))
            for position, (facts, body) in enumerate(rows)
        ]
        recorded = self.journal.recorded
        spending = self._books.writing()

        def work(connection: sqlite3.Connection) -> None:
            spending(connection)
            connection.execute("INSERT INTO item VALUES (?,?,?)", checked((item, len(values))))
            connection.executemany(_INSERT_OUTCOME, values)
            insert_calls(connection, calls)
            if recorded:
                connection.execute("DELETE FROM recorded WHERE item = ?", (item,))

        self._writer.post(work)

    async def bodies(self, keys: Sequence[RowKey]) -> list[str]:
        """The rows at `keys` as canonical JSON.

        Raises:
            RunDirectoryError: one is damaged.
            StorageError: a write before it failed.
        """

        def work(connection: sqlite3.Connection) -> list[str]:
            return [self._body(connection, key) for key in keys]

        return await self._writer.submit(work)

    def _body(self, connection: sqlite3.Connection, key: RowKey) -> str:
        query = "SELECT * FROM outcome WHERE item = ? AND position = ?"
        with damage_named(self._path):
            row = connection.execute(query, key).fetchone()
        if row is None:
            raise damaged(self._path, f"row {key.position} of item {key.item} is missing")
        require_sound(self._path, row, "outcome")
        return str(row[10])

    async def record_shard(
        self,
        shard: Shard,
        decided: int,
        *,
        full: Sequence[RowKey] = (),
        totals: str = "{}",
        known: Sequence[KnownRow] = (),
    ) -> None:
        """Record a shard whose file is whole on disk.

        Of a `full` one the rows leave run.db; `totals` and what accepted ones are `known` by stay
        in their place.

        Raises:
            StorageError: it could not be written.
        """
        row = checked((*shard, decided, totals))
        found_by = checked((shard.number, *pack_rows(known)))

        def work(connection: sqlite3.Connection) -> None:
            connection.execute(_INSERT_SHARD, row)
            if full and shard.kind == "accepted":
                connection.execute(_INSERT_KNOWN, found_by)
            connection.executemany("DELETE FROM outcome WHERE item = ? AND position = ?", full)
            connection.execute("DELETE FROM item WHERE i < ?", (decided,))

        await self._writer.submit(work)

    async def flush(self) -> None:
        """Return once everything is on disk.

        Raises:
            StorageError: a write failed.
        """
        await self._writer.flush()

    async def _write_spending(self) -> None:
        await self._writer.submit(self._books.writing())

    async def close(self) -> None:
        """Write what waits and close run.db; a checksum beside it says that it is at rest."""
        with suppress(StoppingError):
            self._writer.post(self._books.writing(last=True))
        self.known.close()
        if await self._writer.close():
            with suppress(StorageError, OSError):
                write_database_sum(self._layout)


def open_store(
    layout: RunLayout,
    identity: str,
    *,
    keep_calls: bool,
    offline: bool = False,
    reserve_mb: int = RESERVE_MB,
    budget: BudgetSettings = NO_BUDGET,
) -> RunStore:
    """The store in run.db, which is made where it is missing.

    Raises:
        RunDirectoryError: run.db is damaged or belongs to another run.
        StorageError: it cannot be opened or written.
    """
    remove_database_sum(layout)
    connection = open_database(layout, identity)
    try:
        return RunStore(
            layout,
            connection,
            keep_calls=keep_calls,
            offline=offline,
            reserve_mb=reserve_mb,
            budget=budget,
        )
    except BaseException:
        connection.close()
        raise


def database_digest(layout: RunLayout) -> str:
    """SHA-256 of run.db.

    Raises:
        OSError: it cannot be read.
    """
    with layout.database.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sum_text(digest: str) -> str:
    """The line that `sha256sum --check` reads, and a comment that tells whether it is whole."""
    check = hashlib.sha256(digest.encode("ascii")).hexdigest()
    return f"{digest}  run.db\n# {check}\n"


def write_database_sum(layout: RunLayout) -> None:
    """Say of a closed run.db what it holds.

    Raises:
        OSError: run.db cannot be read.
        StorageError: the checksum could not be written.
    """
    write_atomically(layout.database_sum, [sum_text(database_digest(layout))])


def remove_database_sum(layout: RunLayout) -> None:
    """Forget the checksum before run.db changes.

    Raises:
        StorageError: it could not be removed.
    """
    try:
        layout.database_sum.unlink(missing_ok=True)
        disk.sync_folder(layout.root)
    except OSError as error:
        raise StorageError(
            f"cannot remove {str(layout.database_sum)!r}: {error.strerror}"
        ) from error
