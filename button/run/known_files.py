"""Files in which rows of full shards are looked up: `known/FIRST-LAST.tables`, by shard numbers.

Four shards make a file, four files of one size a larger one, so that a million rows are in about
ten files and each row is written about five times. They hold nothing
that is not in run.db: a file that is missing, damaged or of other shards is made again when the run
goes on. Files that a stopped process did not join are joined with the next ones.
"""

import hashlib
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from button.checks.across.minhash import BANDS, SIGNATURE_BYTES, band_keys
from button.errors import RunDirectoryError, StorageError
from button.run.atomic_write import make_private_folder, write_atomically
from button.run.known_rows import KnownRow, KnownRows
from button.run.sorted_tables import Pairs, TablesFile, merged, tables

FAN = 4
"""Shards of the smallest file, and files that become one."""
_NUMBER = struct.Struct("<Q")
_FIRST, _SIGNATURES = BANDS, BANDS + 1
"""Tables behind those of the bands."""
_WIDTHS = (*[_NUMBER.size] * (BANDS + 1), SIGNATURE_BYTES)

RowsOf = Callable[[int], Sequence[KnownRow]]
"""The rows of a full shard, from run.db."""


class KnownFiles:
    """The rows of full shards that stand in files (`button.run.known_rows.OldRows`)."""

    def __init__(self, folder: Path, sums: Sequence[str], rows_of: RowsOf) -> None:
        """`sums` are the SHA-256 of all full shards."""
        self._folder = folder
        self._sums = list(sums)
        self._rows_of = rows_of
        self._files: dict[range, TablesFile] = {}

    @property
    def shards(self) -> int:
        """How many shards stand in files, from the first on."""
        return max((part.stop for part in self._files), default=0)

    def first(self, digest: int) -> int | None:
        """The lowest number of a row whose first message has this digest."""
        return self.find(_FIRST, digest)

    def find(self, band: int, key: int) -> int | None:
        """The lowest number of a row with this key in a band."""
        for file in self._files.values():
            if (found := file.find(band, key)) is not None:
                number: int = _NUMBER.unpack(found)[0]
                return number
        return None

    def signature_of(self, number: int) -> bytes | None:
        """The signature of a row; None where it is in no file."""
        for file in reversed(self._files.values()):
            if (found := file.find(_SIGNATURES, number)) is not None:
                return found
        return None

    def take(self, sha256: str, waiting: Sequence[Sequence[KnownRow]]) -> bool:
        """Take the next full shard, the last one of those `waiting` for a file.

        Returns whether they stand in one now.

        Raises:
            RunDirectoryError: a file is damaged.
            StorageError: a file could not be written.
        """
        self._sums.append(sha256)
        if len(waiting) < FAN:
            return False
        self._make(range(len(self._sums) - FAN, len(self._sums)), waiting)
        self._join()
        return True

    def open(self, *, make: bool) -> list[Sequence[KnownRow]]:
        """Open the files; those that are missing are made, or only the ones before are used.

        Returns the rows of the shards that stand in none.

        Raises:
            RunDirectoryError: run.db is damaged.
            StorageError: a file could not be written.
        """
        made = 0
        for part in self._present(range(len(self._sums) - len(self._sums) % FAN)):
            if part not in self._files:
                if not make:
                    break
                self._make(part, [self._rows_of(shard) for shard in part])
                made += 1
        if made > 1:
            self._join()
        if make:
            self._remove_others()
        return [self._rows_of(shard) for shard in range(self.shards, len(self._sums))]

    def close(self) -> None:
        """Close the files."""
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _present(self, shards: range) -> Iterator[range]:
        """Opens the largest files there are; gives their parts, and parts that have no file."""
        for part in parts_of(shards):
            file = self._opened(part)
            if file is not None:
                self._files[part] = file
                yield part
            elif len(part) == FAN:
                yield part
            else:
                for quarter in _quarters(part):
                    yield from self._present(quarter)

    def _opened(self, part: range) -> TablesFile | None:
        try:
            file = TablesFile(self._path(part))
        except (FileNotFoundError, RunDirectoryError):
            return None
        except OSError as error:
            path = str(self._path(part))
            raise StorageError(f"cannot read {path!r}: {error.strerror}") from error
        if file.of == self._source(part):
            return file
        file.close()
        return None

    def _join(self) -> None:
        """Join files until there are as few as there can be."""
        self._files = {part: self._joined(part) for part in parts_of(range(self.shards))}
        self._remove_others()

    def _joined(self, part: range) -> TablesFile:
        if part in self._files:
            return self._files[part]
        quarters = _quarters(part)
        files = [self._joined(quarter) for quarter in quarters]
        content = (merged([file.pages(table) for file in files]) for table in range(len(_WIDTHS)))
        file = self._written(part, content)
        for each in files:
            each.close()
        return file

    def _make(self, part: range, shards: Sequence[Sequence[KnownRow]]) -> None:
        make_private_folder(self._folder)
        self._files[part] = self._written(
            part, _tables_of([row for rows in shards for row in rows])
        )

    def _written(self, part: range, content: Iterator[Iterator[Pairs]]) -> TablesFile:
        write_atomically(self._path(part), tables(self._source(part), _WIDTHS, content))
        return TablesFile(self._path(part))

    def _remove_others(self) -> None:
        ours = {self._path(part) for part in self._files}
        try:
            for path in list(self._folder.glob("*")):
                if path not in ours:
                    path.unlink()
        except OSError as error:
            raise StorageError(f"cannot remove a file of {str(self._folder)!r}: {error}") from error

    def _path(self, part: range) -> Path:
        return self._folder / f"{part.start:05d}-{part.stop - 1:05d}.tables"

    def _source(self, part: range) -> str:
        sums = "".join(self._sums[part.start : part.stop])
        return hashlib.sha256(sums.encode("ascii")).hexdigest()


def open_known_rows(folder: Path, sums: Sequence[str], rows_of: RowsOf, *, make: bool) -> KnownRows:
    """The accepted rows of full shards with the checksums `sums`.

    Without `make` nothing is written; rows whose files are missing are held in memory.

    Raises:
        RunDirectoryError: run.db is damaged.
        StorageError: a file could not be read or written.
    """
    files = KnownFiles(folder, sums, rows_of)
    try:
        return KnownRows(files, files.open(make=make))
    except BaseException:
        files.close()
        raise


def parts_of(shards: range) -> Iterator[range]:
    """The files that so many shards make, the largest first."""
    start, size = shards.start, FAN
    while size * FAN <= len(shards):
        size *= FAN
    while size >= FAN:
        while start + size <= shards.stop:
            yield range(start, start + size)
            start += size
        size //= FAN


def _quarters(part: range) -> list[range]:
    size = len(part) // FAN
    return [range(start, start + size) for start in range(part.start, part.stop, size)]


def _tables_of(rows: Sequence[KnownRow]) -> Iterator[Iterator[Pairs]]:
    keyed = [(row.number, band_keys(row.near)) for row in rows if row.near is not None]
    for band in range(BANDS):
        yield iter([_table((keys[band], number) for number, keys in keyed)])
    yield iter([_table((row.first, row.number) for row in rows)])
    near = [(row.number, row.near) for row in rows if row.near is not None]
    yield iter([([number for number, _ in near], [made for _, made in near])])


def _table(pairs: Iterator[tuple[int, int]]) -> Pairs:
    lowest: dict[int, int] = {}
    for key, number in pairs:
        lowest.setdefault(key, number)
    rising = sorted(lowest)
    return rising, [_NUMBER.pack(lowest[key]) for key in rising]
