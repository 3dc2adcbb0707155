"""Rows as the page keeps them: JSON in compressed chunks, opened when they are looked at."""

import gzip
import json
from base64 import b64encode
from typing import Any

from button.report.source import Row
from button.report.visible import bounded

CHUNK_ROWS = 100
"""Rows of one chunk."""
LEFT_OUT = ("versions",)
"""Keys of a row that the page does not show."""


class Chunks:
    """Takes rows, gives compressed chunks of them; functions stand once in each chunk."""

    def __init__(self) -> None:
        self.packed: list[str] = []
        """Each chunk as base64 of gzipped JSON: `{functions, rows}`."""
        self.plain_bytes = 0
        self._rows: list[Row] = []
        self._functions: dict[str, int] = {}

    def add(self, row: Row) -> None:
        """Take one more row, an accepted or a rejected one."""
        kept = {key: value for key, value in row.items() if key not in LEFT_OUT}
        if "tools" in kept:
            kept["tools"] = [self._number(tool) for tool in kept["tools"]]
        self._rows.append(bounded(kept))
        if len(self._rows) >= CHUNK_ROWS:
            self.close()

    def close(self) -> None:
        """Pack what has been taken since the last chunk."""
        if not self._rows:
            return
        functions = [bounded(json.loads(text)) for text in self._functions]
        data = json_bytes({"functions": functions, "rows": self._rows})
        self.plain_bytes += len(data)
        self.packed.append(packed(data))
        self._rows, self._functions = [], {}

    def _number(self, tool: dict[str, Any]) -> int:
        return self._functions.setdefault(json.dumps(tool["function"]), len(self._functions))


def packed(data: bytes) -> str:
    """Gzipped without a time, so that the same data give the same text; no character is markup."""
    return b64encode(gzip.compress(data, 6, mtime=0)).decode("ascii")


def json_bytes(value: Any) -> bytes:
    """JSON as UTF-8; a lone surrogate, which UTF-8 cannot hold, becomes its JSON escape."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace")
