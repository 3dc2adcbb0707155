"""Schemas and values made to exhaust a validator, and how long each takes: `make hostile`.

A case is a family (one way to attack) at a place (where in the parameters it stands), with a value
to validate. The gate may refuse the schema; what it passes is validated. Neither may take long.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from button.records import FunctionSignature
from tools.gate import signature_problems
from tools.validation import argument_errors

Schema = dict[str, Any]
GOAL_MS = 100


class Case(NamedTuple):
    """One hostile schema with a value for it."""

    name: str
    parameters: Schema
    arguments: Any


class Outcome(NamedTuple):
    """What became of a case: `refused` by the gate with a code, else `errors` found or not."""

    refused: str | None
    errors: int


def outcome(case: Case) -> Outcome:
    """Send a case through the gate and, where it passes, through validation."""
    signature = FunctionSignature(
        name="f", description="A function.", parameters=case.parameters, returns=case.parameters
    )
    problems = signature_problems(signature)
    if problems:
        return Outcome(problems[0].code, 0)
    return Outcome(None, len(argument_errors(signature, case.arguments)))


def cases() -> Iterator[Case]:
    """Every family at every place."""
    for family, (schema, value) in FAMILIES.items():
        for place, put in PLACES.items():
            parameters, arguments = put(schema, value)
            yield Case(f"{family} {place}", {**parameters, **_definitions(schema)}, arguments)


def _definitions(schema: Schema) -> Schema:
    return {"$defs": schema["$defs"]} if "$defs" in schema else {}


def _closed(**properties: Any) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _nested(levels: int, leaf: Any, wrap: Callable[[Any], Any]) -> Any:
    for _ in range(levels):
        leaf = wrap(leaf)
    return leaf


def _doubling(keyword: str, rounds: int) -> Schema:
    """Each definition applies the one before it twice: 2 ** rounds schemas for one value."""
    steps = {
        f"d{n}": {keyword: [{"$ref": f"#/$defs/d{n - 1}"}, {"$ref": f"#/$defs/d{n - 1}"}]}
        for n in range(1, rounds + 1)
    }
    return {"$ref": f"#/$defs/d{rounds}", "$defs": {"d0": {"type": "string"}, **steps}}


def _recursive(keyword: str, **more: Any) -> Schema:
    """Two equal branches at each level of the value."""
    branch = _closed(c={"$ref": "#/$defs/n"})
    node = {keyword: [branch, {**branch, "title": "again"}], **more}
    return {"$ref": "#/$defs/n", "$defs": {"n": node}}


def _recursive_list(keyword: str, **more: Any) -> Schema:
    branch = {"prefixItems": [{"$ref": "#/$defs/n"}]}
    node = {"type": "array", keyword: [branch, branch], **more}
    return {"$ref": "#/$defs/n", "$defs": {"n": node}}


LONG = "a" * 20_000
CHAIN = _nested(24, 5, lambda value: {"c": value})
LISTS = _nested(24, 5, lambda value: [value])
FAMILIES: dict[str, tuple[Schema, Any]] = {
    "nested quantifiers": ({"type": "string", "pattern": "^(a+)+$"}, "a" * 40 + "!"),
    "overlapping alternatives": ({"type": "string", "pattern": "^(a|a)*$"}, "a" * 40 + "!"),
    "long polynomial pattern": ({"type": "string", "pattern": "a*a*a*a*a*a*b"}, LONG),
    "counted repetition": ({"type": "string", "pattern": "^(x{0,500}){500}$"}, "x" * 5_000),
    "huge repetition": ({"type": "string", "pattern": "(.{1,1000}){1,1000}"}, LONG),
    "lookahead": ({"type": "string", "pattern": "^(?=(a+))a*b$"}, "a" * 40),
    "back reference": ({"type": "string", "pattern": r"(a*)*\1$"}, "a" * 40),
    "broken pattern": ({"type": "string", "pattern": "("}, "a"),
    "long pattern": ({"type": "string", "pattern": "a?" * 2_000}, "a" * 2_000),
    "hostile property pattern": (
        {"type": "object", "patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
        {"a" * 40 + "!": 1},
    ),
    "hostile property name": (
        {
            "type": "object",
            "propertyNames": {"pattern": "^(a+)+$"},
            "additionalProperties": {"type": "integer"},
        },
        {"a" * 40 + "!": 1},
    ),
    "reference over http": ({"$ref": "http://127.0.0.1:9/x.json"}, 1),
    "reference over https": ({"$ref": "https://169.254.169.254/latest/meta-data"}, 1),
    "reference to a file": ({"$ref": "file:///etc/passwd"}, 1),
    "relative reference": ({"$ref": "other.json#/a"}, 1),
    "dynamic reference": ({"$dynamicRef": "http://127.0.0.1:9/x.json#a"}, 1),
    "base address": ({"$id": "http://127.0.0.1:9/", "$ref": "x"}, 1),
    "foreign dialect": ({"$schema": "http://127.0.0.1:9/dialect", "type": "string"}, "a"),
    "vocabulary": ({"$vocabulary": {"http://127.0.0.1:9/v": True}}, 1),
    "dangling reference": ({"anyOf": [{"type": "string"}, {"$ref": "#/$defs/no"}]}, 1),
    "reference to itself": ({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}, 1),
    "references in a circle": (
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": {"allOf": [{"$ref": "#/$defs/b"}]}, "b": {"not": {"$ref": "#/$defs/a"}}},
        },
        1,
    ),
    "doubling allOf": (_doubling("allOf", 30), "a"),
    "doubling oneOf": (_doubling("oneOf", 30), "a"),
    "doubling anyOf": (_doubling("anyOf", 13), 1),
    "recursive anyOf": (_recursive("anyOf"), CHAIN),
    "recursive oneOf": (_recursive("oneOf"), CHAIN),
    "recursive allOf": (_recursive("allOf"), CHAIN),
    "recursive and unevaluated": (_recursive("anyOf", unevaluatedProperties=False), CHAIN),
    "recursive lists": (_recursive_list("anyOf", unevaluatedItems=False), LISTS),
    "recursive lists, one of": (_recursive_list("oneOf", unevaluatedItems=False), LISTS),
    "recursive lists, all of": (_recursive_list("allOf", unevaluatedItems=False), LISTS),
    "recursive contains": (
        {
            "$ref": "#/$defs/n",
            "$defs": {
                "n": {"type": "array", "contains": {"$ref": "#/$defs/n"}, "minContains": 2}
            },
        },
        _nested(12, [], lambda value: [value, value]),
    ),
    "unique large objects": (
        {"type": "array", "uniqueItems": True, "items": {"type": "object",
         "additionalProperties": {"type": "integer"}}},
        [{"n": n} for n in range(3_000)],
    ),
    "huge enum": ({"enum": list(range(3_900))}, -1),
    "deep schema": (_nested(200, {"type": "string"}, lambda inner: {"not": inner}), "a"),
    "deep value": ({"type": "array", "items": {}}, _nested(5_000, 1, lambda value: [value])),
    "wide schema": (_closed(**{f"p{n}": {"type": "string"} for n in range(5_000)}), {}),
    "wide value": ({"type": "object", "additionalProperties": {"type": "integer"}},
                   {f"p{n}": n for n in range(30_000)}),
    "huge integer": ({"type": "number", "multipleOf": 0.1}, 10**400),
    "not a number": ({"type": "number", "maximum": 1}, float("nan")),
    "infinity": ({"type": "number"}, float("inf")),
    "lone surrogate": ({"type": "string"}, "\ud800"),
    "surrogate in the schema": ({"type": "string", "const": "\udfff"}, "a"),
    "zero multiple": ({"type": "number", "multipleOf": 0}, 1),
    "tiny multiple": ({"type": "number", "multipleOf": 5e-324}, 1e308),
    "unknown type": ({"type": "any"}, 1),
    "schema as a list": ({"items": [{"type": "string"}]}, ["a"]),
    "long text": ({"type": "string", "format": "email"}, "a" * 500_000),
    "hostile address": ({"type": "string", "format": "email"}, "a." * 40_000 + "@"),
    "hostile link": ({"type": "string", "format": "uri"}, "http://" + "%" * 90_000),
    "hostile regex format": ({"type": "string", "format": "regex"}, "(" * 5_000),
    "many alternatives": ({"anyOf": [{"const": n} for n in range(1_900)]}, "no"),
    "dependent schemas": (
        {
            **_closed(**{f"p{n}": {} for n in range(200)}),
            "dependentSchemas": {f"p{n}": {"minProperties": 201} for n in range(200)},
        },
        {f"p{n}": 1 for n in range(200)},
    ),
}  # fmt: skip
PLACES: dict[str, Callable[[Schema, Any], tuple[Schema, Any]]] = {
    "as a property": lambda schema, value: (_closed(p=schema), {"p": value}),
    "in a list": lambda schema, value: (
        _closed(p={"type": "array", "items": schema}),
        {"p": [value, value]},
    ),
    "in a nested object": lambda schema, value: (
        _closed(p=_closed(q=_closed(r=schema))),
        {"p": {"q": {"r": value}}},
    ),
    "as one of two": lambda schema, value: (
        _closed(p={"anyOf": [{"type": "null"}, schema]}),
        {"p": value},
    ),
    "negated": lambda schema, value: (_closed(p={"not": schema}), {"p": value}),
    "as the values of a map": lambda schema, value: (
        _closed(p={"type": "object", "additionalProperties": schema}),
        {"p": {"k": value}},
    ),
}


def main() -> None:
    """Print the slowest cases; exit 1 where one is slower than the goal."""
    console = Console()
    timed = []
    for case in cases():
        started = time.process_time()
        found = outcome(case)
        timed.append(((time.process_time() - started) * 1_000, case.name, found))
    timed.sort(reverse=True)
    refused = sum(found.refused is not None for _, _, found in timed)
    table = Table("slowest", "ms", "outcome", title=f"{len(timed)} cases, {refused} refused")
    for spent, name, found in timed[:10]:
        table.add_row(name, f"{spent:.1f}", found.refused or f"{found.errors} errors")
    console.print(table)
    if timed[0][0] > GOAL_MS:
        raise SystemExit(f"slower than {GOAL_MS} ms: {timed[0][1]}")


if __name__ == "__main__":
    main()
