"""Sameness: a call that brings two results together does not bring a thing together with itself."""

from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.checks.text import shorten
from button.checks.view import Call
from button.records import Finding

JOINED_WITH_ITSELF = Code(
    "joined_with_itself",
    "error",
    "construction",
    "Two arguments of a call hold the same name or id, and results gave it.",
)
CODES = (JOINED_WITH_ITSELF,)


def check(prepared: Prepared) -> list[Finding]:
    """Calls such as a comparison of an item with itself."""
    return [finding for call in prepared.calls if call.served for finding in _twice(prepared, call)]


def _twice(prepared: Prepared, call: Call) -> Iterator[Finding]:
    seen: set[str] = set()
    for leaf in call.leaves:
        value = leaf.value
        if not isinstance(value, str) or not any(map(str.isalpha, value)):
            continue
        trace = prepared.traces[call.id].get(leaf.path)
        if trace is None or trace.origin.source != "result":
            continue
        if value in seen:
            yield JOINED_WITH_ITSELF.found(
                f"{call.name!r} is given {shorten(value)} twice, from results",
                call.message,
                call.path + leaf.path[1:],
            )
        seen.add(value)
