"""What LangGraph takes by itself: the same graphs and steps, with nodes that do nothing.

Some items are simulated with the embedded model, and what each node returned is kept. Then the same
graphs run again with nodes that return what was kept: the same super-steps, branches and state,
and nothing else.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from statistics import median
from types import ModuleType
from typing import Any

from benchmarks.latency.ours import ROOT_SEED, cpu_s
from button.context import Context
from button.run.builtin_seeds import builtin_seed
from graphs import bottom_up, conversation, pipeline

Node = Callable[..., Awaitable[Any]]
ITEMS, ROUNDS, LIMIT = 40, 7, 64
RECURSION = 1000
NODES: dict[ModuleType, tuple[str, ...]] = {
    bottom_up: (
        "take_scenario", "expand_scenario", "write_atomic_task", "compose_sequential",
        "compose_parallel", "criticise", "design_functions", "gate_functions",
    ),
    conversation: ("speak", "decide", "answer_call"),
    pipeline: ("check", "record"),
}  # fmt: skip

GRAPHS: tuple[tuple[ModuleType, str, Callable[[], Any]], ...] = (
    (bottom_up, "construction", bottom_up.build_construction),
    (pipeline, "bottom_up_graph", bottom_up.build_bottom_up),
    (pipeline, "conversation_graph", conversation.build_conversation),
)
"""Compiled graphs that nodes run, by the names under which they know them."""


class Returned:
    """What nodes returned, in the order in which they are asked again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
        self._asked: dict[tuple[Any, ...], int] = {}
        self.replaying = False
        self.calls = 0
        """Calls of models that the nodes made."""

    def again(self) -> None:
        """From the start, and only by heart."""
        self.replaying, self._asked = True, {}

    def node(self, made: Node) -> Node:
        """A node like `made`."""

        @wraps(made)
        async def either(state: Any, runtime: Any) -> Any:
            place = (made.__name__, state.get("item"), state.get("variant"), state.get("index"))
            if self.replaying:
                count = self._asked.get(place, 0)
                self._asked[place] = count + 1
                return self._kept[place][count]
            written = await made(state, runtime)
            self.calls += sum(written.get("attempts", {}).values())
            self._kept[place].append(written)
            return written

        return either


@contextmanager
def _nodes_of(returned: Returned) -> Iterator[None]:
    """Within the block the graphs are built of nodes of `returned`."""
    before = [(module, name, getattr(module, name)) for module in NODES for name in NODES[module]]
    before += [(module, name, getattr(module, name)) for module, name, _ in GRAPHS]
    try:
        for module, names in NODES.items():
            for name in names:
                setattr(module, name, returned.node(getattr(module, name)))
        for module, name, build in GRAPHS:
            setattr(module, name, build())
        yield
    finally:
        for module, name, value in before:
            setattr(module, name, value)


def langgraph_ms_a_call() -> float:
    """CPU ms of LangGraph for each model call of the pipeline."""
    returned, context = Returned(), Context(root_seed=ROOT_SEED)
    with _nodes_of(returned):
        graph = pipeline.build_pipeline()

        async def item(number: int) -> None:
            state = {"item": number, "seed": builtin_seed(ROOT_SEED, number).to_json()}
            await graph.ainvoke(state, {"recursion_limit": RECURSION}, context=context)

        async def window() -> float:
            numbers, began = iter(range(ITEMS)), cpu_s()

            async def worker() -> None:
                for number in numbers:
                    await item(number)

            await asyncio.gather(*(worker() for _ in range(LIMIT)))
            return cpu_s() - began

        asyncio.run(window())
        found = []
        for _ in range(ROUNDS):
            returned.again()
            found.append(asyncio.run(window()))
    return 1000 * median(found) / returned.calls
