"""Which call feeds which, and which sub-task each call serves: the graph behind a conversation."""

from collections.abc import Mapping, Sequence

from button.checks.provenance import Provenance, Trace
from button.checks.surface import Surface
from button.checks.view import Call, View
from button.records import CompositionalTask, Message


def edges(provenance: Provenance) -> tuple[tuple[str, str], ...]:
    """(earlier call, later call) pairs, one for each result that supplied an argument."""
    found = {
        (origin.call, call): None
        for call, by_path in provenance.items()
        for origin in by_path.values()
        if origin.call
    }
    return tuple(found)


def suppliers(traced: Mapping[str, Mapping[str, Trace]]) -> dict[str, frozenset[str]]:
    """Call id -> all calls whose results can have supplied one of its arguments."""
    return {
        call: frozenset().union(*(trace.calls for trace in by_path.values()))
        for call, by_path in traced.items()
    }


def links(
    messages: Sequence[Message], task: CompositionalTask, provenance: Provenance
) -> dict[str, str]:
    """Call id -> sub-task id, for the calls whose function some sub-task lists.

    Where several sub-tasks list it, the one wins whose text says most of the call's values, then
    the one whose needs the call's sources meet best, then the first not yet served.
    """
    feeding: dict[str, set[str]] = {}
    for earlier, later in edges(provenance):
        feeding.setdefault(later, set()).add(earlier)
    return link_calls(View(messages, (), task), feeding)


def link_calls(view: View, feeding: Mapping[str, set[str] | frozenset[str]]) -> dict[str, str]:
    """`links` over a prepared view and the calls that feed each call."""
    found: dict[str, str] = {}
    served: set[str] = set()
    for call in view.calls:
        candidates = [sub.id for sub in view.sub_tasks.values() if call.name in sub.functions]
        if not candidates:
            continue
        chosen = candidates[0]
        if len(candidates) > 1:
            sources = {found[each] for each in feeding.get(call.id, ()) if each in found}
            chosen = max(
                candidates,
                key=lambda each, sources=sources, call=call: (  # type: ignore[misc]
                    _values_said(view, call, each),
                    _needs_met(view, each, sources),
                    each not in served,
                ),
            )
        found[call.id] = chosen
        if call.served:
            served.add(chosen)
    return found


def _values_said(view: View, call: Call, sub_task: str) -> int:
    passage = view.sub_task_passages[sub_task]
    return sum(
        Surface(leaf.value, view.today).manner(passage) is not None
        for leaf in call.leaves
        if leaf.value is not None and leaf.value != ""
    )


def _needs_met(view: View, sub_task: str, sources: set[str]) -> int:
    """How well the sub-tasks that feed a call are those that `sub_task` depends on."""
    needs = {
        each
        for each in view.sub_tasks[sub_task].depends_on
        if each in view.sub_tasks and view.sub_tasks[each].functions
    }
    return len(needs & sources) - len(needs - sources) - len(sources - needs - {sub_task})
