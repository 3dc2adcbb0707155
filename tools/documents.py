"""Rows of a file that a person names: JSON Lines, or one JSON document that holds rows.

Both are streamed: one bounded line, or one bounded element of a list, at a time; a file that was
compressed with gzip is read as it is. A row that is not strict JSON comes back with its problem; a
file that cannot be read at all is an `InputError`.
"""

import gzip
import io
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, cast

from button.canonical import parse_json_strict
from button.errors import InputError
from tools.json_stream import elements

MAX_LINE = 4_000_000
"""Longest line in bytes."""
MAX_DOCUMENT = 512_000_000
"""Largest JSON object that is a document of its own, in characters; lists and JSON Lines may be of
any size."""
_TOO_LONG = "line too long: more than 4 MB"
_GZIP = b"\x1f\x8b"
_OTHERS = {
    b"PAR1": "is Parquet; write its rows as JSON Lines first",
    b"PK\x03\x04": "is a zip archive; unpack it first",
    b"\x28\xb5\x2f\xfd": "is compressed with zstd; unpack it, or use gzip",
    b"\xfd7zX": "is compressed with xz; unpack it, or use gzip",
    b"BZh": "is compressed with bzip2; unpack it, or use gzip",
    b"\xff\xfe": "is UTF-16; UTF-8 is needed",
    b"\xfe\xff": "is UTF-16; UTF-8 is needed",
}
"""What files of other kinds begin with."""


class Line(NamedTuple):
    """One line of text; `text` is None where it is too long."""

    number: int
    text: str | None


class RowText(NamedTuple):
    """One row that was not parsed yet; either a text or a problem."""

    number: int
    """As of `Row`."""
    text: str
    problem: str | None = None


class Row(NamedTuple):
    """One row; either a value or a problem."""

    number: int
    """Line (JSON Lines) or index (element of a document's list), from 1."""
    value: Any
    problem: str | None = None


def read_lines(path: Path) -> Iterator[Line]:
    """The lines of a UTF-8 text file, without line ends.

    Raises:
        InputError: where it is missing, a directory, unreadable, empty or not UTF-8.
    """
    number = 0
    with opened(path) as stream:
        while raw := stream.readline(MAX_LINE + 1):
            number += 1
            too_long = len(raw) > MAX_LINE and not raw.endswith(b"\n")
            while too_long and raw and not raw.endswith(b"\n"):
                raw = stream.readline(MAX_LINE)
            yield Line(number, None if too_long else _decoded(path, number, raw))
    if number == 0:
        raise InputError(f"{path}: is empty")


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a JSON Lines file, or of a document: the elements of a list, or the one object.

    Raises:
        InputError: where the file is unreadable (see `read_lines`) or no JSON at all.
    """
    return map(parsed, read_texts(path))


def read_texts(path: Path) -> Iterator[RowText]:
    """`read_rows` before parsing, which `parsed` does, here or in another process.

    Raises:
        InputError: as of `read_rows`; rows before a broken place have been given.
    """
    return _line_rows(path) if _is_json_lines(path) else _document_rows(path)


def parsed(row: RowText) -> Row:
    """The row as strict JSON, or why it is none."""
    if row.problem is not None:
        return Row(row.number, None, row.problem)
    try:
        return Row(row.number, parse_json_strict(row.text))
    except ValueError as error:
        return Row(row.number, None, f"broken JSON: {error}")


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """A file to be read, decompressed where it was compressed with gzip.

    Raises:
        InputError: where it is missing, a directory, unreadable or broken.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a directory, a file is needed")
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        with path.open("rb") as raw:
            head = raw.read(4)
            raw.seek(0)
            for mark, what in _OTHERS.items():
                if head.startswith(mark):
                    raise InputError(f"{path}: {what}")
            if head.startswith(_GZIP):
                with gzip.open(raw) as stream:
                    yield cast("BinaryIO", stream)
            else:
                yield raw
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"{path}: is broken gzip: {error}") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error


def _decoded(path: Path, number: int, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: line {number}: is not UTF-8 ({error.reason})") from error
    return (text.removeprefix("\ufeff") if number == 1 else text).rstrip("\r\n")


def _is_json_lines(path: Path) -> bool:
    """Whether lines are rows: by the ending, else by what the first lines are."""
    name = path.name.lower().removesuffix(".gz")
    if name.endswith((".jsonl", ".ndjson")):
        return True
    lines = (line for line in read_lines(path) if line.text is None or line.text.strip())
    first, second = next(lines, None), next(lines, None)
    if first is None:
        raise InputError(f"{path}: holds nothing but blank lines")
    return second is not None and _is_json(first.text)


def _is_json(text: str | None) -> bool:
    try:
        json.loads(text or "")
    except (ValueError, RecursionError):
        return False
    return True


def _line_rows(path: Path) -> Iterator[RowText]:
    for number, text in read_lines(path):
        if text is None:
            yield RowText(number, "", _TOO_LONG)
        elif text.strip():
            yield RowText(number, text)


def _document_rows(path: Path) -> Iterator[RowText]:
    """Each element of a list judged alone, so that one bad element does not cost the others."""
    number = 0
    try:
        with opened(path) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="")
            for number, element in enumerate(elements(text.read, MAX_DOCUMENT), 1):
                yield RowText(number, element)
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 ({error.reason})") from error
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise InputError(f"{path}: is not JSON: {error}") from error
