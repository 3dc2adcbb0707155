"""What a run has to know of each row to decide and count, without keeping the row itself."""

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from button.canonical import canonical_json
from button.checks.across import request_signature
from button.run.plan import Outcome

DIGEST_BYTES = 8
"""Enough for ten million messages: then two that differ meet with a chance of three in a million,
the same two on every machine."""


class RowFacts(NamedTuple):
    """The facts of one outcome as its item ended."""

    accepted: bool
    code: str | None = None
    """Why it was rejected."""
    digest: bytes | None = None
    """Of the accepted trajectory's first human message."""
    strategy: str | None = None
    turns: int = 0
    """Assistant turns."""
    calls: int = 0
    parallel_turns: int = 0
    """Assistant turns with at least two calls."""
    near: bytes | None = None
    """Signature of all that the human says; None where near duplicates are kept."""


class SettledRow(NamedTuple):
    """An outcome ready for the database."""

    facts: RowFacts
    body: str
    """Canonical JSON of the row."""


def settled_row(outcome: Outcome, *, near: bool = True) -> SettledRow:
    """Facts and canonical JSON of one outcome; `near` asks for the request's signature.

    Raises:
        KeyError, TypeError, ValueError: the row is not a trajectory's or a rejection's.
    """
    row = outcome["row"]
    body = canonical_json(row)
    if outcome["kind"] == "rejected":
        return SettledRow(RowFacts(accepted=False, code=str(row["code"])), body)
    if outcome["kind"] != "accepted":
        raise ValueError(f"outcome of unknown kind {outcome['kind']!r}")
    _require_what_a_rejection_takes(row)
    per_turn = calls_per_turn(row)
    facts = RowFacts(
        accepted=True,
        digest=message_digest(first_human_message(row)),
        strategy=row["strategy"],
        turns=len(per_turn),
        calls=sum(per_turn),
        parallel_turns=sum(calls > 1 for calls in per_turn),
        near=request_signature("\n".join(_human_messages(row))) if near else None,
    )
    return SettledRow(facts, body)


def _require_what_a_rejection_takes(row: dict[str, Any]) -> None:
    # A later item's gate may have to turn the row into a rejection; there it is too late to fail.
    if not (isinstance(row["scenario"]["text"], str) and isinstance(row["task"]["text"], str)):
        raise ValueError("a trajectory whose scenario or task has no text")
    if not isinstance(row["seeds"], dict):
        raise ValueError("a trajectory without seeds")


def first_human_message(row: dict[str, Any]) -> str:
    """What the human says first in a trajectory.

    Raises:
        ValueError: no human message is in it.
    """
    for said in _human_messages(row):
        return said
    raise ValueError("a trajectory without a human message")


def _human_messages(row: dict[str, Any]) -> Iterator[str]:
    for message in row["messages"]:
        if message["role"] == "user":
            yield str(message["content"])


def message_digest(text: str) -> bytes:
    """Equal for messages that differ in letter case and white space only."""
    normal = " ".join(text.casefold().split())
    return hashlib.sha256(normal.encode("utf-8")).digest()[:DIGEST_BYTES]


def calls_per_turn(row: dict[str, Any]) -> list[int]:
    """Number of tool calls in each assistant turn of a trajectory."""
    return [
        len(message.get("tool_calls") or ())
        for message in row["messages"]
        if message["role"] == "assistant"
    ]
