"""Composition proof: every sub-task was served, and the data flowed along the edges of the task."""

from collections.abc import Iterator
from itertools import combinations

from button.checks.arguments import is_needless_refusal
from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.records import CompositionalTask, Finding

BROKEN_TASK = Code(
    "broken_task",
    "error",
    "construction",
    "Sub-tasks repeat an id, depend on an unknown one, on themselves or in a circle.",
)
STRATEGY_SHAPE = Code(
    "strategy_shape",
    "error",
    "construction",
    "The edges between the sub-tasks do not have the shape of the strategy.",
)
UNSERVED_SUB_TASK = Code(
    "unserved_sub_task",
    "error",
    "assistant",
    "No successful call serves a sub-task that has functions.",
)
OUT_OF_ORDER = Code(
    "out_of_order",
    "error",
    "assistant",
    "A sub-task was worked on before one that it depends on had an answer.",
)
EDGE_WITHOUT_DATAFLOW = Code(
    "edge_without_dataflow",
    "error",
    "assistant",
    "No argument of a sub-task's calls comes from a result of the sub-task it depends on.",
)
UNASKED_DEPENDENCY = Code(
    "unasked_dependency",
    "error",
    "assistant",
    "An argument comes from a result of a sub-task that this one does not depend on.",
)
NO_PARALLEL_TURN = Code(
    "no_parallel_turn",
    "error",
    "assistant",
    "No turn holds calls of two independent sub-tasks, although parallel calls were allowed.",
)
JOIN_WITHOUT_CALLS = Code(
    "join_without_calls",
    "warning",
    "construction",
    "No sub-task with functions joins independent sub-tasks, so that the join leaves no call.",
)
CALL_OUTSIDE_TASK = Code(
    "call_outside_task", "warning", "assistant", "A call uses a function that no sub-task names."
)
WRONG_LINK = Code(
    "wrong_link",
    "error",
    "construction",
    "The record links a call to a sub-task that does not list its function.",
)
STALE_LINKS = Code(
    "stale_links",
    "warning",
    "construction",
    "The recorded links differ from what the messages show.",
)
CODES = (
    BROKEN_TASK,
    STRATEGY_SHAPE,
    UNSERVED_SUB_TASK,
    OUT_OF_ORDER,
    EDGE_WITHOUT_DATAFLOW,
    UNASKED_DEPENDENCY,
    NO_PARALLEL_TURN,
    JOIN_WITHOUT_CALLS,
    CALL_OUTSIDE_TASK,
    WRONG_LINK,
    STALE_LINKS,
)


def check(prepared: Prepared) -> list[Finding]:
    """Everything between the task as composed and the calls as made."""
    if prepared.task is None:
        return []
    broken = list(_broken(prepared, prepared.task))
    if broken:
        return broken
    return [
        *_shape(prepared),
        *_served(prepared),
        *_edges(prepared, prepared.task),
        *_unasked(prepared),
        *_parallel(prepared),
        *_links(prepared),
    ]


def _broken(prepared: Prepared, task: CompositionalTask) -> Iterator[Finding]:
    sub_tasks = task.sub_tasks
    if not sub_tasks:
        yield BROKEN_TASK.found("the task has no sub-task", path="$.task.sub_tasks")
    if len(prepared.sub_tasks) < len(sub_tasks):
        yield BROKEN_TASK.found("two sub-tasks have the same id", path="$.task.sub_tasks")
    for index, sub in enumerate(sub_tasks):
        path = f"$.task.sub_tasks[{index}].depends_on"
        for unknown in (each for each in sub.depends_on if each not in prepared.sub_tasks):
            yield BROKEN_TASK.found(f"{sub.id!r} depends on the unknown {unknown!r}", path=path)
        if sub.id in prepared.ancestors[sub.id]:
            yield BROKEN_TASK.found(f"{sub.id!r} depends on itself", path=path)


def _shape(prepared: Prepared) -> Iterator[Finding]:
    """Sequential: one beginning, each further sub-task after another. Parallel: a real join."""
    if prepared.record is None:
        return
    sub_tasks = prepared.sub_tasks.values()
    if prepared.record.strategy == "sequential":
        roots = [sub.id for sub in sub_tasks if not sub.depends_on]
        if len(roots) != 1 or len(sub_tasks) < 2:
            yield STRATEGY_SHAPE.found(
                f"sequential, but {len(sub_tasks)} sub-tasks of which {roots} depend on nothing",
                path="$.task.sub_tasks",
            )
    elif not any(_joined(prepared, sub.id) for sub in sub_tasks):
        yield STRATEGY_SHAPE.found(
            "parallel_then_sequential, but no sub-task depends on two independent ones",
            path="$.task.sub_tasks",
        )


def _joined(prepared: Prepared, sub_task: str) -> list[tuple[str, str]]:
    """Pairs of independent sub-tasks that `sub_task` brings together."""
    before = prepared.sub_tasks[sub_task].depends_on
    return [pair for pair in combinations(before, 2) if prepared.independent(*pair)]


def _served(prepared: Prepared) -> Iterator[Finding]:
    for index, sub in enumerate(prepared.sub_tasks.values()):
        if sub.functions and not prepared.served[sub.id]:
            yield UNSERVED_SUB_TASK.found(
                f"no successful call of {' or '.join(map(repr, sub.functions))} "
                f"serves sub-task {sub.id!r}",
                path=f"$.task.sub_tasks[{index}]",
                fault="tool" if _refused_needlessly(prepared, sub.id) else None,
            )
    if prepared.sub_tasks:
        for call in prepared.calls:
            if call.signature is not None and call.id not in prepared.links:
                yield CALL_OUTSIDE_TASK.found(
                    f"{call.name!r} belongs to no sub-task", call.message, call.path
                )


def _refused_needlessly(prepared: Prepared, sub_task: str) -> bool:
    """Whether a valid call for the sub-task was made and the tool refused it."""
    return any(
        prepared.links.get(call.id) == sub_task and is_needless_refusal(prepared, call)
        for call in prepared.calls
        if call.refused
    )


def _edges(prepared: Prepared, task: CompositionalTask) -> Iterator[Finding]:
    for before, after in task.edges:
        earlier, later = prepared.served[before], prepared.served[after]
        if not earlier or not later:
            continue  # reported as unserved, or a sub-task that needs no function
        first = min(call.message for call in later)
        if first < min(call.result.message for call in earlier if call.result):
            yield OUT_OF_ORDER.found(
                f"sub-task {after!r} was called before {before!r} had an answer", first
            )
        sources = {call.id for call in earlier}
        if not any(sources & prepared.suppliers[call.id] for call in later):
            yield EDGE_WITHOUT_DATAFLOW.found(
                f"nothing that {before!r} returned is used by {after!r}", first, later[0].path
            )


def _unasked(prepared: Prepared) -> Iterator[Finding]:
    for call in prepared.calls:
        own = prepared.links.get(call.id)
        if own is None or not call.served:
            continue
        for path, trace in prepared.traces[call.id].items():
            for source in sorted(trace.calls):
                of = prepared.links.get(source)
                if of and of != own and prepared.independent(own, of):
                    yield UNASKED_DEPENDENCY.found(
                        f"sub-task {own!r} uses a result of {of!r}, on which it does not depend",
                        call.message,
                        call.path + path[1:],
                    )


def _parallel(prepared: Prepared) -> Iterator[Finding]:
    if prepared.record is None or prepared.record.strategy != "parallel_then_sequential":
        return
    functional = {sub.id for sub in prepared.sub_tasks.values() if sub.functions}
    pairs = {
        pair for sub in functional for pair in _joined(prepared, sub) if functional.issuperset(pair)
    }
    if not pairs:
        yield JOIN_WITHOUT_CALLS.found(
            "no sub-task with functions depends on two independent ones with functions",
            path="$.task.sub_tasks",
        )
        return
    together = {
        pair
        for turn in prepared.turns
        for pair in combinations({prepared.links.get(call.id, "") for call in turn} - {""}, 2)
    }
    met = any(prepared.independent(*pair) for pair in together)
    if prepared.parallel_calls and not met:
        yield NO_PARALLEL_TURN.found("no turn holds calls of two independent sub-tasks")


def _links(prepared: Prepared) -> Iterator[Finding]:
    if prepared.record is None:
        return
    recorded = prepared.record.links
    for call, sub_task in recorded.items():
        made, meant = prepared.call_by_id.get(call), prepared.sub_tasks.get(sub_task)
        if made is None or meant is None or made.name not in meant.functions:
            yield WRONG_LINK.found(
                f"call {call!r} is linked to {sub_task!r}, which does not list its function",
                made.message if made else None,
                "$.links",
            )
    if recorded != prepared.links:
        yield STALE_LINKS.found("the recorded links are not those of the messages", path="$.links")
