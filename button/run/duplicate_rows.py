"""Rows as the gate decided: duplicates become rejections, or carry a finding."""

from typing import Any

from button.canonical import canonical_json, content_hash, parse_json_strict
from button.checks.across.duplicates import NEAR_DUPLICATE_REQUEST
from button.records import Rejection
from button.run.gate import Decision, RowKey


def as_decided(decision: Decision, body: str) -> str:
    """The canonical JSON of a row for the shard into which it goes."""
    if decision.duplicate_of is None:
        return body
    row: Any = parse_json_strict(body)
    why = _why(decision.duplicate_of, decision.alike)
    return canonical_json(_marked(row, why) if decision.marked else _rejected(row, decision, why))


def _marked(row: dict[str, Any], why: str) -> dict[str, Any]:
    finding = NEAR_DUPLICATE_REQUEST.found(why).to_json()
    kept = {key: value for key, value in row.items() if key != "id"}
    kept["findings"] = [*row["findings"], finding]
    return {"id": content_hash(kept), **kept}


def _rejected(row: dict[str, Any], decision: Decision, why: str) -> dict[str, Any]:
    rejection = Rejection(
        stage="run",
        role="gate",
        code=str(decision.code),
        detail=why,
        scenario=row["scenario"]["text"],
        task=row["task"]["text"],
    )
    return rejection.to_json() | {"seeds": row["seeds"]}


def _why(earlier: RowKey, alike: float | None) -> str:
    place = f"item {earlier.item}, outcome {earlier.position}"
    if alike is None:
        return f"the first human message equals that of {place}"
    return f"what the human says is nearly that of {place} ({alike:.0%} alike)"
