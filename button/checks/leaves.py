"""Scalar leaves of JSON values, their paths, and the schemas that describe them."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tools.validation import path_step


class Leaf(NamedTuple):
    """A scalar (or null) inside a JSON value."""

    path: str
    """Such as `$.flights[0].number`."""
    keys: tuple[str | int, ...]
    value: str | int | float | bool | None

    @property
    def key(self) -> str:
        """The nearest property name, "" where there is none."""
        return next((key for key in reversed(self.keys) if isinstance(key, str)), "")


def leaves(value: Any, keys: tuple[str | int, ...] = (), path: str = "$") -> Iterator[Leaf]:
    """All scalar leaves of `value` in document order; empty lists and objects have none.

    Paths are written as in `tools.validation.value_path`.
    """
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*keys, key), path + path_step(key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*keys, index), f"{path}[{index}]")
    else:
        yield Leaf(path, keys, value)


def schema_at(schema: dict[str, Any], keys: tuple[str | int, ...]) -> list[dict[str, Any]]:
    """The schemas that describe the value at `keys`: several where `anyOf` and its kin branch.

    What the gate refuses is looked into all the same, so that a keyword may hold anything.
    """
    found = _alternatives(schema, schema, 0)
    for key in keys:
        found = [
            deeper
            for node in found
            for below in _children(node, key)
            for deeper in _alternatives(below, schema, 0)
        ]
    return found


def listed(node: dict[str, Any], keyword: str) -> list[Any]:
    """What a keyword of a schema lists; nothing where it holds no list."""
    held = node.get(keyword)
    return held if isinstance(held, list) else []


def _children(node: dict[str, Any], key: str | int) -> Iterator[dict[str, Any]]:
    if isinstance(key, str):
        named = node.get("properties")
        rest = node.get("additionalProperties")
        below = named.get(key, rest) if isinstance(named, dict) else rest
    else:
        prefix = listed(node, "prefixItems")
        below = prefix[key] if key < len(prefix) else node.get("items")
    if isinstance(below, dict):
        yield below


def _alternatives(node: Any, root: dict[str, Any], depth: int) -> list[dict[str, Any]]:
    if not isinstance(node, dict) or depth > 8:
        return []
    found = [node]
    for keyword in ("anyOf", "oneOf", "allOf"):
        for branch in listed(node, keyword):
            found.extend(_alternatives(branch, root, depth + 1))
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        target: Any = root
        for step in reference[2:].split("/"):
            step = step.replace("~1", "/").replace("~0", "~")
            target = target.get(step) if isinstance(target, dict) else None
        found.extend(_alternatives(target, root, depth + 1))
    return found
