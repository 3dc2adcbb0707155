"""What endpoints failed in a run, counted by endpoint and code; in run.db, and in no row.

A fault that passed leaves no trace in what a run makes, so this is where a person sees that a night
was lost to HTTP 429, or that an endpoint was down.
"""

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from button.canonical import canonical_json, parse_json_strict
from button.models.events import CallEvent, EventSink
from button.run.database import damage_named, damaged, require_sound

FAULTS = "faults"
"""Key in table `meta`."""
DOWN = "down"
"""Code of an outage: calls had to wait until the endpoint answered a probe."""


class FaultCount(NamedTuple):
    """One kind of failure of one endpoint."""

    endpoint: str
    """Model and address."""
    code: str
    """As `button.models.faults` names it, or DOWN."""
    times: int
    text: str
    """What was said the last time."""


class FaultCounts:
    """Counts while a run goes on, from what earlier processes counted."""

    def __init__(self, earlier: Iterable[FaultCount] = ()) -> None:
        self._counts = {(each.endpoint, each.code): each for each in earlier}
        self._changed = False

    def listening(self, other: EventSink | None) -> EventSink:
        """A sink for events that counts, and hands each on to another that was there before."""

        def hear(event: CallEvent) -> None:
            self.count(event)
            if other is not None:
                other(event)

        return hear

    def count(self, event: CallEvent) -> None:
        """Count an event, if it is a failure or the beginning of an outage."""
        code = {"fault": event.code, "circuit_open": DOWN}.get(event.kind)
        if code is None:
            return
        found = self._counts.get((event.endpoint, code))
        times = found.times + 1 if found else 1
        self._counts[event.endpoint, code] = FaultCount(event.endpoint, code, times, event.text)
        self._changed = True

    def changes(self) -> str | None:
        """All counts as one value to write down, or None where it was asked for since the last."""
        if not self._changed:
            return None
        self._changed = False
        return canonical_json(sorted(self._counts.values()))


def read_faults(path: Path, connection: sqlite3.Connection) -> list[FaultCount]:
    """What run.db at `path` says of failed attempts, the most frequent of each endpoint first.

    Raises:
        RunDirectoryError: run.db is damaged.
    """
    with damage_named(path):
        told = connection.execute("SELECT * FROM meta WHERE key = ?", (FAULTS,)).fetchone()
    if told is None:
        return []
    require_sound(path, told, "meta")
    try:
        listed: Any = parse_json_strict(told[1])
        found = [FaultCount(*each) for each in listed]
    except (ValueError, TypeError):
        raise damaged(path, "its failed attempts cannot be read") from None
    return sorted(found, key=lambda each: (each.endpoint, -each.times, each.code))
