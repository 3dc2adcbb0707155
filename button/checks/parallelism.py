"""Parallelism truth: calls of one turn are independent, and independent calls share a turn."""

from button.checks.codes import Code
from button.checks.dependencies import dependent_in_batch, late_calls
from button.checks.prepared import Prepared
from button.checks.text import shorten
from button.checks.view import Call
from button.records import Finding

DEPENDENT_BATCH = Code(
    "dependent_batch",
    "error",
    "assistant",
    "A call uses a value that only another call of the same turn returns.",
)
PARALLEL_FORBIDDEN = Code(
    "parallel_forbidden",
    "error",
    "assistant",
    "A turn holds several calls although parallel calls were off.",
)
SERIAL_INDEPENDENT = Code(
    "serial_independent",
    "warning",
    "assistant",
    "An independent sub-task was begun later than it could have been, although parallel calls were "
    "on.",
)
CODES = (DEPENDENT_BATCH, PARALLEL_FORBIDDEN, SERIAL_INDEPENDENT)


def check(prepared: Prepared) -> list[Finding]:
    """All findings about what was, and what could have been, called at once."""
    found = [
        PARALLEL_FORBIDDEN.found(f"{len(turn)} calls in one turn", turn[0].message)
        for turn in prepared.turns
        if len(turn) > 1 and prepared.parallel_calls is False
    ]
    found += map(_dependent, dependent_in_batch(prepared))
    if prepared.parallel_calls:
        found += (_late(prepared, call, ready) for call, ready in late_calls(prepared))
    return found


def _dependent(case: tuple[Call, str, Call]) -> Finding:
    call, path, other = case
    value = next(leaf.value for leaf in call.leaves if leaf.path == path)
    return DEPENDENT_BATCH.found(
        f"{call.name!r} is given {shorten(value)}, which {other.name!r} "
        "returns only after this turn",
        call.message,
        call.path + path[1:],
    )


def _late(prepared: Prepared, call: Call, ready: int) -> Finding:
    sub_task = prepared.links.get(call.id)
    what = f"sub-task {sub_task!r}" if sub_task else f"{call.name!r}"
    return SERIAL_INDEPENDENT.found(
        f"{what} was begun in turn {call.turn + 1} of the calls, could have been in turn "
        f"{ready + 1}",
        call.message,
        f"$.tool_calls[{call.position}]",
    )
