"""The graph of calls: which call needs which results, how deep it is, and what shape it has.

Computed from provenance, so it says what happened and not what somebody planned. It needs no task
and serves conversations of any origin; the same graph of sub-tasks says what was asked for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal

from button.checks.prepared import Prepared
from button.checks.view import Call
from button.records import CompositionalTask

Shape = Literal["none", "single", "chain", "parallel", "join", "tree"]
"""`chain`: one after the other; `parallel`: several, none needs another; `join`: one needs several
that are independent of each other; `tree`: everything else, such as one that feeds two."""


@dataclass(frozen=True)
class Dependencies:
    """Nodes (calls or sub-tasks) in order, and what each of them needs directly."""

    needs: Mapping[str, frozenset[str]]

    @cached_property
    def edges(self) -> tuple[tuple[str, str], ...]:
        """(earlier, later) pairs."""
        return tuple(
            (before, node) for node, needed in self.needs.items() for before in sorted(needed)
        )

    @cached_property
    def levels(self) -> dict[str, int]:
        """How many nodes at least have to come one after the other before each node.

        Nodes that need each other in a circle are taken as far as they can be.
        """
        found: dict[str, int] = {}
        for _ in self.needs:
            for node, needed in self.needs.items():
                found[node] = max((found.get(each, 0) + 1 for each in needed), default=0)
                found[node] = min(found[node], len(self.needs))
        return found

    @cached_property
    def ancestors(self) -> dict[str, frozenset[str]]:
        """All that a node needs, however far."""
        found: dict[str, frozenset[str]] = {}
        for node in sorted(self.needs, key=lambda each: self.levels[each]):
            direct = self.needs[node]
            found[node] = direct.union(*(found.get(each, frozenset()) for each in direct))
        return found

    def independent(self, first: str, second: str) -> bool:
        """Whether neither of two nodes needs the other, however far."""
        return (
            first != second
            and first not in self.ancestors[second]
            and second not in self.ancestors[first]
        )

    @cached_property
    def shape(self) -> Shape:
        """The shape as a whole."""
        if len(self.needs) < 2:
            return "single" if self.needs else "none"
        if not self.edges:
            return "parallel"
        if any(self._joins(node) for node in self.needs):
            return "join"
        in_a_row = len(set(self.levels.values())) == len(self.needs)
        return "chain" if in_a_row else "tree"

    def _joins(self, node: str) -> bool:
        return any(self.independent(*pair) for pair in combinations(sorted(self.needs[node]), 2))


def of_calls(prepared: Prepared) -> Dependencies:
    """The calls that were answered, and whose results supplied their arguments."""
    made = {call.id: None for call in prepared.calls if not call.refused}
    return Dependencies({call: prepared.suppliers[call] & made.keys() - {call} for call in made})


def of_sub_tasks(prepared: Prepared) -> Dependencies:
    """The sub-tasks that calls serve, and which of them supplied which: what came out."""
    needs: dict[str, set[str]] = {sub: set() for sub, calls in prepared.served.items() if calls}
    for call in prepared.calls:
        own = prepared.links.get(call.id)
        if own in needs and call.served:
            sources = {prepared.links.get(each, own) for each in prepared.suppliers[call.id]}
            needs[own] |= sources & needs.keys() - {own}
    return Dependencies({sub: frozenset(each) for sub, each in needs.items()})


def asked_for(task: CompositionalTask) -> Dependencies:
    """The sub-tasks with functions, and which of them build upon which directly."""
    functional = {sub.id: sub for sub in task.sub_tasks if sub.functions}
    return Dependencies(
        {sub.id: frozenset(sub.depends_on) & functional.keys() for sub in functional.values()}
    )


def earliest_turn(prepared: Prepared, call: Call, after: Iterable[Call] = ()) -> int:
    """The first turn in which everything that a call needs was known.

    That are the results that supplied its arguments, what the human said, and the calls `after`
    which it has to come for another reason.
    """
    needs = [prepared.call_by_id[each].turn for each in prepared.suppliers[call.id]]
    needs += [each.turn for each in after]
    said = max(
        (trace.origin.message or 0 for trace in prepared.traces[call.id].values()), default=0
    )
    needs += [turn[0].turn for turn in prepared.turns if turn[0].message < said]
    return max(needs, default=-1) + 1


def dependent_in_batch(prepared: Prepared) -> list[tuple[Call, str, Call]]:
    """(call, path of an argument, other call of the same turn that alone returns its value)."""
    found = []
    for turn in prepared.turns:
        for call in turn if len(turn) > 1 else ():
            traced = prepared.traces[call.id]
            for leaf in call.leaves:
                trace = traced.get(leaf.path)  # none where another call has the same id
                if trace is None or trace.origin.source != "nowhere" or leaf.value is None:
                    continue
                found += [
                    (call, leaf.path, other)
                    for other in turn
                    if other is not call and other.result and leaf.value in other.result.index
                ]
    return found


def late_calls(prepared: Prepared) -> list[tuple[Call, int]]:
    """Calls that could have been made in an earlier turn together with others, and in which.

    In a conversation with a task only the first call of each sub-task counts, and only beside calls
    of sub-tasks that are independent of its own.
    """
    graph = of_calls(prepared)
    found, begun = [], set()
    for call in prepared.calls:
        sub_task = prepared.links.get(call.id)
        if (prepared.task and sub_task is None) or sub_task in begun or call.id not in graph.needs:
            continue
        if sub_task is not None:
            begun.add(sub_task)
        before = prepared.ancestors[sub_task] if sub_task else ()
        served = [each for sub in before for each in prepared.served.get(sub, ())]
        ready = earliest_turn(prepared, call, served)
        others = (each for turn in prepared.turns[ready : call.turn] for each in turn)
        if any(_apart(prepared, graph, call, other) for other in others):
            found.append((call, ready))
    return found


def _apart(prepared: Prepared, graph: Dependencies, call: Call, other: Call) -> bool:
    """Whether two calls could be made at once."""
    if prepared.task is None:
        return other.id in graph.needs and graph.independent(call.id, other.id)
    own, its = prepared.links.get(call.id), prepared.links.get(other.id)
    return bool(own and its) and prepared.independent(str(own), str(its))
