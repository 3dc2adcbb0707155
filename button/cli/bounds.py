"""What a setting may be, in words, from its JSON Schema."""

from typing import Any


def allowed(schema: dict[str, Any]) -> str:
    """The type and bounds of a setting, in words."""
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    options = [each for each in schema.get("anyOf", [schema]) if each.get("type") != "null"]
    kind = options[0]
    bounds = [
        f"{sign} {kind[key]}"
        for key, sign in (
            ("minimum", "≥"),
            ("exclusiveMinimum", ">"),
            ("maximum", "≤"),
            ("exclusiveMaximum", "<"),
        )
        if key in kind
    ]
    return " ".join(filter(None, [str(kind.get("type", "object")), ", ".join(bounds)]))
