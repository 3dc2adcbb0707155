"""What a run is doing: from run.db where that can be read, else from its manifest alone."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, fields
from typing import Any

from button.errors import ButtonError
from button.run.database import damage_named, reading_database
from button.run.fault_counts import FaultCount, read_faults
from button.run.header import read_header
from button.run.layout import RunLayout
from button.run.lock import holder_of
from button.run.manifest import read_manifest
from button.run.plan import near_policy
from button.run.spending import Spending, read_spending
from button.run.state import known_rows, sealed_part, settled_items, unsealed_rows
from button.run.summary import RunSummary

STOPPED = "stopped"
CONTINUES = frozenset(
    {STOPPED, "interrupted", "failed", "incomplete:budget", "incomplete:outage", "begun"}
)
"""States in which `button resume` has something left to do; `exhausted` and `runaway` are ends."""


@dataclass(frozen=True, kw_only=True)
class RunStatus:
    """A look at a run."""

    run: str
    state: str
    """As in MANIFEST.json; `stopped` where it says `running` and no process is, `begun` where
    there is no manifest yet."""
    held_by: str | None
    """The process that works on it."""
    accepted: int
    rejected: dict[str, int]
    items: int
    """Items decided."""
    waiting: int
    """Items that are settled and wait for lower ones."""
    in_flight: int
    """Items that were begun and have journaled responses, but no end yet."""
    count: int | None
    acceptance: float | None
    """Accepted share of all rows decided."""
    calls: int | None
    """Responses in the journal."""
    recorded: int | None
    """Responses taken over from another run that nothing has asked for yet."""
    spending: Spending | None
    """What endpoints were paid, by role, and the working time."""
    faults: list[FaultCount]
    """Attempts that endpoints failed, and how often they were down."""
    error: str
    """What stopped it last."""
    source: str
    """`run.db`, or `MANIFEST.json` with the reason why run.db was not read."""

    @property
    def can_continue(self) -> bool:
        """Whether `button resume` has something to do."""
        return self.held_by is None and self.state in CONTINUES

    def to_json(self) -> dict[str, Any]:
        """As `button status --json` prints it."""
        told = {each.name: getattr(self, each.name) for each in fields(self)}
        spending = told.pop("spending")
        return told | {
            "spent": spending.to_json() if spending else None,
            "faults": [each._asdict() for each in self.faults],
            "can_continue": self.can_continue,
        }


@dataclass(frozen=True, kw_only=True)
class _Live:
    summary: RunSummary
    waiting: int
    in_flight: int
    calls: int
    recorded: int
    spending: Spending
    faults: list[FaultCount]


def status_of(layout: RunLayout) -> RunStatus:
    """Look at a run, whether a process works on it or not; nothing is written.

    Raises:
        RunDirectoryError: it is no run, or run.json is damaged.
    """
    header = read_header(layout)
    held_by = holder_of(layout.lock)
    summary, state = _of_manifest(layout, header["count"])
    live: _Live | None = None
    source = "run.db"
    try:
        live = _of_database(layout, header)
    except ButtonError as error:
        source = f"MANIFEST.json ({error})"
    if state == "running" and held_by is None:
        state = STOPPED
    shown = live.summary if live else summary
    decided = shown.accepted + shown.rejected_total
    return RunStatus(
        run=str(layout.root),
        state=state,
        held_by=held_by,
        accepted=shown.accepted,
        rejected=dict(shown.rejected),
        items=shown.items,
        waiting=live.waiting if live else 0,
        in_flight=live.in_flight if live else 0,
        count=header["count"],
        acceptance=shown.accepted / decided if decided else None,
        calls=live.calls if live else None,
        recorded=live.recorded if live else None,
        spending=live.spending if live else None,
        faults=live.faults if live else [],
        error=summary.error,
        source=source,
    )


def _of_manifest(layout: RunLayout, count: int | None) -> tuple[RunSummary, str]:
    if not layout.manifest.exists():
        return RunSummary(count=count), "begun"
    summary = RunSummary.from_manifest(read_manifest(layout))
    return summary, summary.ended


def _of_database(layout: RunLayout, header: Mapping[str, Any]) -> _Live:
    path, count = layout.database, header["count"]
    with reading_database(layout) as connection:
        # One transaction, so that a run in progress shows one moment of it.
        with damage_named(path):
            connection.execute("BEGIN")
        sealed = sealed_part(path, connection)
        tally, settled = sealed.tally, 0
        with closing(known_rows(layout, connection, sealed, make=False)) as known:
            gate = sealed.gate(count, near_policy(header["configuration"]), known)
            tally.add(gate.replay(unsealed_rows(path, connection, sealed.decided)))
            for item, facts in settled_items(path, connection, sealed.decided):
                settled += 1
                tally.add(gate.settle(item, facts))
        decided = gate.items - sealed.decided
        return _Live(
            summary=tally.summary(items=gate.items, count=count),
            waiting=max(0, settled - decided),
            in_flight=_number(connection, _IN_FLIGHT, sealed.decided),
            calls=_number(connection, "SELECT count(*) FROM call"),
            recorded=_number(connection, "SELECT count(*) FROM recorded"),
            spending=read_spending(path, connection),
            faults=read_faults(path, connection),
        )


_IN_FLIGHT = """
SELECT count(DISTINCT item) FROM call WHERE item >= ? AND item NOT IN (SELECT i FROM item)
"""


def _number(connection: sqlite3.Connection, query: str, *values: int) -> int:
    return int(connection.execute(query, values).fetchone()[0])
