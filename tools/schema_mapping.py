"""One schema of another dialect as a closed JSON Schema 2020-12, with a note on every change."""

from typing import Any

from button.errors import SignatureError
from tools.engines import compile_fast
from tools.keyword_forms import KEPT, MANY, MAPPED, NAMED, ONE, is_set, well_formed
from tools.mapping_notes import Notes
from tools.type_names import JSON_TYPES, schema_of_type

MAX_DEPTH = 24


def map_schema(
    raw: Any, notes: Notes, *, depth: int = 0, in_place: bool = False, parameter: bool = False
) -> dict[str, Any]:
    """`raw` in JSON Schema 2020-12; objects closed, unknown keywords dropped.

    `in_place` is true for a branch of `anyOf`, `if` and the like beside `properties`, which speaks
    about the object around it and is not closed again; `parameter` for one of `properties`, which
    may say itself whether it is required.

    Raises:
        SignatureError: where a part is no schema in any known dialect.
    """
    if depth > MAX_DEPTH:
        raise SignatureError("too-large", f"nested deeper than {MAX_DEPTH} levels")
    if isinstance(raw, str):
        notes.add("type name in place of a schema")
        return schema_of_type(raw)
    if isinstance(raw, bool):
        return {} if raw else {"not": {}}
    if not isinstance(raw, dict):
        raise SignatureError("schema", f"{raw!r:.60} is not a schema")
    raw = well_formed(raw, notes, parameter=parameter)
    schema = _type(raw, notes)
    for keyword, value in raw.items():
        if keyword in KEPT:
            schema[keyword] = value
        elif keyword == "example":
            schema.setdefault("examples", [value])
        elif keyword not in MAPPED and keyword != "required":
            notes.add(f"keyword {keyword!r} dropped")
    _applicators(raw, schema, notes, depth)
    _object(raw, schema, notes, depth, in_place=in_place)
    _array(raw, schema, notes, depth)
    _bounds(schema, notes)
    _values(schema, notes)
    return schema


def _type(raw: dict[str, Any], notes: Notes) -> dict[str, Any]:
    name = raw.get("type")
    if name is None:
        return {"type": "object"} if isinstance(raw.get("properties"), dict) else {}
    if isinstance(name, list):
        names = [_json_type(one, notes) for one in name]
        return {"type": names[0] if len(names) == 1 else names}
    if not isinstance(name, str):
        raise SignatureError("unknown-type", f"type {name!r:.60} is not a type name")
    if name.strip().lower() == "enum":
        values = next((raw[k] for k in ("enum", "values", "options") if k in raw), None)
        if not isinstance(values, list) or not values:
            raise SignatureError("enum", "type 'enum' without a list of values")
        notes.add("type 'enum' is the enum of its values")
        return {"enum": values}
    schema = schema_of_type(name)
    if schema != {"type": name}:
        notes.add(f"type {name!r} is {schema.get('type', 'any')!r}")
    return schema


def _json_type(name: Any, notes: Notes) -> str:
    schema = schema_of_type(name) if isinstance(name, str) else {}
    kind = schema.get("type")
    if set(schema) != {"type"} or kind not in JSON_TYPES:
        raise SignatureError("unknown-type", f"type {name!r:.60} in a list of types")
    if kind != name:
        notes.add(f"type {name!r} is {kind!r}")
    return str(kind)


def _applicators(raw: dict[str, Any], schema: dict[str, Any], notes: Notes, depth: int) -> None:
    beside = isinstance(raw.get("properties"), dict)
    for keyword in ONE:
        if keyword in raw:
            schema[keyword] = map_schema(raw[keyword], notes, depth=depth + 1, in_place=beside)
    for keyword in MANY:
        if isinstance(members := raw.get(keyword), list):
            schema[keyword] = [
                map_schema(member, notes, depth=depth + 1, in_place=beside) for member in members
            ]
    for keyword in NAMED:
        if isinstance(named := raw.get(keyword), dict):
            schema[keyword] = {
                name: map_schema(member, notes, depth=depth + 1) for name, member in named.items()
            }


def _object(
    raw: dict[str, Any], schema: dict[str, Any], notes: Notes, depth: int, *, in_place: bool
) -> None:
    properties = raw.get("properties")
    if isinstance(properties, dict):
        schema["properties"] = {
            name: map_schema(member, notes, depth=depth + 1, parameter=True)
            for name, member in properties.items()
        }
        _required(raw, properties, schema, notes)
        if not in_place:
            if raw.get("additionalProperties") is not False:
                notes.add("object closed")
            schema["additionalProperties"] = False
        return
    if isinstance(raw.get("required"), list):
        schema["required"] = raw["required"]
    values = raw.get("additionalProperties", schema.get("additionalProperties"))
    if isinstance(values, dict | str):
        schema["additionalProperties"] = map_schema(values, notes, depth=depth + 1)
    elif values is False:
        schema["additionalProperties"] = False
    elif schema.get("type") == "object" and not any(k in raw for k in (*MANY, "$ref", "enum")):
        notes.add("free-form object takes any values")
        schema["additionalProperties"] = {}


def _required(
    raw: dict[str, Any], properties: dict[str, Any], schema: dict[str, Any], notes: Notes
) -> None:
    names = _names(raw.get("required"))
    left_out = set(_names(raw.get("optional")))
    for name, member in properties.items():
        if not isinstance(member, dict):
            continue
        if is_set(member, "required", True):
            notes.add("'required' of a parameter is in the list of its object")
            names.append(name)
        if is_set(member, "required", False) or is_set(member, "optional", True):
            left_out.add(name)
    if any(name not in properties for name in names):
        notes.add("required name that is no property: dropped")
    wanted = set(names) - left_out
    kept = [name for name in properties if name in wanted]
    if kept:
        schema["required"] = kept


def _names(listed: Any) -> list[str]:
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else []


def _array(raw: dict[str, Any], schema: dict[str, Any], notes: Notes, depth: int) -> None:
    items = raw.get("items")
    if isinstance(items, list):
        notes.add("list of 'items' is 'prefixItems'")
        schema["prefixItems"] = [map_schema(item, notes, depth=depth + 1) for item in items]
        schema["items"] = False
    elif items is False:
        schema["items"] = False
    elif items is not None:
        schema["items"] = map_schema(items, notes, depth=depth + 1)


def _bounds(schema: dict[str, Any], notes: Notes) -> None:
    """`exclusiveMinimum: true` of draft 4 becomes the number it stood for."""
    for exclusive, inclusive in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        flag = schema.get(exclusive)
        if isinstance(flag, bool):
            notes.add(f"{exclusive!r} of draft 4 is a number")
            del schema[exclusive]
            if flag and inclusive in schema:
                schema[exclusive] = schema.pop(inclusive)


def _values(schema: dict[str, Any], notes: Notes) -> None:
    """Enum members and defaults that the schema itself refuses."""
    if "examples" in schema and not isinstance(schema["examples"], list):
        notes.add("'examples' that is no list is one")
        schema["examples"] = [schema["examples"]]
    rule = {k: v for k, v in schema.items() if k not in ("enum", "default", "examples")}
    if isinstance(schema.get("enum"), list) and schema["enum"]:
        _enum(schema, rule, notes)
    rule = {k: v for k, v in schema.items() if k not in ("default", "examples")}
    if "default" in schema and not _fits(rule, schema["default"]):
        notes.add("default that does not fit its schema: dropped")
        del schema["default"]


def _enum(schema: dict[str, Any], rule: dict[str, Any], notes: Notes) -> None:
    values = schema["enum"]
    fitting = [value for value in values if _fits(rule, value)]
    if len(fitting) == len(values):
        return
    if fitting:
        notes.add("enum value of another type: dropped")
        schema["enum"] = fitting
    elif schema.get("type") == "array" and isinstance(schema.get("items", {}), dict):
        notes.add("enum of an array is the enum of its items")
        schema["items"] = {**schema.get("items", {}), "enum": schema.pop("enum")}
    else:
        notes.add("type that no enum value has: dropped")
        schema.pop("type", None)
        if all(isinstance(value, str) for value in values):
            schema["type"] = "string"


def _fits(rule: dict[str, Any], value: Any) -> bool:
    try:
        return compile_fast(rule).is_valid(value)
    except ValueError:
        # A part that refers to the rest of its document cannot be tried alone, and what is no
        # schema is for the gate to refuse: the value stays.
        return True
