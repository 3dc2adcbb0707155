import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.canonical import (
    CALL_ID_ALPHABET,
    call_id,
    canonical_json,
    content_hash,
    derive_seed,
    derived_random,
    parse_json_strict,
    remembered_canonical_json,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | TEXT
    | st.floats(allow_nan=False, allow_infinity=False)
)  # fmt: skip
JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20
)


def shuffled(value: Any) -> Any:
    """The same JSON value with the keys of each object in another order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(list(value))}
    return [shuffled(item) for item in value] if isinstance(value, list) else value


@given(JSON)
def test_canonical_json_parses_back_to_the_same_value(value: Any) -> None:
    assert json.loads(canonical_json(value)) == value
    assert parse_json_strict(canonical_json(value)) == value


@given(JSON)
def test_the_order_of_keys_changes_nothing(value: Any) -> None:
    assert canonical_json(shuffled(value)) == canonical_json(value)
    assert content_hash(shuffled(value)) == content_hash(value)


@given(JSON)
def test_canonical_json_is_a_fixed_point_on_one_line(value: Any) -> None:
    text = canonical_json(value)
    assert canonical_json(json.loads(text)) == text
    assert "\n" not in text


@given(st.lists(JSON, max_size=3))
def test_what_is_remembered_is_canonical(values: list[Any]) -> None:
    for value in [*values, *values]:
        assert remembered_canonical_json(value) == canonical_json(value)


def test_what_python_holds_equal_is_remembered_apart() -> None:
    texts = [remembered_canonical_json([value]) for value in (1, True, 1.0, "1", 0, False, -0.0)]
    assert texts == ["[1]", "[true]", "[1.0]", '["1"]', "[0]", "[false]", "[-0.0]"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [-float("inf")]}, "\ud800"])
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    remembered_canonical_json([None])
    for write in (canonical_json, remembered_canonical_json, remembered_canonical_json):
        with pytest.raises(ValueError, match=r"JSON|UTF-8"):
            write(value)


@pytest.mark.parametrize(
    "text",
    ['{"a": 1, "a": 2}', "NaN", "[Infinity]", "1e400", '"\\ud800"', "{", "", "[" * 100_000, "1 2"],
)
def test_what_parsers_let_pass_in_silence_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - each has a text of its own
        parse_json_strict(text)


def test_a_duplicate_key_is_named() -> None:
    with pytest.raises(ValueError, match="duplicate key 'b'"):
        parse_json_strict('{"a": 1, "b": 1, "b": 2}')


@given(st.lists(st.integers() | TEXT, max_size=6))
def test_a_derived_seed_depends_on_its_parts_alone(parts: list[int | str]) -> None:
    assert derive_seed(*parts) == derive_seed(*parts)
    assert 0 <= derive_seed(*parts) < 2**53
    assert derived_random(*parts).random() == derived_random(*parts).random()


def test_parts_are_told_apart() -> None:
    seeds = {derive_seed(1, 23), derive_seed(12, 3), derive_seed("1", 23), derive_seed(123)}
    assert len(seeds) == 4


@given(st.lists(st.integers() | TEXT, max_size=6))
def test_a_call_id_is_nine_alphanumeric_characters(parts: list[int | str]) -> None:
    identifier = call_id(*parts)
    assert len(identifier) == 9
    assert set(identifier) <= set(CALL_ID_ALPHABET)
    assert identifier.isalnum()
