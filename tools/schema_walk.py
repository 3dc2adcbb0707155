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
    for keyword, in_place in _SINGLE:
        child = node.schema.get(keyword)
        if isinstance(child, dict):
            yield Node(f"{node.pointer}/{keyword}", child, in_place, node.pointer)
    for keyword, in_place in _LISTED:
        members = node.schema.get(keyword)
        for index, child in enumerate(members if isinstance(members, list) else []):
            if isinstance(child, dict):
                yield Node(f"{node.pointer}/{keyword}/{index}", child, in_place, node.pointer)
    for keyword, in_place in _NAMED:
        named = node.schema.get(keyword)
        for name, child in (named if isinstance(named, dict) else {}).items():
            if isinstance(child, dict):
                path = f"{node.pointer}/{keyword}/{escape(name)}"
                yield Node(path, child, in_place, node.pointer)


def escape(name: str) -> str:
    """A name as one token of a JSON Pointer (RFC 6901)."""
    return name.replace("~", "~0").replace("/", "~1")


_SINGLE = [(k, True) for k in ONE_IN_PLACE] + [(k, False) for k in ONE_CHILD]
_LISTED = [(k, True) for k in MANY_IN_PLACE] + [(k, False) for k in MANY_CHILDREN]
_NAMED = [(k, True) for k in NAMED_IN_PLACE] + [(k, False) for k in NAMED_CHILDREN + DEFINITIONS]
