"""Type names of other schema dialects, in JSON Schema 2020-12.

Sources: BFCL v4 (`dict`, `float`, `tuple`, `any`), Seal-Tools and Python (`str`, `List[int]`), Java
and JavaScript catalogues (`String`, `HashMap`), TaskBench (`date`).
"""

import re
from typing import Any

from button.errors import SignatureError

JSON_TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")

_NAMED: dict[str, dict[str, Any]] = {
    **{name: {"type": name} for name in JSON_TYPES},
    **{n: {"type": "string"} for n in ("str", "text", "char", "character", "varchar")},
    **{n: {"type": "integer"} for n in ("int", "long", "short", "byte", "bigint")},
    **{n: {"type": "number"} for n in ("float", "double", "decimal", "numeric", "real")},
    **{n: {"type": "boolean"} for n in ("bool",)},
    **{n: {"type": "array"} for n in ("list", "tuple", "set", "sequence", "arraylist")},
    **{n: {"type": "object"} for n in ("dict", "dictionary", "map", "mapping", "hashmap")},
    **{n: {"type": "null"} for n in ("none", "nonetype")},
    **{n: {} for n in ("any", "unknown", "mixed")},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "date-time": {"type": "string", "format": "date-time"},
    "email": {"type": "string", "format": "email"},
    "uri": {"type": "string", "format": "uri"},
    "url": {"type": "string", "format": "uri"},
}
_GENERIC = re.compile(r"(?P<outer>[A-Za-z_.]+)\s*[\[<](?P<inner>.*)[\]>]\Z", re.DOTALL)
_MAX_LENGTH = 200


def schema_of_type(name: str) -> dict[str, Any]:
    """The JSON Schema of a type name, such as `dict`, `List[int]`, `Optional[str]`, `str | None`.

    Raises:
        SignatureError: code `unknown-type`.
    """
    text = name.strip().removeprefix("typing.").removesuffix(", optional")
    if len(text) > _MAX_LENGTH:
        raise SignatureError("unknown-type", f"type {text[:40]!r}... is too long")
    if (known := _NAMED.get(text.lower())) is not None:
        return dict(known)
    parts = _split(text, "|")
    if len(parts) > 1:
        return _union(parts)
    if (generic := _GENERIC.match(text)) is not None:
        return _generic(generic["outer"].lower(), _split(generic["inner"], ","), text)
    raise SignatureError("unknown-type", f"type {text!r} is no type name of a known dialect")


def _generic(outer: str, inner: list[str], text: str) -> dict[str, Any]:
    base = _NAMED.get(outer, {}).get("type")
    if outer == "optional":
        return _union(inner)
    if outer == "union":
        return _union(inner)
    if base == "array":
        return {"type": "array", "items": schema_of_type(inner[0])}
    if base == "object" and len(inner) == 2:
        return {"type": "object", "additionalProperties": schema_of_type(inner[1])}
    raise SignatureError("unknown-type", f"type {text!r} is no type name of a known dialect")


def _union(parts: list[str]) -> dict[str, Any]:
    # An optional argument is left out, not sent as null: a type list with null makes some chat
    # templates recurse without end.
    schemas = [schema for part in parts if (schema := schema_of_type(part)) != {"type": "null"}]
    return schemas[0] if len(schemas) == 1 else {"anyOf": schemas}


def _split(text: str, separator: str) -> list[str]:
    """The parts of `text` between separators that stand outside brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += (char in "[<") - (char in "]>")
        if char == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return [part.strip() for part in parts]
