"""Grounding: each argument of each call that was not refused comes from somewhere."""

from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.human import in_task
from button.checks.prepared import Prepared
from button.checks.surface import Scalar
from button.checks.text import shorten
from button.checks.view import Call
from button.records import Finding

UNGROUNDED_ARGUMENT = Code(
    "ungrounded_argument",
    "error",
    "assistant",
    "An argument was neither said nor returned before the call, nor does it follow from what was.",
)
STALE_PROVENANCE = Code(
    "stale_provenance",
    "warning",
    "construction",
    "The recorded provenance differs from what the messages show.",
)
CODES = (UNGROUNDED_ARGUMENT, STALE_PROVENANCE)


def check(prepared: Prepared) -> list[Finding]:
    """Arguments from nowhere, and provenance that no longer fits the messages."""
    found = []
    for call in prepared.calls:
        if call.refused or worded_by_itself(prepared, call):
            continue
        for path, trace in prepared.traces[call.id].items():
            if trace.origin.source == "nowhere":
                value = _value_at(prepared, call.id, path)
                withheld = in_task(prepared, value)
                why = "its task says, but the human did not" if withheld else "nobody said before"
                found.append(
                    UNGROUNDED_ARGUMENT.found(
                        f"{call.name!r} is given {shorten(value)}, which {why}",
                        call.message,
                        call.path + path[1:],
                        fault="human" if withheld else None,
                    )
                )
    return [*found, *_stale(prepared)]


def worded_by_itself(prepared: Prepared, call: Call) -> bool:
    """Whether the arguments are the assistant's own words, such as a thought (see the profile)."""
    named = prepared.profile.own_words
    return named is not None and named.fullmatch(call.name) is not None


def _stale(prepared: Prepared) -> Iterator[Finding]:
    if prepared.record is None:
        return
    recorded = prepared.record.provenance
    if recorded != prepared.provenance:
        calls = recorded.keys() | prepared.provenance.keys()
        differing = sorted(c for c in calls if recorded.get(c) != prepared.provenance.get(c))
        yield STALE_PROVENANCE.found(f"provenance of call {differing[0]!r} is not what is recorded")


def _value_at(prepared: Prepared, call: str, path: str) -> Scalar:
    made = prepared.call_by_id[call].leaves
    return next((leaf.value or "" for leaf in made if leaf.path == path), "")
