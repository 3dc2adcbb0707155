"""The journal of model responses in run.db.

Responses of endpoints are on disk before anything uses them, so what was paid for is never asked
again: to resume is to run the same deterministic program with the journaled answers. They stay when
their item is done, so that a run can be replayed, until a person prunes them. Responses of
procedural models are free and deterministic, so storing them would cost time and disk and save
nothing; they are kept only on request (`keep_calls`), and then with the item they belong to.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from button.canonical import canonical_json, parse_json_strict
from button.errors import RecordingError
from button.models.journal import divergence
from button.run.row_check import checked
from button.run.writer import GroupWriter, Work

_INSERT = "INSERT OR IGNORE INTO call VALUES (?,?,?,?,?,?)"
_UNFINISHED = "SELECT * FROM call WHERE item >= ? AND item NOT IN (SELECT i FROM item)"
_RECORDED = "SELECT step, role, request_hash, response FROM recorded WHERE item = ?"

CallRow = tuple[int, str, str, str, str]
"""Item, step, role, request hash, response: a call without the checksum of its row."""


class _Call(NamedTuple):
    role: str
    request_hash: str
    response: str


def unfinished_calls(connection: sqlite3.Connection, decided: int) -> list[tuple[Any, ...]]:
    """The rows of calls of items that have not ended; all below `decided` have."""
    return connection.execute(_UNFINISHED, (decided,)).fetchall()


def insert_calls(connection: sqlite3.Connection, rows: Sequence[CallRow]) -> None:
    """Write calls."""
    connection.executemany(_INSERT, map(checked, rows))


class CallJournal:
    """The journal that a run offers to its models (`button.models.journal.Journal`).

    Only calls of unfinished items are in memory: those that an earlier process left, and those of
    the items in flight. Responses `recorded` by another run are used where the request is the same;
    `offline` there is nothing else.
    """

    def __init__(
        self,
        writer: GroupWriter,
        earlier: Iterable[tuple[Any, ...]],
        *,
        keep_calls: bool,
        recorded: bool,
        offline: bool,
        spending: Callable[[], Work] = lambda: _nothing,
    ) -> None:
        """`spending` gives the statements that write what responses have cost up to now."""
        # What is free to make is not looked up in a recording, so it need not be in it.
        self.keep_calls = keep_calls and not offline
        self.recorded = recorded
        self._offline = offline
        self._spending = spending
        self._writer = writer
        self._calls: dict[int, dict[str, _Call]] = {}
        self._of_others: dict[int, dict[str, _Call]] = {}
        self._unwritten: dict[int, list[CallRow]] = {}
        for item, step, role, request_hash, response, _ in earlier:
            call = _Call(role, request_hash, response)
            self._calls.setdefault(item, {})[step] = call

    async def begin(self, item: int) -> None:
        """Have the recorded responses of an item at hand.

        Raises:
            StorageError: run.db cannot be read.
        """
        if self.recorded:
            rows = await self._writer.submit(
                lambda connection: connection.execute(_RECORDED, (item,)).fetchall()
            )
            self._of_others[item] = {row[0]: _Call(*row[1:]) for row in rows}

    def of_item(self, item: int) -> dict[str, tuple[str, dict[str, Any]]]:
        """Request hash and response of each journaled step of an unfinished item."""
        calls = self._calls.get(item, {})
        return {step: (call.request_hash, _parsed(call)) for step, call in calls.items()}

    def lookup(self, item: int, step: str, request_hash: str) -> dict[str, Any] | None:
        """The response journaled for this step, or None.

        Raises:
            RunDirectoryError: the step was journaled for another request.
            RecordingError: there is nothing but a recording, and it lacks this call.
        """
        call = self._calls.get(item, {}).get(step)
        if call is None:
            call = self._recorded_call(item, step, request_hash)
        elif call.request_hash != request_hash:
            raise divergence(item, step, call.request_hash, request_hash)
        if call is None:
            return None
        return _parsed(call)

    def _recorded_call(self, item: int, step: str, request_hash: str) -> _Call | None:
        call = self._of_others.get(item, {}).get(step)
        if call is not None and call.request_hash == request_hash:
            self._calls.setdefault(item, {})[step] = call
            self._unwritten.setdefault(item, []).append((item, step, *call))
            return call
        if self._offline:
            lack = (
                "is not in the recording"
                if call is None
                else f"was recorded for request {call.request_hash[:12]} and is now asked with "
                f"{request_hash[:12]}: the recording was made with other prompts or code"
            )
            raise RecordingError(f"replay: item {item}, step {step!r} {lack}")
        return None

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
            spending = self._spending()

            def work(connection: sqlite3.Connection) -> None:
                insert_calls(connection, [row])
                # With the response in one transaction: a crash loses both, and counts none twice.
                spending(connection)

            await self._writer.submit(work)
            self._calls.setdefault(item, {})[step] = call
        else:
            self._unwritten.setdefault(item, []).append(row)

    def settle(self, item: int) -> list[CallRow]:
        """Forget a finished item; returns its calls that are still to be written with it."""
        self._calls.pop(item, None)
        self._of_others.pop(item, None)
        return self._unwritten.pop(item, [])


def _parsed(call: _Call) -> dict[str, Any]:
    response: Any = parse_json_strict(call.response)
    return dict(response)


def _nothing(connection: sqlite3.Connection) -> None:
    """Outside a run nothing is spent."""
