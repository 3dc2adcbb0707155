"""Rows of a file that a person names: JSON Lines, or one JSON document that holds rows.

JSON Lines are streamed, one bounded line at a time. A row that is not strict JSON comes back with
its problem; a file that cannot be read at all is an `InputError`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from button.canonical import parse_json_strict
from button.errors import InputError

MAX_LINE = 4_000_000
"""Longest line in bytes."""
MAX_DOCUMENT = 512_000_000
"""Largest JSON document in bytes; JSON Lines may be of any size."""
_TOO_LONG = "line too long: more than 4 MB"


class Line(NamedTuple):
    """One line of text; `text` is None where it is too long."""

    number: int
    text: str | None


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
    try:
        if path.is_dir():
            raise InputError(f"{path}: is a directory, a file is needed")
        if not path.is_file():
            raise InputError(f"{path}: no such file")
        with path.open("rb") as stream:
            while raw := stream.readline(MAX_LINE + 1):
                number += 1
                too_long = len(raw) > MAX_LINE and not raw.endswith(b"\n")
                while too_long and raw and not raw.endswith(b"\n"):
                    raw = stream.readline(MAX_LINE)
                yield Line(number, None if too_long else _decoded(path, number, raw))
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if number == 0:
        raise InputError(f"{path}: is empty")


def read_rows(path: Path) -> Iterator[Row]:
    """The rows of a JSON Lines file, or of a document: the elements of a list, or the one object.

    Raises:
        InputError: where the file is unreadable (see `read_lines`) or no JSON at all.
    """
    return _line_rows(path) if _is_json_lines(path) else _document_rows(path)


def _decoded(path: Path, number: int, raw: bytes) -> str:
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: line {number}: is not UTF-8 ({error.reason})") from error
    return (text.removeprefix("\ufeff") if number == 1 else text).rstrip("\r\n")


def _is_json_lines(path: Path) -> bool:
    """Whether lines are rows: by the ending, else by what the first lines are."""
    if path.suffix.lower() in (".jsonl", ".ndjson"):
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


def _line_rows(path: Path) -> Iterator[Row]:
    for number, text in read_lines(path):
        if text is None:
            yield Row(number, None, _TOO_LONG)
        elif text.strip():
            yield _row(number, text)


def _row(number: int, text: str) -> Row:
    try:
        return Row(number, parse_json_strict(text))
    except ValueError as error:
        return Row(number, None, f"broken JSON: {error}")


def _document_rows(path: Path) -> Iterator[Row]:
    size = path.stat().st_size
    if size > MAX_DOCUMENT:
        raise InputError(f"{path}: a JSON document of {size} bytes; use JSON Lines above 512 MB")
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: is not UTF-8 ({error.reason})") from error
    start = len(text) - len(text.lstrip())
    if text[start] not in "[{":
        raise InputError(f"{path}: is not JSON")
    try:
        yield from _elements(text, start)
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits
        raise InputError(f"{path}: is not JSON: {error}") from error


def _elements(text: str, start: int) -> Iterator[Row]:
    """Each element of a list judged alone, so that one bad element does not cost the others."""
    decoder = json.JSONDecoder()
    if text[start] != "[":
        _, end = decoder.raw_decode(text, start)
        _nothing_after(text, end)
        yield _row(1, text[start:end])
        return
    number, position = 0, _skip_space(text, start + 1)
    while text[position : position + 1] != "]":
        number += 1
        _, end = decoder.raw_decode(text, position)
        yield _row(number, text[position:end])
        position = _skip_space(text, end)
        if text[position : position + 1] == ",":
            position = _skip_space(text, position + 1)
        elif text[position : position + 1] != "]":
            raise json.JSONDecodeError("Expecting ',' or ']'", text, position)
    _nothing_after(text, position + 1)


def _nothing_after(text: str, position: int) -> None:
    if _skip_space(text, position) != len(text):
        raise json.JSONDecodeError("Extra data", text, position)


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position
