"""What is quoted of a long text is what stands around the value."""

import json

import pytest

from button.cli.excerpt import excerpt, place_in_json, place_of_text

UNITS = {"units": [{"text": "x" * 90, "unit_code": f"SU-{code}"} for code in (8896, 6792, 8896)]}


def quoted(path: str, text: str) -> str:
    found = place_in_json(text, path)
    assert found is not None
    return excerpt(*found, 60)


@pytest.mark.parametrize("indent", [None, 2])
def test_a_value_of_a_result_is_found_by_its_path(indent: int | None) -> None:
    text = json.dumps(UNITS, indent=indent)
    said = quoted("$.units[1].unit_code", text)
    assert '"unit_code":"SU-6792"' in said
    assert said.startswith("'...")
    assert said.endswith("...'")
    # The same value stands twice: what is before it tells which one is meant.
    first, last = (quoted(f"$.units[{place}].unit_code", text) for place in (0, 2))
    assert first != last
    assert last.endswith("""SU-8896"}]}'""")


def test_paths_are_those_of_origins() -> None:
    text = json.dumps({"a key": {"b": [1, {"c": "é" * 100}]}})
    assert "é" in quoted('$["a key"].b[1].c', text)
    assert quoted("$", "42") == "'42'"
    assert place_in_json(text, "$.nowhere") is None
    assert place_in_json("no JSON", "$.x") is None


def test_at_both_ends_there_is_an_ellipsis_on_one_side_only() -> None:
    text = "a" * 50 + "b" * 50
    assert excerpt(text, range(3), 10) == "'aaaaaaaaaa...'"
    assert excerpt(text, range(99, 100), 10) == "'...bbbbbbbbbb'"
    assert excerpt(text, range(40, 90), 10) == "'...aaaaaaaaaa...'"
    assert excerpt("short", range(2), 10) == "'short'"


def test_words_are_found_as_they_are_or_the_beginning_is_quoted() -> None:
    text = "x " * 100 + "the Northside Depot, please"
    assert "northside depot" in excerpt(text, place_of_text(text, "northside depot"), 60).lower()
    for value in ("nowhere", "", None):
        assert place_of_text(text, value) == range(0)
