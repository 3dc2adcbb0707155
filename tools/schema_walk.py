"""A keyword-aware walk over a JSON Schema (2020-12 core and applicator vocabularies).

It visits schemas and nothing else: a property *named* `$ref`, an `enum` member or a `default` that
looks like a schema is data and is never mistaken for one.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

ONE_IN_PLACE = ("not", "if", "then", "else")
MANY_IN_PLACE = ("allOf", "anyOf", "oneOf")
NAMED_IN_PLACE = ("dependentSchemas",)
ONE_CHILD = (
    "additionalProperties", "items", "contains", "propertyNames", "unevaluatedItems",
    "unevaluatedProperties", "contentSchema",
)  # fmt: skip
MANY_CHILDREN = ("prefixItems",)
NAMED_CHILDREN = ("properties", "patternProperties")
DEFINITIONS = ("$defs", "definitions")


class Node(NamedTuple):
    """One schema inside a document."""

    pointer: str
    """JSON Pointer from the root of the document, such as `/properties/city`."""
    schema: dict[str, Any]
    in_place: bool
    """True where it applies to the same value as the schema around it (allOf, not, if, ...)."""
    parent: str | None


def walk(schema: dict[str, Any]) -> Iterator[Node]:
    """Every object schema of a metaschema-valid document, parents before their children."""
    stack = [Node("", schema, in_place=False, parent=None)]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(list(_children(node))))


def _children(node: Node) -> Iterator[Node]:
    for keyword, value in node.schema.items():
        if keyword not in _HOLDERS:
            continue
        in_place, holds = _HOLDERS[keyword]
        for path, child in holds(value):
            if isinstance(child, dict):
                yield Node(f"{node.pointer}/{keyword}{path}", child, in_place, node.pointer)


def _single(value: Any) -> Iterator[tuple[str, Any]]:
    yield "", value


def _listed(value: Any) -> Iterator[tuple[str, Any]]:
    for index, child in enumerate(value if isinstance(value, list) else ()):
        yield f"/{index}", child


def _named(value: Any) -> Iterator[tuple[str, Any]]:
    for name, child in value.items() if isinstance(value, dict) else ():
        yield f"/{escape(name)}", child


def escape(name: str) -> str:
    """A name as one token of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


_HOLDERS = {
    **dict.fromkeys(ONE_IN_PLACE, (True, _single)),
    **dict.fromkeys(ONE_CHILD, (False, _single)),
    **dict.fromkeys(MANY_IN_PLACE, (True, _listed)),
    **dict.fromkeys(MANY_CHILDREN, (False, _listed)),
    **dict.fromkeys(NAMED_IN_PLACE, (True, _named)),
    **dict.fromkeys(NAMED_CHILDREN + DEFINITIONS, (False, _named)),
}
"""Keyword -> whether its schemas apply in place, and how it holds them."""
