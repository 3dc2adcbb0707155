"""A schema whose keywords hold what they must not hold: always told, and nothing fails over it."""

import copy
import itertools
import json
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings

from button.checks import Conversation, lint
from button.checks.profile import OWN
from button.formats import read_row
from tests.button.formats.chat_rows import TOOL, openai_row
from tests.tools.test_dialects import json_values
from tools.gate import DIALECT
from tools.keyword_forms import KEPT, MAPPED

PARAMETERS: dict[str, Any] = {
    "type": "object",
    "properties": {
        "symbol": {"type": "string"},
        "parts": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {"share": {"type": "integer"}},
                "additionalProperties": False,
            },
        },
    },
    "additionalProperties": False,
}
NOWHERE = {"symbol": "zzq", "parts": [{"share": 77, "more": True}], "new": {"x": 78}}
"""Arguments that nobody gave, so that their origin is looked for in the schema."""
KEYWORDS = sorted(KEPT | MAPPED - {"values", "options"})
VALUES: tuple[Any, ...] = (
    5,
    -1.5,
    "oops",
    True,
    [1],
    ["oops", 2],
    [],
    {},
    {"a": 1},
    {"a": "oops"},
    None,
)


def row(parameters: Any) -> dict[str, Any]:
    function = {"name": "get_price", "arguments": json.dumps(NOWHERE)}
    asking = openai_row({"id": "call_1", "type": "function", "function": function})
    tool = {"type": "function", "function": {**TOOL, "parameters": parameters}}
    return {**asking, "tools": [tool]}


def spoilt(keyword: str) -> Iterator[dict[str, Any]]:
    """The parameters with every value for a keyword, in every place, that no JSON Schema has."""
    for value, place in itertools.product(VALUES, range(3)):
        parameters = copy.deepcopy(PARAMETERS)
        below = parameters["properties"]
        (parameters, below["symbol"], below["parts"]["items"])[place][keyword] = value
        if not _is_schema(parameters):
            yield parameters


def _is_schema(schema: dict[str, Any]) -> bool:
    if not isinstance(schema.get("$schema", DIALECT), str):
        return False  # the validator cannot say: it looks there for its own rules
    try:
        jsonschema_rs.meta.validate({**schema, "$schema": DIALECT})
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_what_no_json_schema_holds_is_an_error_or_noted(keyword: str) -> None:
    for parameters in spoilt(keyword):
        talk = read_row(row(parameters))
        errors = {each.code for each in lint(talk).findings if each.severity == "error"}
        noted = [note for note in talk.reading.notes if repr(keyword) in note]
        assert "malformed_tool" in errors or noted, parameters


@pytest.mark.parametrize("keyword", KEYWORDS)
def test_it_is_an_error_where_nothing_is_mapped(keyword: str) -> None:
    for parameters in spoilt(keyword):
        given = read_row(row(PARAMETERS))
        tool = {"type": "function", "function": {**TOOL, "parameters": parameters, "returns": {}}}
        findings = lint(Conversation(given.messages, (tool,)), OWN).findings
        codes = {each.code for each in findings if (each.path or "").startswith("$.tools")}
        assert codes & {"malformed_tool", "unsound_signature"}, parameters


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ({"required": "oops"}, "'required' is 'oops', not a list of names"),
        ({"required": ["symbol", 3]}, "'required' is ['symbol', 3], not a list of names"),
        ({"properties": [1]}, "'properties' is [1], not an object of schemas"),
        ({"additionalProperties": "oops"}, "type 'oops' is no type name"),
        ({"additionalProperties": 5}, "'additionalProperties' is 5, not a schema"),
        ({"anyOf": {"type": "object"}}, "'anyOf' is {'type': 'object'}, not a list of schemas"),
        ({"properties": {"a": {"type": 5}}}, "type 5 is not a type name"),
        ({"properties": {"a": {"enum": "x"}}}, "/properties/a/enum"),
        ({"properties": {"a": {"items": "oops"}}}, "type 'oops' is no type name"),
        ({"properties": {"a": {"minimum": "1"}}}, "/properties/a/minimum"),
        ({"properties": {"a": {"$ref": 5}}}, "/properties/a/$ref"),
    ],
)
def test_the_reason_names_the_keyword_and_what_it_holds(more: dict[str, Any], reason: str) -> None:
    findings = lint(read_row(row({**PARAMETERS, **more}))).findings
    (told,) = [each for each in findings if each.code == "malformed_tool"]
    assert reason in told.text
    assert told.severity == "error"
    assert told.path == "$.tools[0]"


@pytest.mark.parametrize(
    ("more", "note"),
    [
        ({"required": None}, "keyword 'required' that is null: dropped"),
        ({"properties": None}, "keyword 'properties' that is null: dropped"),
        ({"properties": {"a": {"enum": None}}}, "keyword 'enum' that is null: dropped"),
        ({"required": True}, "'required' of what is no parameter: dropped"),
        ({"properties": {"a": {"required": "True"}}}, "'required' as a text is a boolean"),
        ({"additionalProperties": "false"}, "'additionalProperties' as a text is a boolean"),
        ({"properties": {"a": {"examples": "x"}}}, "'examples' that is no list is one"),
    ],
)
def test_what_some_dialects_write_is_mapped_and_noted(more: dict[str, Any], note: str) -> None:
    talk = read_row(row({**PARAMETERS, **more}))
    assert note in "\n".join(talk.reading.notes)
    assert "malformed_tool" not in {each.code for each in lint(talk).findings}


def test_a_list_of_required_names_beside_the_function_is_one() -> None:
    beside = row(PARAMETERS)
    beside["tools"][0]["required"] = "oops"
    (told,) = [each for each in lint(read_row(beside)).findings if each.code == "malformed_tool"]
    assert "'required' is 'oops'" in told.text


@settings(max_examples=150, deadline=None)
@given(parameters=json_values, returns=json_values)
def test_whatever_stands_for_a_schema_makes_no_check_fail(parameters: Any, returns: Any) -> None:
    given_row = row(parameters)
    given_row["tools"][0]["function"]["returns"] = returns
    talk = read_row(given_row)
    lint(talk)
    own = {"name": "get_price", "description": "d", "parameters": parameters, "returns": returns}
    lint(Conversation(talk.messages, ({"type": "function", "function": own},)), OWN)
