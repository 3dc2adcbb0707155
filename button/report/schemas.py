"""What kinds of things the schemas of called functions ask for."""

from collections.abc import Iterator, Mapping
from typing import Any

FEATURES = (
    "enum",
    "format",
    "number",
    "boolean",
    "array",
    "array of objects",
    "nested object",
    "optional",
    "default",
    "bounds",
    "pattern",
    "nullable",
    "alternatives",
    "reference",
)
"""In the order in which they are shown."""
_BOUNDS = frozenset(
    "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength minItems "
    "maxItems uniqueItems".split()
)
_DEEPEST = 20


def schema_features(parameters: Any) -> frozenset[str]:
    """Those of FEATURES that the parameters of a function have, at any depth."""
    return frozenset(_of_object(parameters, 0)) if isinstance(parameters, Mapping) else frozenset()


def _of_object(schema: Mapping[str, Any], depth: int) -> Iterator[str]:
    properties = schema.get("properties")
    if not isinstance(properties, Mapping):
        return
    required = schema.get("required")
    named = required if isinstance(required, list) else []
    for name, inner in properties.items():
        if name not in named:
            yield "optional"
        if isinstance(inner, Mapping):
            yield from _of_value(inner, depth + 1)


def _of_value(schema: Mapping[str, Any], depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    yield from (name for name in ("enum", "format", "default", "pattern") if name in schema)
    if not _BOUNDS.isdisjoint(schema):
        yield "bounds"
    if "$ref" in schema:
        yield "reference"
    kinds = schema.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "null" in kinds:
        yield "nullable"
    if "boolean" in kinds:
        yield "boolean"
    if "integer" in kinds or "number" in kinds:
        yield "number"
    if "object" in kinds:
        yield "nested object"
        yield from _of_object(schema, depth)
    yield from _of_parts(schema, kinds, depth)


def _of_parts(schema: Mapping[str, Any], kinds: list[Any], depth: int) -> Iterator[str]:
    if "array" in kinds:
        yield "array"
        items = schema.get("items")
        if isinstance(items, Mapping):
            inner = set(_of_value(items, depth + 1))
            yield from inner - {"nested object"}
            if "nested object" in inner:
                yield "array of objects"
    for word in ("anyOf", "oneOf"):
        choices = schema.get(word)
        if isinstance(choices, list):
            yield "alternatives"
            for choice in choices:
                if isinstance(choice, Mapping):
                    yield from _of_value(choice, depth + 1)


def argument_type(schema: Any) -> str:
    """One phrase for the type of an argument: `string (date)`, `choice from a list`."""
    if not isinstance(schema, Mapping):
        return "unknown"
    if "enum" in schema or "const" in schema:
        return "choice from a list"
    kinds = schema.get("type")
    if isinstance(kinds, list):
        kinds = next((each for each in kinds if each != "null"), None)
    if kinds == "array":
        items = schema.get("items")
        inner = items.get("type") if isinstance(items, Mapping) else None
        return f"array of {inner}" if isinstance(inner, str) else "array"
    if not isinstance(kinds, str):
        return "alternatives" if {"anyOf", "oneOf"} & schema.keys() else "unknown"
    form = schema.get("format")
    return f"{kinds} ({form})" if isinstance(form, str) else kinds
