"""Files of sorted tables: 64-bit keys with values of fixed width, written once, read in pages.

Of an open file only the first key of each page is in memory. A key is looked up by one read of one
page, without a mapping, so that what was read does not count as memory of the process. Each page
has a checksum and so has what stands behind the pages, so that no byte changes unseen.
"""

import os
import struct
import sys
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, NoReturn
from zlib import crc32

from button.canonical import canonical_json, parse_json_strict
from button.checks.across.numbers import columns
from button.errors import RunDirectoryError

PAGE = 2048
"""Bytes of a page at most."""
_KEY = 8
_CHECK = struct.Struct("<I")
_TRAILER = struct.Struct("<QII8s")
"""Bytes of all first keys, bytes of the head, checksum of both, mark."""
_MARK = b"tables-1"

Pairs = tuple[Sequence[int], Sequence[bytes]]
"""Keys that rise, and their values."""


class _Shape(NamedTuple):
    width: int
    rows: int
    rows_of_page: int
    page: int
    """Bytes of a page."""
    pages: int

    @classmethod
    def of(cls, width: int, rows: int = 0) -> "_Shape":
        rows_of_page = (PAGE - _CHECK.size) // (_KEY + width)
        page = rows_of_page * (_KEY + width) + _CHECK.size
        return cls(width, rows, rows_of_page, page, -(-rows // rows_of_page))


class TablesFile:
    """An open file of tables."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            FileNotFoundError: it is missing.
            RunDirectoryError: it is damaged.
        """
        self.path = path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            self._read_head()
        except (ValueError, KeyError, TypeError, struct.error):
            self.close()
            self._refuse()

    def _read_head(self) -> None:
        size = os.fstat(self._descriptor).st_size
        trailer = os.pread(self._descriptor, _TRAILER.size, max(0, size - _TRAILER.size))
        keys, head, check, mark = _TRAILER.unpack(trailer)
        start = size - _TRAILER.size - head - keys
        if mark != _MARK or start < 0:
            raise ValueError("no trailer")
        data = os.pread(self._descriptor, keys + head, start)
        if crc32(data) != check:
            raise ValueError("the head differs from its checksum")
        said: Any = parse_json_strict(data[keys:].decode("utf-8"))
        self.of: str = said["of"]
        """What the tables are made of."""
        self._shapes = [_Shape.of(*shape) for shape in said["tables"]]
        first, at = columns(data[:keys]), 0
        self._first: list[Sequence[int]] = []
        self._starts: list[int] = []
        for shape in self._shapes:
            self._first.append(first[: shape.pages])
            first = first[shape.pages :]
            self._starts.append(at)
            at += shape.pages * shape.page
        if at != start or first:
            raise ValueError("pages are missing")

    def close(self) -> None:
        """Close the file, if it is open."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def find(self, table: int, key: int) -> bytes | None:
        """The value of `key`; None where it is not in the table.

        Raises:
            RunDirectoryError: the page is damaged.
        """
        page = bisect_right(self._first[table], key) - 1
        if page < 0:
            return None
        rows, data = self._page(table, page)
        keys = columns(data[: rows * _KEY])
        row = bisect_left(keys, key)
        if row == rows or keys[row] != key:
            return None
        width = self._shapes[table].width
        start = rows * _KEY + row * width
        return data[start : start + width]

    def pages(self, table: int) -> Iterator[Pairs]:
        """All pairs of a table, page by page.

        Raises:
            RunDirectoryError: a page is damaged.
        """
        shape = self._shapes[table]
        for page in range(shape.pages):
            rows, data = self._page(table, page)
            values = data[rows * _KEY : rows * (_KEY + shape.width)]
            yield columns(data[: rows * _KEY]), _split(values, shape.width)

    def check(self) -> None:
        """Read everything.

        Raises:
            RunDirectoryError: a page is damaged.
        """
        for table, shape in enumerate(self._shapes):
            for page in range(shape.pages):
                self._page(table, page)

    def _page(self, table: int, page: int) -> tuple[int, bytes]:
        shape = self._shapes[table]
        data = os.pread(self._descriptor, shape.page, self._starts[table] + page * shape.page)
        if len(data) != shape.page or crc32(data[: -_CHECK.size]) != _CHECK.unpack_from(
            data, shape.page - _CHECK.size
        )[0]:  # fmt: skip
            self._refuse()
        return min(shape.rows_of_page, shape.rows - page * shape.rows_of_page), data

    def _refuse(self) -> NoReturn:
        raise RunDirectoryError(
            f"{str(self.path)!r} is damaged; remove it, `button resume` makes it again from run.db"
        )


def tables(of: str, widths: Sequence[int], content: Iterable[Iterable[Pairs]]) -> Iterator[bytes]:
    """The bytes of a file made `of` something: for each width a table, given in pieces."""
    shapes, first = [], array("Q")
    for width, pieces in zip(widths, content, strict=True):
        shape, rows = _Shape.of(width), 0
        for keys, values in _in_pages(pieces, shape.rows_of_page):
            first.append(keys[0])
            rows += len(keys)
            packed = packed_numbers(keys) + b"".join(values)
            packed = packed.ljust(shape.page - _CHECK.size, b"\0")
            yield packed + _CHECK.pack(crc32(packed))
        shapes.append([width, rows])
    keys_of_pages = packed_numbers(first)
    head = canonical_json({"of": of, "tables": shapes}).encode("utf-8")
    yield keys_of_pages + head
    check = crc32(head, crc32(keys_of_pages))
    yield _TRAILER.pack(len(keys_of_pages), len(head), check, _MARK)


def merged(sources: Sequence[Iterator[Pairs]]) -> Iterator[Pairs]:
    """Tables as one; of equal keys the pair of the earliest source counts."""
    ahead = [next(source, _NOTHING) for source in sources]
    while any(len(keys) for keys, _ in ahead):
        # Up to here every source has shown all it has.
        bound = min(keys[-1] for keys, _ in ahead if len(keys))
        together: dict[int, bytes] = {}
        for number in reversed(range(len(sources))):
            keys, values = ahead[number]
            if not len(keys):
                continue
            cut = bisect_right(keys, bound)
            together.update(zip(keys[:cut], values[:cut], strict=True))
            rest = keys[cut:], values[cut:]
            ahead[number] = rest if len(rest[0]) else next(sources[number], _NOTHING)
        rising = sorted(together)
        yield rising, [together[key] for key in rising]


_NOTHING: Pairs = ((), ())


def packed_numbers(numbers: Sequence[int]) -> bytes:
    """Numbers as 64-bit little-endian bytes."""
    made = array("Q", numbers)
    if sys.byteorder == "big":
        made.byteswap()
    return made.tobytes()


def _in_pages(pieces: Iterable[Pairs], rows: int) -> Iterator[tuple[list[int], list[bytes]]]:
    keys: list[int] = []
    values: list[bytes] = []
    for more_keys, more_values in pieces:
        keys += more_keys
        values += more_values
        whole = len(keys) - len(keys) % rows
        for start in range(0, whole, rows):
            yield keys[start : start + rows], values[start : start + rows]
        del keys[:whole], values[:whole]
    if keys:
        yield keys, values


def _split(data: bytes, width: int) -> list[bytes]:
    return [value for (value,) in struct.iter_unpack(f"{width}s", data)]
