"""Group commit: whatever waits to be written goes into one transaction, off the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from button.errors import StoppingError, StorageError

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]
"""Statements of one write; all work of a batch shares a transaction."""


class _Pending(NamedTuple):
    work: Work
    done: asyncio.Future[Any] | None


class GroupWriter:
    """The only user of a connection, from one background task and one thread.

    While one transaction is under way, new work gathers for the next, so the number of disk
    syncs follows the speed of the disk and not the number of writes. Before each transaction
    `check` may refuse it with a ButtonError.
    """

    def __init__(self, connection: sqlite3.Connection, check: Callable[[], None]) -> None:
        self._connection = connection
        self._check = check
        self._pending: list[_Pending] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._failure: StoppingError | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="run-db")
        self._task = asyncio.create_task(self._drain(), name="run-db")

    @property
    def backlog(self) -> int:
        """Number of writes that wait."""
        return len(self._pending)

    def post(self, work: Work) -> None:
        """Write soon; a failure shows at the next call.

        Raises:
            StorageError: an earlier write failed.
        """
        self._add(_Pending(work, None))

    async def submit(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Write, and return what `work` gave once its transaction is on disk.

        Raises:
            StorageError: this or an earlier write failed.
        """
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._add(_Pending(work, done))
        return await done

    async def flush(self) -> None:
        """Return once everything posted so far is on disk.

        Raises:
            StorageError: a write failed.
        """
        await self.submit(lambda _: None)

    async def close(self) -> bool:
        """Write what waits and close the connection; returns whether all went well.

        Failures show at `submit`, not here.
        """
        self._closing = True
        self._wake.set()
        await asyncio.wait([self._task])
        self._thread.shutdown()
        if self._failure is None:
            self._connection.close()
        else:
            _close_untouched(self._connection)
        return self._failure is None

    def _add(self, pending: _Pending) -> None:
        if self._failure is not None:
            raise type(self._failure)(str(self._failure)) from self._failure
        self._pending.append(pending)
        self._wake.set()

    async def _drain(self) -> None:
        loop = asyncio.get_running_loop()
        while not (self._closing and not self._pending):
            await self._wake.wait()
            self._wake.clear()
            batch, self._pending = self._pending, []
            if not batch:
                continue
            try:
                works = [entry.work for entry in batch]
                results = await loop.run_in_executor(self._thread, self._commit, works)
            except StoppingError as error:
                self._fail(batch, error)
                return
            except sqlite3.Error as error:
                self._fail(batch, StorageError(f"cannot write run.db: {error}"))
                return
            except BaseException:
                self._fail(batch, StorageError("cannot write run.db: the writer was stopped"))
                raise
            for entry, result in zip(batch, results, strict=True):
                if entry.done is not None and not entry.done.done():
                    entry.done.set_result(result)

    def _commit(self, works: Sequence[Work]) -> list[Any]:
        self._check()
        return _commit(self._connection, works)

    def _fail(self, batch: Sequence[_Pending], failure: StoppingError) -> None:
        # Nothing after a failed write may count as written, so the writer ends here for good.
        self._failure = failure
        waiting, self._pending = [*batch, *self._pending], []
        for entry in waiting:
            if entry.done is not None and not entry.done.done():
                entry.done.set_exception(failure)


def _commit(connection: sqlite3.Connection, works: Sequence[Work]) -> list[Any]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [work(connection) for work in works]
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    return results


def _close_untouched(connection: sqlite3.Connection) -> None:
    """Close without the checkpoint that SQLite makes when the last connection goes.

    After a failed write or sync nothing more is to be tried on these files; the log is read when
    the run is continued. A connection that only reads is the last one instead.
    """
    name = connection.execute("PRAGMA database_list").fetchone()[2]
    with suppress(sqlite3.Error):
        reader = sqlite3.connect(f"{Path(name).as_uri()}?mode=ro", uri=True)
        with suppress(sqlite3.Error):
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        connection.close()
        reader.close()
        return
    connection.close()
