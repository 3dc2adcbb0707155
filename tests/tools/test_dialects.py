from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from button.errors import SignatureError
from tools.dialects import is_function, map_function
from tools.gate import signature_problems
from tools.type_names import schema_of_type


def function(parameters: Any, **more: Any) -> dict[str, Any]:
    return {"name": "f", "description": "Does it.", "parameters": parameters, **more}


def properties_of(parameters: Any, **more: Any) -> dict[str, Any]:
    properties: dict[str, Any] = map_function(function(parameters, **more)).signature.parameters[
        "properties"
    ]
    return properties


BFCL = function(
    {
        "type": "dict",
        "properties": {
            "size": {"type": "float", "description": "Size.", "default": "big"},
            "at": {"type": "tuple", "items": {"type": "float"}},
            "extra": {"type": "any"},
            "who": {"type": "dict", "properties": {"age": {"type": "integer", "default": 3}}},
            "free": {"type": "dict"},
        },
        "required": ["size", "gone"],
    },
    response={"type": "dict", "properties": {"ok": {"type": "boolean"}}},
)


def test_bfcl_becomes_closed_json_schema() -> None:
    signature, notes = map_function(BFCL)
    assert signature.parameters == {
        "type": "object",
        "properties": {
            "size": {"type": "number", "description": "Size."},
            "at": {"type": "array", "items": {"type": "number"}},
            "extra": {},
            "who": {
                "type": "object",
                "properties": {"age": {"type": "integer", "default": 3}},
                "additionalProperties": False,
            },
            "free": {"type": "object", "additionalProperties": {}},
        },
        "required": ["size"],
        "additionalProperties": False,
    }
    assert signature.returns["properties"] == {"ok": {"type": "boolean"}}
    assert signature_problems(signature) == ()
    assert "type 'float' is 'number' (2)" in notes
    assert "default that does not fit its schema: dropped (1)" in notes
    assert "required name that is no property: dropped (1)" in notes
    assert "object closed (3)" in notes


def test_a_dotted_name_is_made_legal_and_kept() -> None:
    signature = map_function({**function({}), "name": "math.sqrt"}).signature
    assert (signature.name, signature.original_name) == ("math_sqrt", "math.sqrt")
    assert map_function(function({})).signature.original_name is None


def test_buttons_own_form() -> None:
    raw = {
        "name": "book_table",
        "description": "Book a table.",
        "parameters": {
            "type": {"type": "str", "description": "A parameter that is named type."},
            "guests": {"type": "int"},
        },
        "required": ["guests"],
        "responses": {"reference": {"type": "str"}, "seats": {"type": "List[int]"}},
    }
    signature = map_function(raw).signature
    assert signature.parameters["properties"]["type"]["type"] == "string"
    assert signature.parameters["required"] == ["guests"]
    assert signature.returns["properties"] == {
        "reference": {"type": "string"},
        "seats": {"type": "array", "items": {"type": "integer"}},
    }
    assert signature_problems(signature) == ()


def test_a_parameter_says_itself_whether_it_is_required() -> None:
    raw = {
        "a": {"type": "string", "required": True},
        "b": {"type": "string", "required": False},
        "c": {"type": "string", "optional": True},
    }
    signature = map_function(function(raw, required=["c"])).signature
    assert signature.parameters["required"] == ["a"]
    assert signature_problems(signature, returns_required=False) == ()


def test_an_optional_list_takes_names_out_of_required() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "required": ["a", "b"],
        "optional": ["b"],
    }
    assert map_function(function(schema)).signature.parameters["required"] == ["a"]


def test_a_list_of_parameters() -> None:
    raw = [{"name": "day", "type": "date", "desc": "Which day"}, {"name": "n", "type": "number"}]
    assert properties_of(raw) == {
        "day": {"type": "string", "format": "date", "description": "Which day"},
        "n": {"type": "number"},
    }


def test_enums() -> None:
    found = properties_of(
        {
            "a": {"type": "enum", "values": ["x", "y"]},
            "b": {"type": "integer", "enum": ["1", "any"], "default": "any"},
            "c": {"type": "integer", "enum": [1, "any"]},
            "d": {"type": "array", "items": {"type": "string"}, "enum": ["x"], "default": []},
        }
    )
    assert found["a"] == {"enum": ["x", "y"]}
    assert found["b"] == {"type": "string", "enum": ["1", "any"], "default": "any"}
    assert found["c"] == {"type": "integer", "enum": [1]}
    assert found["d"] == {
        "type": "array", "items": {"type": "string", "enum": ["x"]}, "default": [],
    }  # fmt: skip


def test_annotations_stay_and_unknown_keywords_go_with_a_note() -> None:
    schema = {
        "type": "string",
        "description": "d",
        "format": "email",
        "default": "a@b.org",
        "example": "c@d.org",
        "x-order": 3,
        "nullable": True,
    }
    mapped = map_function(function({"a": schema}))
    assert mapped.signature.parameters["properties"]["a"] == {
        "type": "string",
        "description": "d",
        "format": "email",
        "default": "a@b.org",
        "examples": ["c@d.org"],
    }
    assert "keyword 'x-order' dropped (1)" in mapped.notes


def test_returns_that_are_no_object_are_named() -> None:
    signature = map_function(function({}, returns={"type": "list", "items": "int"})).signature
    assert signature.returns == {
        "type": "object",
        "properties": {"result": {"type": "array", "items": {"type": "integer"}}},
        "required": ["result"],
        "additionalProperties": False,
    }
    assert signature_problems(signature) == ()


def test_unknown_returns_stay_unknown() -> None:
    mapped = map_function(function({}))
    assert mapped.signature.returns == {}
    assert "what it returns is not said (1)" in mapped.notes


def test_an_openai_tool_and_an_mcp_tool() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    openai = map_function({"type": "function", "function": function(schema)}).signature
    mcp = {"name": "f", "description": "Does it.", "inputSchema": schema}
    assert map_function(mcp).signature == openai


def test_branches_beside_properties_are_not_closed_apart() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
        "anyOf": [{"required": ["a"]}, {"properties": {"b": {"const": "x"}}, "required": ["b"]}],
    }
    signature = map_function(function(schema)).signature
    assert "additionalProperties" not in signature.parameters["anyOf"][1]
    assert signature_problems(signature, returns_required=False) == ()


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("not-a-function", "f"),
        ("not-a-function", {"function": 3}),
        ("name", {"description": "d"}),
        ("no-description", {"name": "f", "description": " "}),
        ("unknown-type", function({"a": {"type": "wombat"}})),
        ("unknown-type", function({"a": {"type": ["string", "wombat"]}})),
        ("enum", function({"a": {"type": "enum"}})),
        ("schema", function({"a": 3})),
        ("parameters", function([{"type": "string"}])),
        ("parameters", function("a, b")),
        ("parameters", function({"type": "string"})),
    ],
)
def test_what_no_dialect_explains_is_refused(code: str, raw: Any) -> None:
    with pytest.raises(SignatureError) as caught:
        map_function(raw)
    assert caught.value.code == code


def test_a_bottomless_schema_is_refused() -> None:
    schema: dict[str, Any] = {}
    for _ in range(5_000):
        schema = {"type": "array", "items": schema}
    with pytest.raises(SignatureError, match="^too-large"):
        map_function(function({"a": schema}))


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("str", {"type": "string"}),
        ("Dict[str, List[int]]",
         {"type": "object", "additionalProperties":
          {"type": "array", "items": {"type": "integer"}}}),
        ("Optional[float]", {"type": "number"}),
        ("str | None", {"type": "string"}),
        ("Union[int, str]", {"anyOf": [{"type": "integer"}, {"type": "string"}]}),
        ("ArrayList<String>", {"type": "array", "items": {"type": "string"}}),
        ("int, optional", {"type": "integer"}),
    ],
)  # fmt: skip
def test_type_names(name: str, schema: dict[str, Any]) -> None:
    assert schema_of_type(name) == schema


def test_what_looks_like_a_function() -> None:
    assert is_function(BFCL)
    assert is_function({"type": "function", "function": function({})})
    assert not is_function({"name": "Ann", "age": 3})
    assert not is_function({"name": "set", "description": "d", "tools": []})


types = st.sampled_from(["str", "dict", "float", "any", "tuple", "list[int]", "integer", "bool"])
parts = st.recursive(
    st.builds(lambda t, d: {"type": t, "default": d}, types, st.sampled_from([1, "a", None, []])),
    lambda inner: st.one_of(
        inner.map(lambda items: {"type": "list", "items": items}),
        st.dictionaries(st.sampled_from(["a", "type", "required"]), inner).map(
            lambda named: {"type": "dict", "properties": named, "required": ["a", "z"]}
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "type", "properties"]), parts))
def test_whatever_is_mapped_passes_the_gate(named: dict[str, Any]) -> None:
    raw = function({"type": "dict", "properties": named})
    signature = map_function(raw).signature
    assert signature_problems(signature, returns_required=False) == ()


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4), types),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(
                ["type", "properties", "items", "enum", "default", "required", "anyOf", "$ref",
                 "name", "additionalProperties", "minimum", "pattern", "optional", "x"]
            ),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(json_values, json_values)
def test_whatever_stands_in_a_definition_is_mapped_or_refused(parameters: Any, more: Any) -> None:
    raw = function(parameters, returns=more, required=more)
    try:
        signature = map_function(raw).signature
    except SignatureError:
        return
    signature_problems(signature)
