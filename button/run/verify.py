"""Verifying a run: every file against its checksums, every row against what it must be."""

import hashlib
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any, NamedTuple

from button.canonical import content_hash, parse_json_strict
from button.errors import RunDirectoryError, StorageError
from button.run.database import TABLES, reading_database
from button.run.header import read_header
from button.run.layout import ROW_KINDS, RunLayout
from button.run.lock import holder_of
from button.run.manifest import read_manifest
from button.run.row_check import TextBytes, is_sound
from button.run.sorted_tables import TablesFile
from button.run.store import database_digest, sum_text
from button.run.stored_seeds import BUILT_IN, SEEDS, read_stored_seeds, seed_line

UNREADABLE = ("unable to open database file", "database is locked")
"""What SQLite says of a file that may be whole, but cannot be looked into from here."""
MAX_LINE = 64 << 20
"""Bytes of the longest line that is looked into."""


class Damage(NamedTuple):
    """Something of a run that is not as it was written."""

    file: str
    """Its name within the run directory."""
    what: str
    remedy: str
    """What to do."""

    def __str__(self) -> str:
        return f"{self.file}: {self.what}; {self.remedy}"


_AGAIN = "restore it from a copy, or begin a new run with the same settings"
_KNOWN = "remove it; `button resume` makes it again from run.db"


def verify(layout: RunLayout) -> list[Damage]:
    """Everything that is damaged; an empty list for a run that is whole.

    Raises:
        RunDirectoryError: the directory holds no run.
        StorageError: a file cannot be read.
    """
    if not layout.header.exists():
        read_header(layout)
    found = []
    header: dict[str, Any] | None = None
    try:
        header = read_header(layout)
    except RunDirectoryError as error:
        found.append(Damage("run.json", _without_path(error), _AGAIN))
    if header is not None:
        found += _seeds(layout, header)
    database = list(_database(layout))
    sound = not any(damage.file == layout.database.name for damage in database)
    remedies = _Remedies(layout, header, sound=sound)
    if layout.manifest.exists() or layout.shards.exists():
        try:
            manifest = read_manifest(layout)
        except RunDirectoryError as error:
            found.append(remedies.damage(layout.manifest.name, _without_path(error)))
        else:
            found += _shards(layout, manifest, remedies)
            if not database and holder_of(layout.lock) is None:
                found += _against_database(layout, manifest, remedies)
    return found + database + list(_known(layout))


def _known(layout: RunLayout) -> Iterator[Damage]:
    """Files in which rows are looked up; one that is missing is no damage."""
    for path in sorted(layout.known.glob("*.tables")):
        try:
            with closing(TablesFile(path)) as tables:
                tables.check()
        except FileNotFoundError:
            continue  # a run in progress has joined it with others
        except OSError as error:
            raise StorageError(f"cannot read {str(path)!r}: {error.strerror}") from error
        except RunDirectoryError:
            name = path.relative_to(layout.root).as_posix()
            yield Damage(name, "differs from its checksums", _KNOWN)


def _seeds(layout: RunLayout, header: Mapping[str, Any]) -> Iterator[Damage]:
    expected = header["configuration"].get(SEEDS, BUILT_IN)
    try:
        seeds = read_stored_seeds(layout, expected)
        if seeds is None:
            return
        text = layout.seeds.read_text(encoding="utf-8")
        if text != "".join(map(seed_line, seeds)):
            raise RunDirectoryError("differs from how it was written")
    except RunDirectoryError as error:
        yield Damage(layout.seeds.name, _without_path(error), "remove it and give the seeds again")


class _Remedies:
    """What to do about manifest and shards."""

    def __init__(self, layout: RunLayout, header: Mapping[str, Any] | None, *, sound: bool) -> None:
        """`header` is None, and run.db not `sound`, where they are damaged themselves."""
        self.full: int = header["shard_rows"] if header else 0
        """Rows of a full shard."""
        self._root = layout.root
        self._usable = header is not None and sound
        self._again = _written_again(layout, self.full) if self._usable else frozenset[str]()

    def damage(self, file: str, what: str) -> Damage:
        """The damage of a file with its remedy."""
        return Damage(file, what, self._of(file))

    def _of(self, file: str) -> str:
        if file in self._again:
            return f"`button resume {self._root}` writes it again from run.db"
        if not self._usable:
            return _AGAIN
        return (
            "restore it from a copy, or make the run again from its journal with "
            f"`button record replay {self._root} NEW`"
        )


def _written_again(layout: RunLayout, full: int) -> frozenset[str]:
    """The files that a continued run writes again; none where it will not be continued."""
    query = "SELECT kind, number, rows, bytes FROM shard"
    with reading_database(layout) as connection:
        recorded = connection.execute(query).fetchall()
    found = {layout.manifest.name}
    for kind, number, rows, size in recorded:
        path = layout.shard(kind, number)
        if rows < full:
            found.add(path.relative_to(layout.root).as_posix())
        elif not path.is_file() or path.stat().st_size != size:
            # Its rows are in it alone, so the run goes on only once it is there again.
            return frozenset()
    return frozenset(found)


def _shards(
    layout: RunLayout, manifest: Mapping[str, Any], remedies: _Remedies
) -> Iterator[Damage]:
    last: dict[str, tuple[int, int]] = {}
    seen: set[bytes] = set()
    for shard in manifest["shards"]:
        # A short shard of a run in progress may have grown; what is recorded is its head.
        may_grow = manifest["state"] == "running" and shard["rows"] < remedies.full
        what = _shard_damage(layout, shard, last, seen, may_grow=may_grow)
        if what:
            yield remedies.damage(shard["file"], what)
    for kind in ROW_KINDS:
        rows = sum(shard["rows"] for shard in manifest["shards"] if shard["kind"] == kind)
        totals = manifest["totals"]
        counted = totals["accepted"] if kind == "accepted" else sum(totals["rejected"].values())
        finished = manifest["state"] not in ("running", "failed")
        if finished and rows != counted:
            yield remedies.damage(
                layout.manifest.name, f"{counted} {kind} rows, shards hold {rows}"
            )


def _shard_damage(
    layout: RunLayout,
    shard: Mapping[str, Any],
    last: dict[str, tuple[int, int]],
    seen: set[bytes],
    *,
    may_grow: bool,
) -> str:
    """What is wrong with a shard: its bytes, or else its rows; empty where nothing is."""
    digest, size, rows, wrong = hashlib.sha256(), 0, 0, ""
    try:
        with (layout.root / shard["file"]).open("rb") as stream:
            while rows < shard["rows"] and (line := stream.readline(MAX_LINE)):
                digest.update(line)
                size += len(line)
                rows += 1
                wrong = wrong or _row_damage(line, rows, shard["kind"], last, seen)
            beyond = bool(stream.read(1)) and not may_grow
    except FileNotFoundError:
        return "missing"
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if digest.hexdigest() != shard["sha256"] or size != shard["bytes"] or beyond:
        sizes = "" if size == shard["bytes"] else f", {size} bytes long instead of {shard['bytes']}"
        return f"differs from its checksum{sizes}"
    return wrong


def _row_damage(
    line: bytes, number: int, kind: str, last: dict[str, tuple[int, int]], seen: set[bytes]
) -> str:
    try:
        row: Any = parse_json_strict(line.decode("utf-8"))
        seeds = row.get("seeds")
        if seeds is not None or kind == "accepted":
            place = (seeds["item"], seeds["variant"])
            if place < last.get(kind, place):
                return f"line {number}: out of order"
            last[kind] = place
        if kind == "accepted":
            body = {key: value for key, value in row.items() if key != "id"}
            if row["id"] != content_hash(body):
                return f"line {number}: its id is not that of its content"
            if (digest := bytes.fromhex(row["id"])) in seen:
                return f"line {number}: the same row stands twice"
            seen.add(digest)
    except (ValueError, KeyError, TypeError) as error:
        return f"line {number}: no row ({error})"
    return ""


def _database(layout: RunLayout) -> Iterator[Damage]:
    name = layout.database.name
    if not layout.database.exists():
        yield Damage(name, "missing", _AGAIN)
        return
    what = ""
    try:
        what = _content_damage(layout)
    except StorageError as error:
        if any(words in str(error) for words in UNREADABLE):
            raise
        what = _without_path(error)
    except (RunDirectoryError, sqlite3.Error, ValueError) as error:
        what = _without_path(error)
    if what:
        yield Damage(name, what, f"the shards can still be read; to continue, {_AGAIN}")
        return
    if not layout.database_sum.exists():
        return
    try:
        said = layout.database_sum.read_text(encoding="utf-8")
    except (OSError, ValueError):
        said = ""
    if said != sum_text(said[:64]):
        remedy = f"remove it, or `button resume {layout.root}` makes it again"
        yield Damage(layout.database_sum.name, "damaged", remedy)
    elif holder_of(layout.lock) is None and said != sum_text(database_digest(layout)):
        yield Damage(
            name,
            f"differs from {layout.database_sum.name}, although every row in it is whole",
            f"remove {layout.database_sum.name} to go on with it",
        )


def _content_damage(layout: RunLayout) -> str:
    with reading_database(layout) as connection:
        connection.execute("BEGIN")
        problem = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if problem != "ok":
            return " ".join(str(problem).split())
        connection.text_factory = TextBytes
        for table in TABLES:
            with closing(connection.execute(f"SELECT * FROM {table}")) as rows:
                for number, row in enumerate(rows, 1):
                    if not is_sound(row):
                        return f"row {number} of table {table!r} differs from its checksum"
    return ""


def _against_database(
    layout: RunLayout, manifest: Mapping[str, Any], remedies: _Remedies
) -> Iterator[Damage]:
    query = "SELECT kind, number, rows, bytes, sha256 FROM shard ORDER BY kind, number"
    with reading_database(layout) as connection:
        recorded = connection.execute(query).fetchall()
    listed = [
        (shard["kind"], int(shard["file"][-11:-6]), shard["rows"], shard["bytes"], shard["sha256"])
        for shard in manifest["shards"]
    ]
    if manifest["state"] != "running" and listed != recorded:
        yield remedies.damage(layout.manifest.name, "does not list the shards that run.db holds")


def _without_path(error: BaseException) -> str:
    """The reason in an error's text, whose file is named beside it."""
    return " ".join(str(error).split())[:300]
