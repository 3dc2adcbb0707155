"""Whether the `$ref`s of a schema stay inside it, arrive at a schema, and end."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import unquote

from tools.schema_walk import Node

MAX_COST = 20_000
"""Most schemas that may apply to one and the same value once all references are followed."""


def reference_problems(root: dict[str, Any], nodes: Sequence[Node]) -> Iterator[str]:
    """What is wrong with the references among the `nodes` of the document `root`."""
    known = {node.pointer for node in nodes}
    applied: dict[str, set[str]] = {node.pointer: set() for node in nodes}
    times: dict[str, list[str]] = defaultdict(list)
    sound = True
    for node in nodes:
        if node.in_place and node.parent is not None:
            applied[node.parent].add(node.pointer)
            times[node.parent].append(node.pointer)
        if "$ref" not in node.schema:
            continue
        reference = node.schema["$ref"]
        target = _target(reference)
        if target is None:
            sound = False
            yield f"{node.pointer}: $ref {reference!r} leaves the document (only '#' or '#/...')"
        elif target not in known:
            sound = False
            yield f"{node.pointer}: $ref {reference!r} does not lead to a schema of the document"
        else:
            applied[node.pointer].add(target)
            times[node.pointer].append(target)
    if sound:
        yield from _endless(applied, times)


def _target(reference: str) -> str | None:
    if reference == "#":
        return ""
    return unquote(reference[1:]) if reference.startswith("#/") else None


def _endless(applied: dict[str, set[str]], times: dict[str, list[str]]) -> Iterator[str]:
    # Sorted: the order of a set differs between processes, and the circle that is named with it.
    graph = {pointer: sorted(targets) for pointer, targets in applied.items()}
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        circle = " -> ".join(f"#{pointer}" for pointer in error.args[1])
        yield f": references in a circle that never reaches a part of the value: {circle[:200]}"
        return
    cost: dict[str, int] = {}
    for pointer in order:
        cost[pointer] = 1 + sum(cost[target] for target in times[pointer])
        if cost[pointer] > MAX_COST:
            yield f"{pointer}: more than {MAX_COST} schemas apply to one value"
            return
