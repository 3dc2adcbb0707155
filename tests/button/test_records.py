import json
from typing import Any

import pytest
from pydantic import ValidationError

from button.canonical import canonical_json
from button.context import Context
from button.records import FunctionSignature, Seed, Trajectory
from button.run.builtin_seeds import builtin_seed
from graphs.pipeline import graph


@pytest.fixture
async def row() -> dict[str, object]:
    state = {"item": 0, "seed": builtin_seed(0, 0).to_json()}
    made = await graph.ainvoke(state, context=Context(scenario_variants=0))
    outcome = made["outcomes"][0]
    assert outcome["kind"] == "accepted"
    found: dict[str, object] = outcome["row"]
    return found


def test_a_row_is_read_back_to_the_same_row(row: dict[str, object]) -> None:
    again = json.loads(canonical_json(row))
    assert Trajectory.from_row(again).to_row() == row


def test_a_changed_row_does_not_match_its_id(row: dict[str, object]) -> None:
    changed = {**row, "parallel_calls": not row["parallel_calls"]}
    with pytest.raises(ValueError, match="does not match the content"):
        Trajectory.from_row(changed)


def test_an_unknown_key_is_refused(row: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Trajectory.from_row({**row, "extra": 1})


def test_records_cannot_be_changed() -> None:
    seed = Seed(kind="scenario", source="here", text="booking a flight")
    with pytest.raises(ValidationError):
        seed.text = "other"


def test_a_moved_seed_file_is_the_same_seed() -> None:
    one = Seed(kind="scenario", source="a.txt:1", text="booking a flight")
    assert one.id == Seed(kind="scenario", source="b.txt:7", text="booking a flight").id


def test_a_signature_survives_the_openai_form() -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": False}
    signature = FunctionSignature(
        name="get_time", description="Time.", parameters=schema, returns=schema
    )
    assert FunctionSignature.from_openai(signature.to_openai()) == signature


def test_no_clock_and_no_random_id_in_a_row(row: dict[str, object]) -> None:
    text = canonical_json(row)
    assert "run--" not in text
    assert all(mark not in text for mark in ("created_at", "timestamp", "uuid"))


@pytest.mark.parametrize("kind", ["scenario", "conversation", "functions"])
def test_a_seed_has_what_its_kind_needs(kind: Any) -> None:
    with pytest.raises(ValidationError, match=f"a seed of kind '{kind}' needs"):
        Seed(kind=kind, source="here", text=" ")
