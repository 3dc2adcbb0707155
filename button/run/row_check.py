"""A checksum in every row of run.db: SQLite sees damaged pages, but not a flipped bit in a text."""

from collections.abc import Sequence
from zlib import crc32


class TextBytes(bytes):
    """A text as its UTF-8 bytes, whole or not: what a damaged file may hold in place of a text."""


Value = str | int | bytes | None


def row_check(values: Sequence[Value]) -> int:
    """CRC-32 over the values of a row in their order; texts may come as `TextBytes`."""
    check = 0
    for value in values:
        if isinstance(value, str):
            data = b"t" + value.encode("utf-8")
        elif isinstance(value, TextBytes):
            data = b"t" + value
        elif isinstance(value, bytes):
            data = b"b" + value
        else:
            data = b"n" if value is None else b"i%d" % value
        # The length keeps neighbours apart: ("ab", "c") is not ("a", "bc").
        check = crc32(data, crc32(b"%d" % len(data), check))
    return check


def checked(values: Sequence[Value]) -> tuple[Value, ...]:
    """The values with their checksum behind them, as a row is stored."""
    return (*values, row_check(values))


def is_sound(row: Sequence[Value]) -> bool:
    """Whether a stored row fits the checksum at its end."""
    return row_check(row[:-1]) == row[-1]
