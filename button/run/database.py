"""run.db: the tables, and how they are opened.

SQLite with a write-ahead log and synchronous=FULL: a committed transaction outlives the process and
a power cut. There is one writer connection, and only it makes checkpoints.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from button.errors import RunDirectoryError, StorageError
from button.run.layout import FILE_MODE, RunLayout

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
-- items that have ended
CREATE TABLE item (i INTEGER PRIMARY KEY);
-- their rows in the order of the item; the body goes once the row stands in a full shard
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
    body TEXT,
    PRIMARY KEY (item, position)
);
-- the journal of model responses
CREATE TABLE call (
    item INTEGER NOT NULL,
    step TEXT NOT NULL,
    role TEXT NOT NULL,
    request_hash TEXT NOT NULL,
    response TEXT NOT NULL,
    PRIMARY KEY (item, step)
);
-- shards that are whole on disk; the last one of a kind may be short and is written again
CREATE TABLE shard (
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    rows INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    PRIMARY KEY (kind, number)
) WITHOUT ROWID;
"""


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
            _prepare(connection, identity, name)
    except BaseException:
        connection.close()
        raise
    return connection


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
        raise StorageError(f"cannot open {name!r}: {error}") from error
    except sqlite3.DatabaseError as error:
        raise RunDirectoryError(f"{name!r} is damaged ({error}); begin a new run") from error


def _prepare(connection: sqlite3.Connection, identity: str, name: str) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if tables == 0:
        insert = f"INSERT INTO meta VALUES ('identity', '{identity}');"
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} {insert} COMMIT;")
        return
    found = connection.execute("SELECT value FROM meta WHERE key = 'identity'").fetchone()
    if found != (identity,):
        raise RunDirectoryError(f"{name!r} belongs to another run than the run.json beside it")
