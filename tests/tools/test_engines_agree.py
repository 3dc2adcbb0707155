"""Ten thousand generated pairs of schema and value: the two engines decide alike (goal R8)."""

from random import Random
from typing import Any

from button.canonical import canonical_json, derived_random
from tools.engines import explaining_engine, fast_engine
from tools.gate import soundness_problems
from tools.schema_walk import walk

PAIRS = 10_000
SCALARS: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, 0.5, 4.35, 2**40, "", "a", "ab", "b\n", "2026-03-02",
    "14:30:00Z", "x@y.example", "https://x.example/a", "\u00e9", "\U0001f600",
]  # fmt: skip
FORMATS = ["date", "time", "date-time", "email", "uri", "uuid", "ipv4", "duration", "hostname"]
PATTERNS = ["^a", "b$", "^[A-Z]+$", "^(a+)+$", r"\p{L}", "^.$", r"^\d{2}"]


def a_value(rng: Random, depth: int = 0) -> Any:
    shape = rng.random()
    if depth < 3 and shape < 0.2:
        return [a_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if depth < 3 and shape < 0.5:
        return {name: a_value(rng, depth + 1) for name in rng.sample("abcd", rng.randrange(4))}
    return rng.choice(SCALARS)


def a_leaf(rng: Random) -> dict[str, Any]:
    low = rng.randrange(-2, 3)
    return rng.choice(
        [
            {},
            {"type": rng.choice(["string", "integer", "number", "boolean", "null", "object"])},
            {"type": rng.sample(["string", "integer", "null", "array"], 2)},
            {"enum": rng.sample(SCALARS, 3)},
            {"const": a_value(rng, 2)},
            {"type": "string", "format": rng.choice(FORMATS)},
            {"pattern": rng.choice(PATTERNS)},
            {"minimum": low, "exclusiveMaximum": low + 2},
            {"multipleOf": rng.choice([0.01, 0.5, 1, 2])},
            {"minLength": rng.randrange(3), "maxLength": 2},
            {"minItems": 1, "maxItems": 2, "uniqueItems": True},
            {"minProperties": 1, "maxProperties": 2},
        ]
    )


def a_schema(rng: Random, depth: int = 0) -> dict[str, Any]:
    if depth > 2 or rng.random() < 0.3:
        return a_leaf(rng)

    def inner() -> dict[str, Any]:
        return a_schema(rng, depth + 1)

    names = rng.sample("abc", rng.randrange(1, 3))
    kinds = [
        lambda: {
            "type": "object",
            "properties": {name: inner() for name in names},
            "required": names[: rng.randrange(2)],
            "additionalProperties": rng.choice([False, inner()]),
        },
        lambda: {"type": "array", "items": inner()},
        lambda: {"prefixItems": [inner(), inner()], "items": rng.choice([False, inner()])},
        lambda: {"contains": inner(), "minContains": rng.randrange(2)},
        lambda: {rng.choice(["anyOf", "oneOf", "allOf"]): [inner(), inner()]},
        lambda: {"not": inner()},
        lambda: {"if": inner(), "then": inner(), "else": inner()},
        lambda: {"patternProperties": {"^[ab]": inner()}, "additionalProperties": False},
        lambda: {"propertyNames": inner()},
        lambda: {"dependentRequired": {names[0]: ["d"]}, "dependentSchemas": {"a": inner()}},
        lambda: {"anyOf": [inner(), {"properties": {"a": {}}}], "unevaluatedProperties": False},
    ]
    made: dict[str, Any] = rng.choice(kinds)()
    if depth == 0 and rng.random() < 0.3:
        return {"$defs": {"x": made}, **a_leaf(rng), "$ref": "#/$defs/x"}
    return made


def test_both_engines_agree_on_ten_thousand_pairs() -> None:
    valid = 0
    for number in range(PAIRS):
        rng = derived_random("engines", number)
        schema, value = a_schema(rng), a_value(rng)
        assert soundness_problems(schema, list(walk(schema))) == []
        text = canonical_json(schema)
        decided = fast_engine(text).is_valid(value)
        errors = list(explaining_engine(text).iter_errors(value))
        assert decided == (not errors), f"pair {number}: {text} {value!r}: {errors}"
        valid += decided
    assert PAIRS * 0.2 < valid < PAIRS * 0.8
