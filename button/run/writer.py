"""Group commit: whatever waits to be written goes into one transaction, off the event loop."""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple, TypeVar

from button.errors import StorageError

T = TypeVar("T")
Work = Callable[[sqlite3.Connection], Any]
"""Statements of one write; all work of a batch shares a transaction."""


class _Pending(NamedTuple):
    work: Work
    done: asyncio.Future[Any] | None


class GroupWriter:
    """The only user of a connection, from one background task and one thread.

    While one transaction is under way, new work gathers for the next, so the number of disk
    syncs follows the speed of the disk and not the number of writes.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._pending: list[_Pending] = []
        self._wake = asyncio.Event()
        self._closing = False
        self._failure: Exception | None = None
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

    async def close(self) -> None:
        """Write what waits and close the connection. Failures show at `submit`, not here."""
        self._closing = True
        self._wake.set()
        await asyncio.wait([self._task])
        self._thread.shutdown()
        self._connection.close()

    def _add(self, pending: _Pending) -> None:
        if self._failure is not None:
            raise StorageError(str(self._failure)) from self._failure
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
                results = await loop.run_in_executor(
                    self._thread, _commit, self._connection, [entry.work for entry in batch]
                )
            except sqlite3.Error as error:
                self._fail(batch, StorageError(f"cannot write run.db: {error}"))
                return
            except BaseException:
                self._fail(batch, StorageError("cannot write run.db: the writer was stopped"))
                raise
            for entry, result in zip(batch, results, strict=True):
                if entry.done is not None and not entry.done.done():
                    entry.done.set_result(result)

    def _fail(self, batch: Sequence[_Pending], failure: StorageError) -> None:
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
