"""Function definitions of other catalogues as `FunctionSignature`s, mapped explicitly.

Read: OpenAI tools, BFCL (type names `dict`, `float`, `tuple`, `any`; `response`), Python type names
(Seal-Tools), BUTTON's own form (bare parameter map, sibling `required`, `responses`), NESTFUL
(`required: true` per parameter), TaskBench (parameter lists), ToolBench (`optional` lists) and MCP
(`inputSchema`). Every change is noted; what cannot be mapped is refused with a reason.
"""

import re
from typing import Any, NamedTuple

from button.errors import SignatureError
from button.records import FunctionSignature
from tools.bounds import Bounds, bounds_problem
from tools.mapping_notes import Notes
from tools.names import legal_name
from tools.schema_mapping import map_schema

NAME_KEYS = ("name", "api_name")
DESCRIPTION_KEYS = ("description", "api_description", "desc")
PARAMETER_KEYS = (
    "parameters", "inputSchema", "input_schema", "query_parameters", "arguments", "args",
)  # fmt: skip
RETURN_KEYS = ("returns", "response", "responses", "outputSchema", "output_parameters")
RAW_BOUNDS = Bounds(depth=48, nodes=20_000, text=64_000)
"""A definition before it is mapped; the gate's own bounds hold afterwards."""
_SCHEMA_MARKS = ("$ref", "anyOf", "oneOf", "allOf", "additionalProperties", "$schema", "$defs")


class Mapped(NamedTuple):
    """A function and what had to be changed in it."""

    signature: FunctionSignature
    notes: list[str]
    """One line per kind of change, with its count, such as `type 'dict' is 'object' (2)`."""


def is_function(value: Any) -> bool:
    """Whether a JSON value looks like a function definition of a known dialect."""
    if not isinstance(value, dict):
        return False
    body = value.get("function", value)
    if not isinstance(body, dict) or _first(body, NAME_KEYS) is None:
        return False
    if any(isinstance(body.get(key), list) for key in ("tools", "functions", "function")):
        return False
    described = DESCRIPTION_KEYS + PARAMETER_KEYS + RETURN_KEYS
    return any(key in body for key in described)


def map_function(raw: Any) -> Mapped:
    """One function definition as a signature with JSON Schema 2020-12 and closed objects.

    A function that does not say what it returns gets `returns == {}` (unknown).

    Raises:
        SignatureError: where it has no name or description, or a part that no dialect explains.
    """
    body = raw.get("function", raw) if isinstance(raw, dict) else None
    if not isinstance(body, dict):
        raise SignatureError("not-a-function", f"a function is an object, not {raw!r:.60}")
    if (problem := bounds_problem(body, RAW_BOUNDS)) is not None:
        raise SignatureError("too-large", f"the definition: {problem}")
    name = _first(body, NAME_KEYS)
    if not isinstance(name, str) or not name.strip():
        raise SignatureError("name", "the function has no name")
    description = _first(body, DESCRIPTION_KEYS)
    if not isinstance(description, str) or not description.strip():
        raise SignatureError("no-description", f"function {name!r} has no description")
    notes = Notes()
    parameters = _parameters(_first(body, PARAMETER_KEYS), body.get("required"), notes)
    returns = _returns(_first(body, RETURN_KEYS), notes)
    legal = legal_name(name)
    if legal != name:
        notes.add(f"name {name!r} is {legal!r}")
    signature = FunctionSignature(
        name=legal,
        description=description.strip(),
        parameters=parameters,
        returns=returns,
        original_name=name if legal != name else None,
    )
    return Mapped(signature, notes.lines())


def _parameters(raw: Any, required: Any, notes: Notes) -> dict[str, Any]:
    schema = _as_object_schema(raw if raw is not None else {}, notes)
    if required is not None and schema.get("required") is None:
        schema = {**schema, "required": required}
    if "properties" in schema and schema["properties"] is None:
        notes.add("keyword 'properties' that is null: dropped")
        del schema["properties"]
    if "properties" not in schema and not any(mark in schema for mark in ("$ref", "allOf")):
        schema = {**schema, "properties": {}}
    mapped = map_schema(schema, notes)
    if mapped.get("type") != "object":
        raise SignatureError("parameters", f"parameters are {mapped.get('type')!r}, not an object")
    return mapped


def _returns(raw: Any, notes: Notes) -> dict[str, Any]:
    if not raw:
        notes.add("what it returns is not said")
        return {}
    mapped = map_schema(_as_object_schema(raw, notes), notes)
    if "properties" in mapped:
        return mapped
    notes.add("a result that is not an object of named fields is put under 'result'")
    return {
        "type": "object",
        "properties": {"result": mapped},
        "required": ["result"],
        "additionalProperties": False,
    }


def _as_object_schema(raw: Any, notes: Notes) -> dict[str, Any]:
    """A whole schema as it is; a bare map or list of parameters as the schema it stands for."""
    if isinstance(raw, list):
        notes.add("list of parameters is a schema")
        return {"type": "object", "properties": _by_name(raw)}
    if not isinstance(raw, dict):
        raise SignatureError("parameters", f"{raw!r:.60} is neither a schema nor a parameter map")
    if not raw or _is_schema(raw):
        return {"type": "object", **raw}
    notes.add("bare parameter map is a schema")
    return {"type": "object", "properties": raw}


def _is_schema(raw: dict[str, Any]) -> bool:
    if isinstance(raw.get("type"), str | list):
        return True
    properties = raw.get("properties")
    if isinstance(properties, dict):
        return all(isinstance(value, dict | bool) for value in properties.values())
    return any(mark in raw for mark in _SCHEMA_MARKS)


def _by_name(raw: list[Any]) -> dict[str, Any]:
    named: dict[str, Any] = {}
    for parameter in raw:
        name = parameter.get("name") if isinstance(parameter, dict) else None
        if not isinstance(name, str):
            raise SignatureError("parameters", f"parameter {parameter!r:.60} has no name")
        body = {key: value for key, value in parameter.items() if key != "name"}
        if "description" not in body and "desc" in body:
            body["description"] = body.pop("desc")
        named[re.sub(r"\s+", "_", name.strip())] = body
    return named


def _first(body: dict[str, Any], keys: tuple[str, ...]) -> Any:
    return next((body[key] for key in keys if body.get(key) is not None), None)
