"""What accepted rows have said: by it the gate finds rows that are there already.

The newest rows are in memory, a few thousand of them; those of older shards are looked up in files
(`button.run.known_files`). Of equal keys the lowest row counts wherever it lies, so the answers do
not depend on what has gone to a file already.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Protocol

from button.checks.across import NearDuplicates
from button.checks.across.minhash import OlderSets, pack_signatures, unpack_signatures
from button.checks.across.numbers import Numbers, pack, unpack


class KnownRow(NamedTuple):
    """An accepted row, as it is found again."""

    number: int
    """`RowKey.number`; later rows have higher ones."""
    first: int
    """Digest of the first message."""
    near: bytes | None
    """Signature of all that the human says; None where near duplicates are kept."""


class OldRows(OlderSets, Protocol):
    """Rows of full shards, in files."""

    def first(self, digest: int) -> int | None:
        """The lowest number of a row whose first message has this digest."""

    def take(self, sha256: str, waiting: Sequence[Sequence[KnownRow]]) -> bool:
        """Take the next full shard, the last one of those `waiting` for a file.

        Returns whether they stand in one now.

        Raises:
            RunDirectoryError: a file is damaged.
            StorageError: a file could not be written.
        """

    def close(self) -> None:
        """Close the files."""


class KnownRows:
    """Accepted rows, found by first message and by likeness."""

    def __init__(self, old: OldRows | None = None, sealed: Iterable[Sequence[KnownRow]] = ()):
        """`sealed` are the rows of the full shards that follow on those in `old`."""
        self._old = old
        self._sealed = [list(rows) for rows in sealed]
        self._open: list[KnownRow] = []
        self._index()

    def first(self, digest: int) -> int | None:
        """The lowest number of a row whose first message has this digest."""
        old = self._old.first(digest) if self._old else None
        return self._first.find(digest) if old is None else old

    def most_like(self, near: bytes, before: int) -> tuple[int, float] | None:
        """The most similar row below the number `before`, and how similar it is."""
        return self._near.most_like(near, before)

    def add(self, row: KnownRow) -> None:
        """Take a row, whose number is above all others."""
        self._open.append(row)
        self._look_up(row)

    def seal(self, sha256: str, last: int) -> None:
        """Note that the rows up to the number `last` stand in a full shard.

        Nothing may be looked up meanwhile.

        Raises:
            RunDirectoryError: a file is damaged.
            StorageError: a file could not be written.
        """
        if self._old is None:
            return
        cut = bisect_right(self._open, last, key=lambda row: row.number)
        self._sealed.append(self._open[:cut])
        del self._open[:cut]
        if self._old.take(sha256, self._sealed):
            self._sealed.clear()
            self._index()

    def close(self) -> None:
        """Close the files."""
        if self._old is not None:
            self._old.close()

    def _index(self) -> None:
        self._first = Numbers()
        self._near = NearDuplicates(older=self._old)
        for rows in (*self._sealed, self._open):
            for row in rows:
                self._look_up(row)

    def _look_up(self, row: KnownRow) -> None:
        self._first.first(row.first, row.number)
        if row.near is not None:
            self._near.add(row.number, row.near)


def pack_rows(rows: Sequence[KnownRow]) -> tuple[bytes, bytes]:
    """First messages and signatures of rows, as run.db holds them."""
    near = ((row.number, row.near) for row in rows if row.near is not None)
    return pack((row.first, row.number) for row in rows), pack_signatures(near)


def unpack_rows(first: bytes, near: bytes) -> list[KnownRow]:
    """What `pack_rows` packed."""
    signatures = dict(unpack_signatures(near))
    return [KnownRow(number, key, signatures.get(number)) for key, number in unpack(first)]
