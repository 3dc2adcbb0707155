"""What is sent and hashed with each call is the JSON that the standard library would write."""

import hashlib
import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage

from button.canonical import canonical_json
from button.models.encoding import compact_json
from button.models.response import request_hash
from button.models.spending import _size

TEXTS = st.text(max_size=6)
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@given(VALUES)
def test_what_is_sent_reads_back_as_it_was(value: Any) -> None:
    assert json.loads(compact_json(value)) == value


@given(VALUES)
def test_the_bound_is_never_below_what_any_writer_makes_of_it(value: Any) -> None:
    if not isinstance(value, str):
        text = json.dumps(value, ensure_ascii=False).encode()
        floats = 20 * text.count(b".") + 20 * text.count(b"e")  # digits of floats may differ
        assert _size(value) >= len(text) - floats
        assert _size(value) >= len(compact_json(value))


@given(st.dictionaries(st.sampled_from(["seed", "tools", "response_format", "a"]), VALUES))
def test_a_request_is_hashed_by_its_canonical_json(bound: dict[str, Any]) -> None:
    whole = canonical_json(["m", [["human", "Hi"]], bound])
    expected = hashlib.sha256(whole.encode()).hexdigest()
    assert request_hash("m", [HumanMessage("Hi")], bound) == expected


def test_hashes_do_not_depend_on_who_writes_floats() -> None:
    bound = {"tools": [{"minimum": 1e-05, "maximum": 1e30}]}
    assert request_hash("m", [HumanMessage("Hi")], bound) == (
        "c7f9a9c127d56dea19fa49aaff2a3653ded32bc6db992670599e305c13c809a3"
    )


def test_numbers_of_any_length_and_no_other_types() -> None:
    assert compact_json({"a": 2**70}) == b'{"a":1180591620717411303424}'
    assert compact_json({1: 2}) == b'{"1":2}'
    for value in (date(2026, 3, 2), {1, 2}, object()):
        with pytest.raises(TypeError):
            compact_json({"a": value})
    with pytest.raises(ValueError, match="surrogates"):
        compact_json(["\ud800"])
