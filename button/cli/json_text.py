"""JSON as a person reads it: small things flow in lines, lists of objects stand item by item."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from rich.text import Text

INDENT = "  "
BETWEEN = Text("   ")
KEY = "dim"
SMALL = 48
"""Columns of what flows in a line with others."""
MOST_ITEMS = 12
"""Items of a list that are shown."""


def json_text(value: Any, width: int, style: str = "") -> Text:
    """A JSON value in lines of at most `width` columns, as far as its words allow."""
    return Text("\n").join(_lines(value, width, style))


def _lines(value: Any, width: int, style: str) -> list[Text]:
    if isinstance(value, dict) and value:
        return list(_object(value, width, style))
    if isinstance(value, list) and value:
        return list(_array(value, width, style))
    return [Text(json.dumps(value, ensure_ascii=False), style)]


def _object(value: dict[str, Any], width: int, style: str) -> Iterator[Text]:
    flowing: list[Text] = []
    for name, inner in value.items():
        head = Text.assemble((f"{name}: ", KEY))
        if _is_small(inner):
            flowing.append(head + _flat(inner, style))
            continue
        yield from _flow(flowing, width)
        flowing = []
        head.rstrip()
        yield head
        for line in _lines(inner, width - len(INDENT), style):
            yield Text(INDENT) + line
    yield from _flow(flowing, width)


def _array(value: list[Any], width: int, style: str) -> Iterator[Text]:
    shown, more = value[:MOST_ITEMS], len(value) - MOST_ITEMS
    if all(not isinstance(each, dict | list) for each in value):
        yield from _flow([_flat(each, style) for each in shown], width)
    else:
        for each in shown:
            first, *others = _lines(each, width - 2, style)
            yield Text.assemble(("- ", KEY), first)
            yield from (Text(INDENT) + line for line in others)
    if more > 0:
        yield Text(f"… and {more:,} more", KEY)


def _flow(pieces: Sequence[Text], width: int) -> Iterator[Text]:
    """The pieces side by side, in as many lines as they need."""
    line = Text()
    for piece in pieces:
        if line and line.cell_len + len(BETWEEN) + piece.cell_len > width:
            yield line
            line = Text()
        line = line + BETWEEN + piece if line else piece
    if line:
        yield line


def _is_small(value: Any) -> bool:
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return False
    return not isinstance(value, dict | list) or _flat(value, "").cell_len <= SMALL


def _flat(value: Any, style: str) -> Text:
    """The value on one line."""
    if isinstance(value, dict):
        inner = [
            Text.assemble((f"{name}: ", KEY), _flat(each, style)) for name, each in value.items()
        ]
        return Text.assemble(("{", KEY), Text(", ").join(inner), ("}", KEY))
    if isinstance(value, list):
        made = [_flat(each, style) for each in value]
        return Text.assemble(("[", KEY), Text(", ").join(made), ("]", KEY))
    return Text(json.dumps(value, ensure_ascii=False), style)
