"""How large and how odd a JSON value may be before anything else looks at it.

Runs first and iteratively, so that a value made to exhaust a parser, a validator or the stack is
refused in linear time (facts: a schema 900 levels deep is a RecursionError in Python's validator).
"""

import math
from collections.abc import Iterable
from typing import Any, NamedTuple

INT64 = 2**63
_SHORT = 1_000
"""Characters that every bound admits."""


class Bounds(NamedTuple):
    """Limits on one JSON value."""

    depth: int
    nodes: int
    text: int


INSTANCE_BOUNDS = Bounds(depth=32, nodes=20_000, text=100_000)
"""Arguments and results."""
SCHEMA_BOUNDS = Bounds(depth=24, nodes=4_000, text=16_000)
"""One schema of a function signature."""


def bounds_problem(value: Any, bounds: Bounds) -> str | None:
    """Why `value` is not JSON data within `bounds`, or None where it is."""
    stack: list[tuple[Any, int]] = [(value, 1)]
    seen = 0
    while stack:
        item, depth = stack.pop()
        seen += 1
        if seen > bounds.nodes:
            return f"more than {bounds.nodes} values"
        if type(item) is str and len(item) <= _SHORT and item.isascii():
            continue  # nothing can be wrong with it: what most texts are, told fast
        if isinstance(item, (dict, list)):
            if depth > bounds.depth:
                return f"nested deeper than {bounds.depth} levels"
            if len(item) > bounds.nodes:
                return f"more than {bounds.nodes} values"
            children: Iterable[Any] = item
            if isinstance(item, dict):
                if (problem := _keys_problem(item, bounds)) is not None:
                    return problem
                children = item.values()
            stack.extend([(child, depth + 1) for child in children])
        elif item is not None and (problem := _scalar_problem(item, bounds)) is not None:
            return problem
    return None


def _keys_problem(item: dict[Any, Any], bounds: Bounds) -> str | None:
    for key in item:
        if type(key) is str and len(key) <= _SHORT and key.isascii():
            continue
        if not isinstance(key, str):
            return f"object key {key!r} is not text"
        if (problem := _text_problem(key, bounds)) is not None:
            return problem
    return None


def _scalar_problem(value: Any, bounds: Bounds) -> str | None:
    if value is None or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return _text_problem(value, bounds)
    if isinstance(value, int):
        return None if -INT64 <= value < INT64 else "an integer outside 64 bits"
    if isinstance(value, float):
        return None if math.isfinite(value) else f"{value} is not a JSON number"
    return f"a value of type {type(value).__name__!r} is not JSON"


def _text_problem(text: str, bounds: Bounds) -> str | None:
    if len(text) > bounds.text:
        return f"a text of {len(text)} characters (at most {bounds.text})"
    if text.isascii():
        return None
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return "a lone surrogate, which UTF-8 cannot hold"
    return None
