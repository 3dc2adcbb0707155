"""Runs made from what other runs recorded: replays, forks, and the removal of recordings."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from button.errors import InputError, RunDirectoryError, StorageError
from button.run.atomic_write import make_private_folder
from button.run.call_journal import CallRow
from button.run.cassette import Recording, open_cassette
from button.run.database import damage_named, open_database, reading_database, require_sound
from button.run.directory import refuse_strange
from button.run.header import header_of, read_header, write_header
from button.run.layout import RunLayout
from button.run.lock import exclusive
from button.run.plan import RunPlan
from button.run.row_check import checked
from button.run.store import remove_database_sum, write_database_sum
from button.run.stored_seeds import BUILT_IN, SEEDS, read_stored_seeds, store_seeds

_CALLS = """
SELECT * FROM call UNION ALL
SELECT * FROM recorded WHERE NOT EXISTS
    (SELECT 1 FROM call WHERE call.item = recorded.item AND call.step = recorded.step)
ORDER BY 1, 2
"""
_FINISHED = "item < (SELECT coalesce(max(decided), 0) FROM shard) OR item IN (SELECT i FROM item)"


@contextmanager
def open_recording(source: Path) -> Iterator[Recording]:
    """The recording in a run directory, or in a cassette where `source` is a file.

    Raises:
        InputError: the cassette is damaged or none.
        RunDirectoryError: the directory holds no run, or a damaged one.
    """
    if source.is_file():
        with open_cassette(source) as recording:
            yield recording
        return
    if not source.exists():
        raise InputError(f"{str(source)!r} is not there; a run directory or a cassette is needed")
    layout = RunLayout(source)
    header = read_header(layout)
    seeds = read_stored_seeds(layout, header["configuration"].get(SEEDS, BUILT_IN))
    with reading_database(layout) as connection:
        yield Recording(header, seeds, _calls(layout, connection))


def _calls(layout: RunLayout, connection: sqlite3.Connection) -> Iterator[CallRow]:
    with damage_named(layout.database):
        for row in connection.execute(_CALLS):
            require_sound(layout.database, row, "call")
            yield row[:-1]


def found_run(plan: RunPlan, calls: Iterable[CallRow]) -> int:
    """Begin the run of `plan` in a new directory, with responses recorded by another.

    run.json comes last, so that a directory without it was never a run. Returns how many responses
    were taken over.

    Raises:
        RunDirectoryError: the directory holds something.
        StorageError: it could not be written.
    """
    layout = RunLayout(plan.run_dir)
    if layout.header.exists():
        raise RunDirectoryError(
            f"{str(layout.root)!r} holds a run already; continue it with `button resume`, or "
            "choose another directory"
        )
    refuse_strange(layout)
    make_private_folder(layout.root)
    with exclusive(layout.lock):
        header = header_of(plan)
        layout.seeds.unlink(missing_ok=True)
        store_seeds(layout, plan.seeds)
        taken = _take_over(layout, str(header["identity"]), calls)
        write_header(layout, header)
    return taken


def _take_over(layout: RunLayout, identity: str, calls: Iterable[CallRow]) -> int:
    connection = open_database(layout, identity)
    try:
        with damage_named(layout.database):
            connection.execute("BEGIN IMMEDIATE")
            insert = "INSERT INTO recorded VALUES (?,?,?,?,?,?)"
            connection.executemany(insert, map(checked, calls))
            connection.execute("COMMIT")
            count: int = connection.execute("SELECT count(*) FROM recorded").fetchone()[0]
    except BaseException:
        connection.close()
        # Without run.json it would be refused as something strange.
        layout.database.unlink(missing_ok=True)
        raise
    connection.close()
    return count


def prune(layout: RunLayout) -> int:
    """Remove the responses of finished items from run.db and give their space back.

    Returns how many there were. The run can be continued as before; it can no longer be replayed.

    Raises:
        RunDirectoryError: another process works on it, or it is damaged.
        StorageError: run.db could not be written.
    """
    header = read_header(layout)
    with exclusive(layout.lock):
        remove_database_sum(layout)
        connection = open_database(layout, str(header["identity"]))
        try:
            with damage_named(layout.database):
                removed = connection.execute(f"DELETE FROM call WHERE {_FINISHED}").rowcount
                connection.execute("VACUUM")
        finally:
            connection.close()
        with suppress(OSError, StorageError):
            write_database_sum(layout)
    return removed
