from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from button.canonical import canonical_json
from button.records import FunctionSignature
from tools.engines import explaining_engine, fast_engine
from tools.gate import signature_problems
from tools.validation import (
    argument_errors,
    fits,
    parse_arguments,
    result_errors,
    schema_errors,
    value_path,
)

PARAMETERS = {
    "type": "object",
    "properties": {
        "day": {"type": "string", "format": "date"},
        "guests": {"type": "integer", "minimum": 1},
        "stops": {"type": "array", "items": {"type": "string", "pattern": "^[A-Z]{3}$"}},
    },
    "required": ["day"],
    "additionalProperties": False,
}
SIGNATURE = FunctionSignature(
    name="f", description="d", parameters=PARAMETERS, returns={**PARAMETERS, "required": ["guests"]}
)


def test_fitting_arguments_have_no_errors() -> None:
    assert argument_errors(SIGNATURE, {"day": "2026-03-02", "guests": 2, "stops": ["AMS"]}) == []
    assert result_errors(SIGNATURE, {"guests": 1}) == []


def test_each_error_is_one_line_with_its_path() -> None:
    arguments = {"day": "2026-02-30", "guests": 0, "stops": ["AMS", "am\ns"], "bogus": 1}
    lines = argument_errors(SIGNATURE, arguments)
    assert [line.partition(": ")[0] for line in lines] == ["$", "$.day", "$.guests", "$.stops[1]"]
    assert lines[0] == "$: unexpected property 'bogus' (allowed: 'day', 'guests', 'stops')"
    assert lines[1] == "$.day: '2026-02-30' is not a 'date'"
    assert not any("\n" in line for line in lines)


def test_a_missing_argument_is_named() -> None:
    assert argument_errors(SIGNATURE, {}) == ["$: 'day' is a required property"]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", "2028-02-29", "2026-02-29"),
        ("date-time", "2026-03-02T10:00:00Z", "2026-03-02 10:00"),
        ("time", "10:00:00Z", "25:00:00Z"),
        ("email", "ann@example.org", "ann at example"),
        ("uri", "https://example.org/a", "example"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123"),
    ],
)
def test_formats_are_asserted(name: str, good: str, bad: str) -> None:
    schema = {"type": "string", "format": name}
    assert schema_errors(schema, good) == []
    assert schema_errors(schema, bad) == [f"$: {bad!r} is not a {name!r}"]


def test_semantics_that_differ_between_engines_follow_the_deciding_one() -> None:
    assert fits({"multipleOf": 0.01}, 4.35)
    assert schema_errors({"multipleOf": 0.01}, 4.35) == []
    assert not fits({"pattern": "^a$"}, "a\n")
    assert schema_errors({"type": "string", "pattern": r"^\p{L}+$"}, "é") == []
    assert schema_errors({"patternProperties": {"^(a+)+$": {}}}, {"a" * 30 + "!": 1}) == []
    assert fits({"type": "integer"}, 1.0)
    assert not fits({"const": 1}, True)
    assert schema_errors({"uniqueItems": True}, [{"a": 1}, {"a": 1.0}]) != []


def test_a_fetch_is_never_tried() -> None:
    for reference in ("http://127.0.0.1:9/x", "file:///etc/passwd"):
        with pytest.raises(ValueError, match="nothing is fetched"):
            schema_errors({"$ref": reference}, 1)


@pytest.mark.parametrize(
    "value", [10**30, float("inf"), "\ud800", {1: 2}, (1,), "x" * 100_001, [0] * 20_001]
)
def test_what_is_no_bounded_json_is_an_error_and_not_an_exception(value: Any) -> None:
    assert not fits({}, [value])
    (line,) = schema_errors({}, [value])
    assert line.startswith("$: ")


def test_a_deep_instance_is_refused() -> None:
    value: Any = 1
    for _ in range(3_000):
        value = [value]
    assert schema_errors({}, value) == ["$: nested deeper than 32 levels"]


def test_a_long_message_is_shortened_at_both_ends_of_the_text() -> None:
    (line,) = schema_errors({"type": "object", "maxProperties": 0}, {"k": "v" * 5_000})
    assert len(line) < 300
    assert " ... " in line


def test_paths_name_keys_that_are_no_identifiers() -> None:
    assert value_path(["a", 0, "b c", "d"]) == '$.a[0]["b c"].d'


def test_arguments_are_parsed() -> None:
    assert parse_arguments('{"a": [1, {"b": null}]}') == {"a": [1, {"b": None}]}
    assert parse_arguments({"a": 1}) == {"a": 1}


@pytest.mark.parametrize(
    "text",
    ["", "{", '{"a": 1,}', '{"a": 1, "a": 2}', '{"a": NaN}', "[1]", '"{}"', "null", "{'a': 1}",
     '{"a": 1e999}', '{"a": "\\ud800"}', '{"a": 99999999999999999999}', "[" * 100_000],
)  # fmt: skip
def test_arguments_are_never_repaired(text: str) -> None:
    with pytest.raises(ValueError, match=r"^arguments (are not valid JSON|must be|are unusable)"):
        parse_arguments(text)


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([0.5, 1.0, -2.5]),
    st.sampled_from(["", "a", "ab", "B", "2026-03-02", "2026-13-01", "a@b.org", "10:00:00Z"]),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    ),
    max_leaves=8,
)


def _object_schema(properties: dict[str, Any], count: int) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": sorted(properties)[:count],
        "additionalProperties": False,
    }


leaves = st.one_of(
    st.just({}),
    st.sampled_from(["string", "integer", "number", "boolean", "null"]).map(lambda t: {"type": t}),
    st.lists(scalars, min_size=1, max_size=3).map(lambda enum: {"enum": enum}),
    scalars.map(lambda value: {"const": value}),
    st.sampled_from(["date", "email", "time", "date-time", "uri"]).map(
        lambda name: {"type": "string", "format": name}
    ),
    st.sampled_from(["^a", "b$", "^[A-Z]+$", "^(a+)+$"]).map(lambda p: {"pattern": p}),
    st.integers(-2, 2).map(lambda n: {"type": "number", "minimum": n, "exclusiveMaximum": n + 2}),
    st.sampled_from([0.5, 1, 2]).map(lambda n: {"multipleOf": n}),
    st.integers(0, 2).map(lambda n: {"minLength": n, "maxItems": n}),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            _object_schema,
            st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
            st.integers(0, 2),
        ),
        inner.map(lambda items: {"type": "array", "items": items, "uniqueItems": True}),
        inner.map(lambda values: {"type": "object", "additionalProperties": values}),
        st.lists(inner, min_size=1, max_size=2).map(lambda some: {"anyOf": some}),
        st.lists(inner, min_size=1, max_size=2).map(lambda some: {"oneOf": some}),
        inner.map(lambda schema: {"not": schema}),
        inner.map(
            lambda schema: {
                "type": "object",
                "patternProperties": {"^[ab]": schema},
                "additionalProperties": False,
            }
        ),
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None)
@given(schema=schemas, value=values)
def test_both_engines_agree(schema: dict[str, Any], value: Any) -> None:
    text = canonical_json(schema)
    explained = list(explaining_engine(text).iter_errors(value))
    assert fast_engine(text).is_valid(value) == (not explained)
    assert fits(schema, value) == (schema_errors(schema, value) == [])


@settings(max_examples=200, deadline=None)
@given(schema=schemas)
def test_what_the_gate_passes_compiles_in_both_engines(schema: dict[str, Any]) -> None:
    root = _object_schema({"a": schema}, 1)
    signature = FunctionSignature(name="f", description="d", parameters=root, returns=root)
    if signature_problems(signature) == ():
        assert argument_errors(signature, {"b": 1})
