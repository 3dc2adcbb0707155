"""What a run has spent, in run.db: written in the transaction that journals what it bought.

Each role has its sums twice: what was spent, and what is set aside for attempts under way. What a
process that was killed had set aside counts as spent by the next: it may have been billed.
"""

import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from button.models.budget import BudgetMeter, RoleAccount
from button.models.prices import PICODOLLARS
from button.models.spending import Spent, total
from button.run.database import damage_named, damaged, reading_database, require_sound
from button.run.fault_counts import FAULTS, FaultCounts
from button.run.layout import RunLayout
from button.run.row_check import checked

SECONDS = "seconds"
TIME_EVERY_S = 1.0
"""Working time that a process which is killed may forget."""
LARGEST = 2**63 - 1
"""That a row can hold; sums without a budget may be absurd, but not wrong in sign."""
_PUT_SUM = "INSERT OR REPLACE INTO spent VALUES (?,?,?,?,?,?,?,?,?,?,?)"
_PUT_META = "INSERT OR REPLACE INTO meta VALUES (?,?,?)"


class Spending(NamedTuple):
    """What a run has spent over all its invocations."""

    roles: Mapping[str, Spent]
    """By role; `probe` are the calls that ask whether an endpoint is back."""
    seconds: float
    """Working time."""

    @property
    def all(self) -> Spent:
        """The sum over all roles."""
        return total(self.roles.values())

    def to_json(self) -> dict[str, Any]:
        """As commands print it with `--json`."""
        parts = {role: _shown(spent) for role, spent in self.roles.items()}
        return {"seconds": round(self.seconds, 3), "total": _shown(self.all), "roles": parts}


def read_spending(path: Path, connection: sqlite3.Connection) -> Spending:
    """What run.db at `path` says was spent; what was set aside and never settled counts.

    Raises:
        RunDirectoryError: run.db is damaged.
    """
    roles: dict[str, Spent] = {}
    with damage_named(path):
        rows = connection.execute("SELECT * FROM spent ORDER BY role, state").fetchall()
        told = connection.execute("SELECT * FROM meta WHERE key = ?", (SECONDS,)).fetchone()
    for row in rows:
        require_sound(path, row, "spent")
        role, state, part = row[0], row[1], Spent(*row[2:-1])
        if state == "reserved":
            part = part._replace(estimated=part.requests)
        roles[role] = roles.get(role, Spent()).plus(part)
    if told is None:
        return Spending(roles, 0.0)
    require_sound(path, told, "meta")
    try:
        return Spending(roles, float(told[1]))
    except ValueError:
        raise damaged(path, f"seconds are {told[1]!r}") from None


def spending_of(layout: RunLayout) -> Spending:
    """What a run on disk has spent.

    Raises:
        RunDirectoryError: run.db is missing or damaged.
        StorageError: it cannot be read.
    """
    with reading_database(layout) as connection:
        return read_spending(layout.database, connection)


class Books:
    """Writes down what a meter and a count of faults say, beside whatever else is written."""

    def __init__(self, meter: BudgetMeter, faults: FaultCounts) -> None:
        self._meter = meter
        self._faults = faults
        self._seconds = 0.0

    def writing(self, *, last: bool = False) -> Callable[[sqlite3.Connection], None]:
        """The statements that write what has changed up to now."""
        changes, seconds = self._meter.changes(), self._meter.seconds
        faults = self._faults.changes()
        due = last or seconds - self._seconds >= TIME_EVERY_S
        if due:
            self._seconds = seconds

        def write(connection: sqlite3.Connection) -> None:
            if changes:
                connection.executemany(_PUT_SUM, [row for each in changes for row in _rows(each)])
            if due:
                connection.execute(_PUT_META, checked((SECONDS, f"{seconds:.3f}")))
            if faults is not None:
                connection.execute(_PUT_META, checked((FAULTS, faults)))

        return write


def _rows(account: RoleAccount) -> list[tuple[Any, ...]]:
    parts = (("reserved", account.reserved), ("spent", account.spent))
    return [
        checked((account.role, state, *(min(value, LARGEST) for value in part)))
        for state, part in parts
    ]


def _shown(spent: Spent) -> dict[str, Any]:
    values = spent._asdict()
    return {"usd": values.pop("picodollars") / PICODOLLARS, **values}
