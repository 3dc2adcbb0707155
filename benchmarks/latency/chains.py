"""Which call of an item waits for which, and how fast a perfect scheduler would have been."""

import heapq
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from button.canonical import derive_seed

MODEL = "model"
"""What `agents.agent` derives a call's sampling seed from, between the root seed and the key."""


class Served(NamedTuple):
    """One call as the endpoint saw it."""

    item: int
    step: str
    """`CallKey.step`: variant/agent/turn/attempt."""
    came: float
    """Seconds on the endpoint's clock."""
    latency: float

    @property
    def ended(self) -> float:
        return self.came + self.latency


Stage = list[list[Served]]
"""Chains of calls that may run beside each other; a stage begins when the one before has ended."""


class Item(NamedTuple):
    """The calls of an item: what comes first, then one list of stages for each variant."""

    scenario: list[Stage]
    variants: list[list[Stage]]


def named(
    calls: Iterable[tuple[int, float, float]], steps: Iterable[tuple[int, str]], root_seed: int
) -> list[Served]:
    """The endpoint's calls under the names that the run's journal has for them.

    Raises:
        KeyError: the endpoint was asked something that is not in the journal.
    """
    names = {}
    for item, step in steps:
        variant, agent, turn, attempt = step.split("/")
        key = (item, int(variant), agent, int(turn), int(attempt))
        names[derive_seed(root_seed, MODEL, *key)] = (item, step)
    return [Served(*names[seed], came, latency) for seed, came, latency in calls]


def items_of(calls: Iterable[Served]) -> list[Item]:
    """The calls by item, in item order."""
    by_item: dict[int, list[Served]] = defaultdict(list)
    for call in sorted(calls, key=lambda call: call.came):
        by_item[call.item].append(call)
    return [_item(by_item[item]) for item in sorted(by_item)]


def _item(calls: Sequence[Served]) -> Item:
    scenario = [call for call in calls if _agent(call).startswith("scenario")]
    variants: dict[str, list[Served]] = defaultdict(list)
    for call in calls:
        if not _agent(call).startswith("scenario"):
            variants[call.step.partition("/")[0]].append(call)
    return Item([[[call]] for call in scenario], [_stages(each) for each in variants.values()])


def _stages(calls: Sequence[Served]) -> list[Stage]:
    """One call after the other, but the tool calls of one turn beside each other."""
    stages: dict[str, Stage] = {}
    chains: dict[tuple[str, str], list[Served]] = {}
    for number, call in enumerate(calls):
        _, agent, turn, _ = call.step.split("/")
        tool = agent.startswith("tool.")
        name = f"tools of turn {turn}" if tool else f"call {number}"
        stage = stages.setdefault(name, [])
        if (name, agent) not in chains:
            chains[name, agent] = []
            stage.append(chains[name, agent])
        chains[name, agent].append(call)
    return list(stages.values())


def _agent(call: Served) -> str:
    return call.step.split("/")[1]


def ideal_wall(items: Sequence[Item], limit: int) -> float:
    """Seconds of list scheduling without any cost of its own: `limit` slots, items in order.

    A call that may be sent takes a free slot at once; where several wait, the lowest item is first.
    """
    schedule = _Schedule(limit)
    for number, item in enumerate(items):
        schedule.add(number, _walk(item))
    return schedule.run()


def critical_path(items: Sequence[Item]) -> float:
    """Seconds of the longest item alone."""
    return max(ideal_wall([item], 10**6) for item in items)


def gaps(items: Sequence[Item]) -> list[float]:
    """Seconds between what a call waits for and the call itself, as the endpoint saw it."""
    found: list[float] = []
    for item in items:
        ended = _stage_gaps(item.scenario, None, found)
        for variant in item.variants:
            _stage_gaps(variant, ended, found)
    return found


def _stage_gaps(stages: list[Stage], ended: float | None, found: list[float]) -> float | None:
    for stage in stages:
        before = ended
        for chain in stage:
            last = before
            for call in chain:
                if last is not None:
                    found.append(call.came - last)
                last = call.ended
        ended = max(chain[-1].ended for chain in stage)
    return ended


class _Node:
    """A call that waits for others: how many, and which wait for it."""

    __slots__ = ("after", "item", "latency", "waits")

    def __init__(self, item: int, latency: float) -> None:
        self.item = item
        self.latency = latency
        self.waits = 0
        self.after: list[_Node] = []


def _walk(item: Item) -> list[tuple[float, list[int]]]:
    """Latency of each call with the numbers of the calls that it waits for."""
    nodes: list[tuple[float, list[int]]] = []
    begun = _walk_stages(item.scenario, [], nodes)
    for variant in item.variants:
        _walk_stages(variant, begun, nodes)
    return nodes


def _walk_stages(
    stages: list[Stage], before: list[int], nodes: list[tuple[float, list[int]]]
) -> list[int]:
    for stage in stages:
        ends = []
        for chain in stage:
            last = before
            for call in chain:
                nodes.append((call.latency, last))
                last = [len(nodes) - 1]
            ends += last
        before = ends
    return before


class _Schedule:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._ready: list[tuple[int, int, _Node]] = []
        self._count = 0

    def add(self, item: int, calls: list[tuple[float, list[int]]]) -> None:
        nodes = [_Node(item, latency) for latency, _ in calls]
        for node, (_, waits_for) in zip(nodes, calls, strict=True):
            node.waits = len(waits_for)
            for other in waits_for:
                nodes[other].after.append(node)
            if not node.waits:
                self._make_ready(node)

    def run(self) -> float:
        """Seconds until the last call has ended."""
        now, running = 0.0, list[tuple[float, int, _Node]]()
        while self._ready or running:
            while self._ready and len(running) < self._limit:
                _, number, node = heapq.heappop(self._ready)
                heapq.heappush(running, (now + node.latency, number, node))
            now, _, ended = heapq.heappop(running)
            for node in ended.after:
                node.waits -= 1
                if not node.waits:
                    self._make_ready(node)
        return now

    def _make_ready(self, node: _Node) -> None:
        self._count += 1
        heapq.heappush(self._ready, (node.item, self._count, node))
