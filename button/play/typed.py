"""Objects as a person types them: JSON, or `name=value` for what is flat."""

import shlex
from collections.abc import Mapping
from typing import Any

from button.canonical import parse_json_strict

Schema = Mapping[str, Any]


def read_object(text: str, schema: Schema) -> dict[str, Any]:
    """The object that a line says, for a schema whose types decide what is a text.

    Raises:
        ValueError: it says none; the text is fit for a person.
    """
    text = text.strip()
    if text.startswith("{"):
        value = parse_json_strict(text)
        assert isinstance(value, dict)
        return value
    found: dict[str, Any] = {}
    try:
        parts = shlex.split(text)
    except ValueError as error:
        raise ValueError(f"{error}: close the quotes") from None
    for part in parts:
        name, sign, written = part.partition("=")
        if not sign or not name:
            raise ValueError(f'{part!r} is no name=value (a text with spaces: name="two words")')
        found[name] = _value(written, schema.get("properties", {}).get(name, {}))
    return found


def _value(written: str, schema: Schema) -> Any:
    kinds = schema.get("type", ())
    if "string" in ([kinds] if isinstance(kinds, str) else kinds):
        return written
    try:
        return parse_json_strict(written)
    except ValueError:
        return written


def places_of(schema: Schema) -> str:
    """The properties of an object as one line: `city: string, days?: integer (1-14)`."""
    wanted = schema.get("required", ())
    properties = schema.get("properties", {})
    told = [
        f"{name}{'' if name in wanted else '?'}: {_kind_of(inner)}"
        for name, inner in properties.items()
    ]
    return ", ".join(told) or "nothing"


def _kind_of(schema: Schema) -> str:
    if schema.get("enum"):
        return " | ".join(map(str, schema["enum"]))
    kind = schema.get("type", "anything")
    if kind == "array":
        return f"[{_kind_of(schema.get('items', {}))}, ...]"
    if kind == "object" and schema.get("properties"):
        return "{" + places_of(schema) + "}"
    shown = " or ".join(kind) if isinstance(kind, list) else str(kind)
    bounds = [str(schema[name]) if name in schema else "" for name in ("minimum", "maximum")]
    shown += f" ({'-'.join(bounds)})" if any(bounds) else ""
    return f"{shown} ({schema['format']})" if schema.get("format") else shown
