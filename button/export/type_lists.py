"""Schemas without lists of types, at which some tool templates recurse without end."""

from typing import Any

_SCHEMAS = ("properties", "$defs", "patternProperties", "dependentSchemas")
_ONE = ("items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else")
_SEVERAL = ("anyOf", "oneOf", "allOf", "prefixItems")


def flattened(schema: Any) -> Any:
    """The schema with `"type": [..]` as one type; null is left out, more become `anyOf`.

    A parameter that may be left out loses nothing by it, save that null itself is no longer
    allowed.
    """
    if not isinstance(schema, dict):
        return schema
    result = {key: _inner(key, value) for key, value in schema.items()}
    types = result.get("type")
    if not isinstance(types, list):
        return result
    kept = [each for each in types if each != "null"] or types[:1]
    if "enum" in result and "null" not in kept and len(result["enum"]) > 1:
        result["enum"] = [value for value in result["enum"] if value is not None]
    if len(kept) == 1:
        return {**result, "type": kept[0]}
    del result["type"]
    choice = [{"type": each} for each in kept]
    if "anyOf" in result:
        return {**result, "allOf": [*result.get("allOf", []), {"anyOf": choice}]}
    return {**result, "anyOf": choice}


def _inner(key: str, value: Any) -> Any:
    if key in _SCHEMAS and isinstance(value, dict):
        return {name: flattened(each) for name, each in value.items()}
    if key in _SEVERAL and isinstance(value, list):
        return [flattened(each) for each in value]
    return flattened(value) if key in _ONE else value
