"""Parquet files as rows of JSON: what Arrow's columns cannot hold, they hold as text.

Arrow gives all objects of a column the same keys and fills in null where a row has none, so a null
counts as absent. Columns of lists of JSON texts, as our own exports have them, hold objects.
"""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from button.canonical import parse_json_strict
from button.errors import ConfigurationError, InputError
from button.formats.written import as_json
from tools.documents import RowText

SUFFIX = ".parquet"
_ROWS_AT_ONCE = 256


def parquet_texts(path: Path) -> Iterator[RowText]:
    """The rows of a file, a batch of them in memory at a time.

    Raises:
        ConfigurationError: pyarrow is not installed.
        InputError: it is no Parquet file, or a broken one.
    """
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise ConfigurationError(
            f"{path}: Parquet needs pyarrow: install button-simulator[export]"
        ) from None
    number = 0
    try:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE):
                for row in batch.to_pylist():
                    number += 1
                    yield RowText(number, as_json(_held(row)))
    except (arrow.ArrowException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{path}: cannot be read as Parquet: {reason}") from error


def _held(value: Any) -> Any:
    """What a cell holds, as JSON."""
    if isinstance(value, dict):
        return {key: _held(each) for key, each in value.items() if each is not None}
    if isinstance(value, list):
        return [_object(each) if isinstance(each, str) else _held(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def _object(text: str) -> Any:
    """A JSON text in a list, parsed where it is an object."""
    if text.startswith("{"):
        try:
            return parse_json_strict(text)
        except ValueError:
            return text
    return text
