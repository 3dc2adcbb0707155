"""Whole files: what lines, lists and documents of rows they are, and functions kept apart in one.

Rows are streamed. A file may be JSON Lines, one JSON list, one row, an object that holds rows by
their ids (ToolBench), or one dialogue of a turn per line (API-Bank); gzip is read as it is, and so
is Parquet.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

from button.errors import InputError
from button.formats import FORMATS, UnreadableRowError, detect
from button.formats.apibank import TURNS, is_turn, read_catalogue
from button.formats.definitions import Definitions, from_list, read_definitions
from button.formats.parquet import SUFFIX, parquet_texts
from button.formats.written import as_json
from tools.dialects import is_function
from tools.documents import RowText, opened, parsed, read_rows, read_texts

_MOST_CATALOGUE = 64_000_000


def conversation_texts(path: Path) -> Iterator[RowText]:
    """The rows of a file as JSON text, each of which is one conversation.

    Raises:
        InputError: where the file is unreadable, or its first row has no known form.
    """
    texts = parquet_texts(path) if path.suffix.lower() == SUFFIX else read_texts(path)
    first = next(texts, None)
    if first is None:
        raise InputError(f"{path}: holds no row")
    value = parsed(first).value
    if is_turn(value):
        yield RowText(1, as_json({TURNS: [parsed(text).value for text in chain([first], texts)]}))
        return
    second = next(texts, None)
    held = _rows_by_id(value) if second is None else None
    if held is not None:
        yield from (RowText(number, as_json(row)) for number, row in enumerate(held, 1))
        return
    yield first
    if second is not None:
        yield second
    yield from texts


def _rows_by_id(document: Any) -> list[Any] | None:
    """The rows of an object that is no row itself but holds rows under their ids."""
    if not isinstance(document, dict) or not document or _is_row(document):
        return None
    rows = list(document.values())
    return rows if all(isinstance(row, dict) for row in rows) and _is_row(rows[0]) else None


def _is_row(value: Any) -> bool:
    try:
        detect(value)
    except UnreadableRowError:
        return False
    return True


def load_definitions(path: Path) -> Definitions:
    """The functions of a file: OpenAI tools, a catalogue in another dialect, API-Bank's table.

    Raises:
        InputError: where the file is unreadable or defines no function.
    """
    if path.name.lower().removesuffix(".gz").endswith(".csv"):
        found = read_catalogue(_whole(path))
        if found is None:
            raise InputError(f"{path}: no table of functions as in API-Bank's all_apis.csv")
    else:
        rows = [row.value for row in read_rows(path) if row.problem is None]
        single = len(rows) == 1 and not is_function(rows[0])
        found = read_definitions(rows[0]) if single else from_list(_unfolded(rows))
    if not found.tools or len(found.refused) == len(found.tools):
        reason = f" (first reason: {found.refused[0].reason})" if found.refused else ""
        raise InputError(f"{path}: no function in it{reason}")
    return replace(found, shared=True)


def _unfolded(rows: list[Any]) -> Iterator[Any]:
    """Definitions that stand alone, and those in lists of their own."""
    for row in rows:
        if isinstance(row, list):
            yield from row
        elif isinstance(row, dict) and not is_function(row):
            yield from read_definitions(row).tools
        else:
            yield row


def _whole(path: Path) -> str:
    with opened(path) as stream:
        try:
            return stream.read(_MOST_CATALOGUE).decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise InputError(f"{path}: is not UTF-8 ({error.reason})") from error


def known_forms() -> str:
    """What rows may look like, for the person whose file has another form."""
    return "; ".join(f"{each.name}: {each.form}" for each in FORMATS.values())
