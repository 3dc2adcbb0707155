from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from button.canonical import derived_random
from button.models.embedded.unseen import draw_unseen, read_unseen
from button.models.embedded.unseen_values import described_examples, draw_value
from button.models.embedded.unseen_wording import imperative, scenario_of

TODAY = "2026-03-02"
LEAF = st.sampled_from(
    [
        {"type": "string"},
        {"type": "string", "enum": ["red", "green"]},
        {"type": "integer"},
        {"type": "number", "minimum": 5, "maximum": 9},
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}},
        {"type": "string", "format": "date"},
        {"type": "array", "items": {"type": "integer"}},
        {"type": "object", "properties": {"x": {"type": "integer"}}, "required": ["x"]},
    ]
)
NAMES = st.sampled_from(["city", "drink_id", "startDate", "user name", "size", "notes", "amount"])


@st.composite
def functions(draw: st.DrawFn) -> dict[str, Any]:
    names = draw(st.lists(NAMES, unique=True, max_size=5))
    properties = {name: draw(LEAF) for name in names}
    return {
        "name": draw(st.sampled_from(["change_drink", "getWeather", "calc.area", "zz_top"])),
        "description": draw(
            st.sampled_from(
                [
                    "Changes the drink order.",
                    "Get the forecast for x",
                    "",
                    "This function calculates the area of a shape",
                ]
            )
        ),
        "parameters": {"type": "object", "properties": properties, "required": names},
    }


@given(functions(), st.integers(0, 10**6))
def test_a_clause_about_an_unknown_function_reads_back(function: dict[str, Any], seed: int) -> None:
    clause = draw_unseen(function, derived_random(seed), TODAY)
    read = read_unseen(clause.text(), [function])
    assert read is not None
    assert read.arguments() == clause.arguments()


def test_a_description_becomes_a_request() -> None:
    function = {
        "name": "ChaDri.change_drink",
        "description": "Modifies the existing drink order, ensuring it is up to date.",
    }
    assert imperative(function) == "modify the existing drink order"
    assert scenario_of(function) == "modifying the existing drink order"


def test_examples_in_a_description_are_used() -> None:
    text = "The unit, e.g. 'celsius' or 'fahrenheit'. Never 'kelvin'."
    assert described_examples(text) == ["celsius", "fahrenheit"]
    schema = {"type": "string", "description": text}
    assert draw_value(schema, "unit", derived_random(1), TODAY) in ("celsius", "fahrenheit")
