"""A few words of a long text, around the value that they are quoted for."""

import json
from collections.abc import Iterator
from typing import Any

from button.canonical import canonical_json, parse_json_strict
from tools.validation import path_step

ELLIPSIS = "..."


def excerpt(text: str, place: range, limit: int) -> str:
    """About `limit` characters of `text` in quotes, around what stands at `place`."""
    if len(text) <= limit:
        return repr(text)
    first = max(0, min(place.start - (limit - len(place)) // 2, len(text) - limit))
    # Of a value that is longer itself the beginning is shown.
    first = min(first, place.start)
    last = first + limit
    before = ELLIPSIS if first else ""
    after = ELLIPSIS if last < len(text) else ""
    return repr(f"{before}{text[first:last]}{after}")


def place_of_text(text: str, value: object) -> range:
    """Where `text` first says a value as it is; its beginning where it does not, or for None."""
    if value is None:
        return range(0)
    words = value if isinstance(value, str) else canonical_json(value)
    first = text.casefold().find(words.casefold()) if words else -1
    return range(first, first + len(words)) if first >= 0 else range(0)


def place_in_json(text: str, path: str) -> tuple[str, range] | None:
    """The JSON of a text on one line, and where the value at `path` stands in it.

    None where the text is no JSON, or nothing stands there.
    """
    try:
        pieces = list(_pieces(parse_json_strict(text)))
    except ValueError:
        return None
    at = next((index for index, piece in enumerate(pieces) if piece[0] == path), None)
    if at is None:
        return None
    first = sum(len(piece) for _, piece in pieces[:at])
    return "".join(piece for _, piece in pieces), range(first, first + len(pieces[at][1]))


def _pieces(value: Any, path: str = "$") -> Iterator[tuple[str, str]]:
    """The compact JSON of a value in pieces, with the paths of the scalars (`Leaf.path`)."""
    if isinstance(value, dict):
        yield "", "{"
        for number, (key, inner) in enumerate(value.items()):
            yield "", f"{',' * bool(number)}{json.dumps(key, ensure_ascii=False)}:"
            yield from _pieces(inner, path + path_step(key))
        yield "", "}"
    elif isinstance(value, list):
        yield "", "["
        for index, inner in enumerate(value):
            yield "", "," * bool(index)
            yield from _pieces(inner, f"{path}[{index}]")
        yield "", "]"
    else:
        yield path, json.dumps(value, ensure_ascii=False)
