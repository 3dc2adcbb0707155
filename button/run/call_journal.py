"""The journal of model responses in run.db.

Responses of endpoints are on disk before anything uses them, so what was paid for is never asked
again: to resume is to run the same deterministic program with the journaled answers. Responses of
procedural models are free and deterministic, so storing them would cost time and disk and save
nothing; they are kept only on request (`keep_calls`), and then with the item they belong to.
"""

import sqlite3
from collections.abc import Sequence
from typing import Any, NamedTuple

from button.canonical import canonical_json, parse_json_strict
from button.errors import RunDirectoryError
from button.run.writer import GroupWriter

_INSERT = "INSERT OR IGNORE INTO call VALUES (?,?,?,?,?)"
_UNFINISHED = """
SELECT item, step, role, request_hash, response FROM call WHERE item NOT IN (SELECT i FROM item)
"""

CallRow = tuple[int, str, str, str, str]
"""Item, step, role, request hash, response: a row of the table `call`."""


class _Call(NamedTuple):
    role: str
    request_hash: str
    response: str


def unfinished_calls(connection: sqlite3.Connection) -> list[CallRow]:
    """The calls of items that have not ended."""
    return connection.execute(_UNFINISHED).fetchall()


def insert_calls(connection: sqlite3.Connection, rows: Sequence[CallRow]) -> None:
    """Write calls."""
    connection.executemany(_INSERT, rows)


class CallJournal:
    """The journal that a run offers to its models (`button.models.journal.Journal`).

    Only calls of unfinished items are in memory: those that an earlier process left, and those of
    the items in flight.
    """

    def __init__(
        self, writer: GroupWriter, earlier: Sequence[CallRow], *, keep_calls: bool
    ) -> None:
        self.keep_calls = keep_calls
        self._writer = writer
        self._calls: dict[int, dict[str, _Call]] = {}
        self._unwritten: dict[int, list[CallRow]] = {}
        for item, step, role, request_hash, response in earlier:
            call = _Call(role, request_hash, response)
            self._calls.setdefault(item, {})[step] = call

    def lookup(self, item: int, step: str, request_hash: str) -> dict[str, Any] | None:
        """The response journaled for this step, or None.

        Raises:
            RunDirectoryError: the step was journaled for another request.
        """
        call = self._calls.get(item, {}).get(step)
        if call is None:
            return None
        if call.request_hash != request_hash:
            raise RunDirectoryError(
                f"replay divergence: item {item}, step {step!r} ({call.role}) was journaled for "
                f"request {call.request_hash[:12]} and is now asked with {request_hash[:12]}; the "
                "program that began this run built its prompts otherwise"
            )
        response: Any = parse_json_strict(call.response)
        return dict(response)

    async def commit(
        self,
        item: int,
        step: str,
        request_hash: str,
        role: str,
        response: dict[str, Any],
        *,
        durable: bool,
    ) -> None:
        """Journal a response; with `durable` it is on disk when this returns.

        Raises:
            StorageError: it could not be written.
            ValueError: the response is no canonical JSON.
        """
        if not (durable or self.keep_calls):
            return
        call = _Call(role, request_hash, canonical_json(response))
        row = (item, step, *call)
        if durable:
            await self._writer.submit(lambda connection: insert_calls(connection, [row]))
            self._calls.setdefault(item, {})[step] = call
        else:
            self._unwritten.setdefault(item, []).append(row)

    def settle(self, item: int) -> list[CallRow]:
        """Forget a finished item; returns its calls that are still to be written with it."""
        self._calls.pop(item, None)
        return self._unwritten.pop(item, [])
