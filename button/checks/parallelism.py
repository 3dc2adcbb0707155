"""Parallelism truth: calls of one turn are independent, and independent calls share a turn."""

from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.leaves import Leaf
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
    found: list[Finding] = []
    for turn in prepared.turns:
        if len(turn) > 1:
            found.extend(_batch(prepared, turn))
    if prepared.parallel_calls:
        found.extend(_late(prepared))
    return found


def _batch(prepared: Prepared, turn: tuple[Call, ...]) -> Iterator[Finding]:
    if prepared.parallel_calls is False:
        yield PARALLEL_FORBIDDEN.found(f"{len(turn)} calls in one turn", turn[0].message)
    for call in turn:
        traced = prepared.traces[call.id]
        for leaf in call.leaves:
            trace = traced.get(leaf.path)  # none where another call has the same id
            if trace is None or trace.origin.source != "nowhere":
                continue
            for other in turn:
                if other is not call and _returns(other, leaf):
                    yield DEPENDENT_BATCH.found(
                        f"{call.name!r} is given {shorten(leaf.value)}, which {other.name!r} "
                        "returns only after this turn",
                        call.message,
                        call.path + leaf.path[1:],
                    )


def _returns(call: Call, leaf: Leaf) -> bool:
    return call.result is not None and leaf.value is not None and leaf.value in call.result.index


def _late(prepared: Prepared) -> Iterator[Finding]:
    """First calls of sub-tasks that could have joined an earlier turn of another sub-task."""
    begun: dict[str, int] = {}
    for call in prepared.calls:
        sub_task = prepared.links.get(call.id)
        if sub_task is None or sub_task in begun:
            continue
        begun[sub_task] = call.turn
        ready = _ready(prepared, call, sub_task)
        others = {
            prepared.links.get(each.id, "")
            for turn in prepared.turns[ready : call.turn]
            for each in turn
        }
        if any(each and prepared.independent(sub_task, each) for each in others):
            yield SERIAL_INDEPENDENT.found(
                f"sub-task {sub_task!r} was begun in turn {call.turn + 1} of the calls, "
                f"could have been in turn {ready + 1}",
                call.message,
                f"$.tool_calls[{call.position}]",
            )


def _ready(prepared: Prepared, call: Call, sub_task: str) -> int:
    """The first turn in which everything that the call needs was known."""
    needs = [prepared.call_by_id[each].turn for each in prepared.suppliers[call.id]]
    for before in prepared.ancestors[sub_task]:
        needs += [each.turn for each in prepared.served.get(before, ())]
    said = max(
        (trace.origin.message or 0 for trace in prepared.traces[call.id].values()), default=0
    )
    needs += [turn[0].turn for turn in prepared.turns if turn[0].message < said]
    return max(needs, default=-1) + 1
