"""Rows into files: JSON Lines, or Parquet with what is free JSON as text that says so.

Parquet has one type per column. Objects of unlike keys, such as arguments, would come back with
every key of every row, filled with null; so they are written as JSON, and the file tells
`datasets` (4.7 and later) to read them as such. Other readers get the JSON text.
"""

import importlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from button.errors import ConfigurationError
from button.export.format import Column, Row
from button.formats.written import as_json

BATCH = 1000
"""Rows of a Parquet row group."""
_FEATURES: dict[Column, dict[str, Any]] = {
    "text": {"dtype": "string", "_type": "Value"},
    "flag": {"dtype": "bool", "_type": "Value"},
    "list of json": {"feature": {"_type": "Json"}, "_type": "List"},
}


class RowWriter(Protocol):
    """Takes rows and puts them into one file."""

    suffix: str

    def add(self, row: Row) -> None:
        """Write one more row."""

    def close(self) -> None:
        """Finish the file."""


class JsonLines:
    """One JSON object a line."""

    suffix = ".jsonl"

    def __init__(self, path: Path, columns: Mapping[str, Column]) -> None:
        self._stream = path.open("w", encoding="utf-8", newline="\n")

    def add(self, row: Row) -> None:
        """Write one more row."""
        self._stream.write(as_json(row) + "\n")

    def close(self) -> None:
        """Finish the file."""
        self._stream.close()


class Parquet:
    """A Parquet file, a row group for each `BATCH` rows.

    Raises:
        ConfigurationError: pyarrow is not installed.
    """

    suffix = ".parquet"

    def __init__(self, path: Path, columns: Mapping[str, Column]) -> None:
        self._arrow, parquet = arrow_modules()
        self._columns = columns
        self._rows: list[Row] = []
        self._schema = self._arrow.schema(
            [(name, self._type(kind)) for name, kind in columns.items()],
            metadata={"huggingface": json.dumps(features_of(columns))},
        )
        self._file = parquet.ParquetWriter(path, self._schema)

    def add(self, row: Row) -> None:
        """Write one more row."""
        self._rows.append(row)
        if len(self._rows) >= BATCH:
            self._flush()

    def close(self) -> None:
        """Finish the file."""
        self._flush()
        self._file.close()

    def _flush(self) -> None:
        if not self._rows:
            return
        arrays = [
            self._arrow.array(
                [_cell(row.get(name), kind) for row in self._rows], self._storage(kind)
            ).cast(self._type(kind))
            for name, kind in self._columns.items()
        ]
        self._file.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._rows = []

    def _type(self, kind: Column) -> Any:
        if kind == "list of json":
            return self._arrow.list_(self._arrow.json_())
        return self._storage(kind)

    def _storage(self, kind: Column) -> Any:
        if kind == "list of json":
            return self._arrow.list_(self._arrow.string())
        return self._arrow.bool_() if kind == "flag" else self._arrow.string()


def _cell(value: Any, kind: Column) -> Any:
    if kind == "list of json" and value is not None:
        return [as_json(each) for each in value]
    return value


def features_of(columns: Mapping[str, Column]) -> dict[str, Any]:
    """The columns as `datasets` describes them in the file."""
    return {"info": {"features": {name: _FEATURES[kind] for name, kind in columns.items()}}}


def arrow_modules() -> tuple[Any, Any]:
    """Pyarrow and its Parquet part.

    Raises:
        ConfigurationError: pyarrow is not installed, or too old to know JSON.
    """
    try:
        arrow = importlib.import_module("pyarrow")
        parquet = importlib.import_module("pyarrow.parquet")
    except ImportError:
        raise ConfigurationError(
            "Parquet needs pyarrow: install button-simulator[export], or leave out --parquet"
        ) from None
    if not hasattr(arrow, "json_"):
        raise ConfigurationError(f"pyarrow {arrow.__version__} is too old; 21 or newer is needed")
    return arrow, parquet
