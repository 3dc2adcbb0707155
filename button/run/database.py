"""run.db: the tables, and how they are opened.

SQLite with a write-ahead log and synchronous=FULL: a committed transaction outlives the process and
a power cut. There is one writer connection, and only it makes checkpoints. Each row ends with a
checksum over its values (`button.run.row_check`).
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from button.errors import RunDirectoryError, StorageError
from button.run.file_systems import locks_are_unsafe
from button.run.layout import FILE_MODE, RunLayout
from button.run.row_check import checked, is_sound

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL, crc INTEGER NOT NULL) WITHOUT ROWID;
-- items that have ended, unless they are below `shard.decided`
CREATE TABLE item (i INTEGER PRIMARY KEY, rows INTEGER NOT NULL, crc INTEGER NOT NULL);
-- their rows in the order of the item, until they stand in a full shard
CREATE TABLE outcome (
    item INTEGER NOT NULL,
    position INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    code TEXT,
    digest BLOB,
    strategy TEXT,
    turns INTEGER NOT NULL,
    calls INTEGER NOT NULL,
    parallel_turns INTEGER NOT NULL,
    near BLOB,
    body TEXT NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (item, position)
);
-- the journal of model responses
CREATE TABLE call (
    item INTEGER NOT NULL,
    step TEXT NOT NULL,
    role TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    response TEXT NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (item, step)
);
-- sums of what each role spent, and of what is set aside for its attempts under way
CREATE TABLE spent (
    role TEXT NOT NULL,
    state TEXT NOT NULL,
    requests INTEGER NOT NULL,
    answers INTEGER NOT NULL,
    read INTEGER NOT NULL,
    written INTEGER NOT NULL,
    picodollars INTEGER NOT NULL,
    estimated INTEGER NOT NULL,
    clamped INTEGER NOT NULL,
    unpriced INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (role, state)
);
-- responses taken over from another run; those that an item asks for move to `call`
CREATE TABLE recorded (
    item INTEGER NOT NULL,
    step TEXT NOT NULL,
    role TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    response TEXT NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (item, step)
);
-- shards that are whole on disk; the last one of a kind may be short and is written again
CREATE TABLE shard (
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    decided INTEGER NOT NULL, -- all items below had been decided when it was written
    totals TEXT NOT NULL,     -- of a full one: what its rows count
    crc INTEGER NOT NULL,
    PRIMARY KEY (kind, number)
);
-- of full shards of accepted rows: what the files are made of in which duplicates are looked up
CREATE TABLE known (
    shard INTEGER PRIMARY KEY,
    first BLOB NOT NULL, -- first messages
    near BLOB NOT NULL,  -- signatures of requests
    crc INTEGER NOT NULL
);
"""
TABLES = ("meta", "item", "outcome", "call", "recorded", "spent", "shard", "known")


def open_database(layout: RunLayout, identity: str) -> sqlite3.Connection:
    """The writer connection to run.db, which is made where it is missing.

    It begins and ends transactions by explicit statements only, and may move between threads as
    long as one uses it at a time.

    Raises:
        RunDirectoryError: the file is damaged or belongs to another run.
        StorageError: it cannot be opened or written.
    """
    name = str(layout.database)
    try:
        # Made here so that the file, its log and its index are the owner's only from the start.
        os.close(os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, FILE_MODE))
    except OSError as error:
        raise StorageError(f"cannot open {name!r}: {error.strerror}") from error
    connection = sqlite3.connect(name, isolation_level=None, check_same_thread=False)
    try:
        with damage_named(layout.database):
            _prepare(connection, identity, layout)
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def reading_database(layout: RunLayout) -> Iterator[sqlite3.Connection]:
    """A connection to run.db that changes nothing, beside a writer or without one.

    Raises:
        RunDirectoryError: the file is missing or damaged.
        StorageError: it cannot be read; on a read-only disk a run that was killed cannot be.
    """
    if not layout.database.exists():
        raise RunDirectoryError(f"{str(layout.database)!r} is missing")
    # Without a log nothing is under way, and `immutable` needs no helper files beside it.
    mode = "mode=ro" if layout.database_log.exists() else "mode=ro&immutable=1"
    uri = f"{layout.database.resolve().as_uri()}?{mode}"
    with damage_named(layout.database):
        connection = sqlite3.connect(uri, uri=True, isolation_level=None)
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Reading run.db at `path`: what SQLite finds is raised as what it means to a person.

    Raises:
        RunDirectoryError: the file is damaged.
        StorageError: it cannot be read or written.
    """
    name = str(path)
    try:
        yield
    except sqlite3.OperationalError as error:
        if "decode" in str(error) or "no such" in str(error):
            raise damaged(path, str(error)) from error
        raise StorageError(f"cannot open {name!r}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise damaged(path, str(error)) from error


def damaged(path: Path, how: str) -> RunDirectoryError:
    """The error for a damaged run.db at `path`."""
    return RunDirectoryError(
        f"{str(path)!r} is damaged ({how}); the shards can still be read, and `button verify` "
        "says which are whole; to go on, restore the file from a copy or begin a new run"
    )


def require_sound(path: Path, row: tuple[str | int | bytes | None, ...], table: str) -> None:
    """Refuse a row that does not fit its checksum.

    Raises:
        RunDirectoryError: it does not.
    """
    if not is_sound(row):
        raise damaged(path, f"a row of table {table!r} differs from its checksum")


def _prepare(connection: sqlite3.Connection, identity: str, layout: RunLayout) -> None:
    if locks_are_unsafe(layout.root):
        # Without shared memory, so that no other machine's view of it matters.
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables == 0:
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA}")
        connection.execute("INSERT INTO meta VALUES (?,?,?)", checked(("identity", identity)))
        connection.execute("COMMIT")
        return
    found = connection.execute("SELECT * FROM meta WHERE key = 'identity'").fetchone()
    if found is not None:
        require_sound(layout.database, found, "meta")
    if found is None or found[1] != identity:
        raise RunDirectoryError(
            f"{str(layout.database)!r} belongs to another run than the run.json beside it"
        )
