from typing import Any

import pytest

from button.errors import SignatureError
from button.records import FunctionSignature
from tools.gate import check_signature, gate_problems, signature_problems

CLOSED = {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": False}


def signature(**changes: Any) -> FunctionSignature:
    base = {
        "name": "get_order",
        "description": "Look up an order.",
        "parameters": CLOSED,
        "returns": CLOSED,
    }
    return FunctionSignature(**{**base, **changes})


def parameters(*required: str, **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return {**schema, "required": list(required)} if required else schema


def code_of(schema: dict[str, Any]) -> str:
    with pytest.raises(SignatureError) as caught:
        check_signature(signature(parameters=schema))
    return caught.value.code


SOUND = {
    "nested objects, arrays, enums, formats": parameters(
        "day",
        day={"type": "string", "format": "date"},
        items={"type": "array", "items": parameters("n", n={"type": "integer", "enum": [1, 2]})},
    ),
    "a property named $ref": parameters(**{"$ref": {"type": "string"}, "$id": {"type": "string"}}),
    "properties named like keywords": parameters(
        properties={"type": "string"}, required={"type": "boolean"}, enum={"type": "string"}
    ),
    "schema-like data in enum, const and default": parameters(
        a={"enum": [{"$ref": "http://x.invalid"}], "default": {"$id": "x"}}
    ),
    "a free-form map that says what its values are": parameters(
        labels={"type": "object", "additionalProperties": {"type": "string"}}
    ),
    "a recursion that consumes input": {
        **parameters(tree={"$ref": "#/$defs/tree"}),
        "$defs": {
            "tree": parameters(children={"type": "array", "items": {"$ref": "#/$defs/tree"}})
        },
    },
    "an escaped pointer": {
        **parameters(a={"$ref": "#/$defs/a~1b%20c"}),
        "$defs": {"a/b c": {"type": "string"}},
    },
    "one of two must be given": {
        **parameters(a={"type": "string"}, b={"type": "string"}),
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    },
    "a condition on own properties": {
        **parameters(a={"type": "string"}, b={"type": "string"}),
        "if": {"properties": {"a": {"const": "x"}}},
        "then": {"required": ["b"]},
    },
    "alternatives that are closed themselves": parameters(
        a={"type": "object", "anyOf": [CLOSED, parameters(n={"type": "integer"})]}
    ),
    "no parameters": parameters(),
    "unicode classes in a pattern": parameters(a={"type": "string", "pattern": r"^\p{L}+$"}),
    "boolean schemas": parameters(a=True, b=False),
}

UNSOUND = [
    ("not-closed-object", {"type": "array", "items": {}}),
    ("not-closed-object", {"type": "object", "properties": {}}),
    ("not-closed-object", {"type": "object", "additionalProperties": {"type": "string"}}),
    ("not-closed-object", {}),
    ("open-object", parameters(a={"type": "object", "properties": {"b": {}}})),
    (
        "open-object",
        parameters(a={"type": "object", "properties": {}, "additionalProperties": {}}),
    ),
    ("open-object", parameters(a={"type": "object"})),
    ("open-object", parameters(a={"type": ["object", "null"], "additionalProperties": True})),
    ("open-object", parameters(a={"type": "array", "items": {"properties": {"b": {}}}})),
    ("open-object", {**parameters(a={}), "anyOf": [{"properties": {"z": {"type": "string"}}}]}),
    ("unknown-type", parameters(a={"type": "dict"})),
    ("unknown-type", parameters(a={"type": ["string", "float"]})),
    ("metaschema", parameters(a={"minimum": "1"})),
    ("metaschema", {**CLOSED, "required": "a"}),
    ("metaschema", parameters(a={"multipleOf": 0})),
    ("metaschema", parameters(a=3)),
    ("dialect", {**CLOSED, "$schema": "http://json-schema.org/draft-07/schema#"}),
    ("dialect", {**CLOSED, "$schema": "http://127.0.0.1:9/schema"}),
    ("forbidden-keyword", {**CLOSED, "$id": "http://x.invalid/"}),
    ("forbidden-keyword", parameters(a={"$anchor": "here"})),
    ("forbidden-keyword", parameters(a={"$dynamicRef": "#x"})),
    ("forbidden-keyword", {**CLOSED, "$vocabulary": {}}),
    ("reference", parameters(a={"$ref": "http://127.0.0.1:9/x"})),
    ("reference", parameters(a={"$ref": "file:///etc/passwd"})),
    ("reference", parameters(a={"$ref": "other.json"})),
    ("reference", parameters(a={"$ref": "#anchor"})),
    ("reference", parameters(a={"$ref": "#/$defs/missing"})),
    ("reference", {**parameters(a={"$ref": "#/required"}, b={}), "required": ["b"]}),
    ("reference", {**CLOSED, "$ref": "#"}),
    (
        "reference",
        {
            **parameters(a={"$ref": "#/$defs/x"}),
            "$defs": {"x": {"allOf": [{"$ref": "#/$defs/y"}]}, "y": {"not": {"$ref": "#/$defs/x"}}},
        },
    ),
    ("required", {**CLOSED, "required": ["a", "b"]}),
    ("required", parameters(a={"required": ["x"]})),
    ("pattern", parameters(a={"pattern": "("})),
    ("pattern", parameters(a={"pattern": "(?=x)y"})),
    ("pattern", parameters(a={"pattern": r"(a)\1"})),
    ("pattern", parameters(a={"pattern": "a" * 513})),
    ("enum", parameters(a={"enum": []})),
    ("enum", parameters(a={"enum": list(range(2001))})),
    ("too-large", parameters(a={"enum": list(range(4001))})),
    ("too-large", parameters(a={"default": 10**400})),
    ("too-large", parameters(a={"default": float("nan")})),
    ("too-large", parameters(a={"description": "\ud800"})),
    ("too-large", parameters(a={"description": "x" * 16_001})),
    ("too-large", parameters(**{f"p{i}": {"description": "x" * 9_000} for i in range(8)})),
]


@pytest.mark.parametrize("schema", SOUND.values(), ids=SOUND.keys())
def test_a_sound_schema_passes(schema: dict[str, Any]) -> None:
    assert signature_problems(signature(parameters=schema, returns=schema)) == ()


@pytest.mark.parametrize(("code", "schema"), UNSOUND)
def test_an_unsound_schema_is_refused_with_its_code(code: str, schema: dict[str, Any]) -> None:
    assert code_of(schema) == code


def test_a_deep_schema_is_refused_without_recursion() -> None:
    schema: dict[str, Any] = {}
    for _ in range(5_000):
        schema = {"items": schema}
    assert code_of(schema) == "too-large"


def test_a_chain_of_references_deeper_than_the_stack_passes() -> None:
    links = {f"d{i}": {"$ref": f"#/$defs/d{i + 1}"} for i in range(1_200)}
    schema = {**parameters(a={"$ref": "#/$defs/d0"}), "$defs": {**links, "d1200": {}}}
    assert signature_problems(signature(parameters=schema)) == ()


def test_doubling_references_are_refused() -> None:
    doubling = {
        f"d{i}": {"allOf": [{"$ref": f"#/$defs/d{i + 1}"}, {"$ref": f"#/$defs/d{i + 1}"}]}
        for i in range(20)
    }
    schema = {**parameters(a={"$ref": "#/$defs/d0"}), "$defs": {**doubling, "d20": {}}}
    assert code_of(schema) == "reference"


@pytest.mark.parametrize("name", ["", "get order", "a.b", "1st", "x" * 65, "naïve", "a\n", "-a"])
def test_an_illegal_name_is_refused(name: str) -> None:
    with pytest.raises(SignatureError, match="^name: ") as caught:
        check_signature(signature(name=name))
    assert repr(name) in caught.value.detail


@pytest.mark.parametrize("name", ["a", "_x", "Get-Order_2", "x" * 64])
def test_a_legal_name_passes(name: str) -> None:
    check_signature(signature(name=name))


def test_an_empty_description_is_refused() -> None:
    with pytest.raises(SignatureError, match="^no-description"):
        check_signature(signature(description=" \n"))


def test_unknown_returns_pass_only_where_they_may() -> None:
    check_signature(signature(returns={}), returns_required=False)
    with pytest.raises(SignatureError, match="^no-returns"):
        check_signature(signature(returns={}))


def test_a_set_names_every_problem_and_every_duplicate() -> None:
    bad = signature(parameters={**CLOSED, "required": ["b"]}, description="")
    lines = gate_problems([signature(), bad, signature(name="other")])
    assert len(lines) == 3
    assert all(line.startswith("function 'get_order': ") for line in lines)
    assert [line.split(": ")[1] for line in lines] == [
        "no-description",
        "required",
        "duplicate-name",
    ]


def test_a_sound_set_has_no_problems() -> None:
    assert gate_problems([signature(), signature(name="other")]) == []


def test_the_same_circle_is_named_whatever_the_process() -> None:
    circles = [{"allOf": [{"$ref": f"#/allOf/{index}"}]} for index in range(8)]
    lines = gate_problems([signature(parameters={**CLOSED, "allOf": circles})])
    assert len(lines) == 1
    assert lines[0].endswith("#/allOf/0 -> #/allOf/0/allOf/0 -> #/allOf/0")
