"""The whole pipeline against the stand-in endpoint, in a process of its own.

`python -m benchmarks.latency.ours WAY ADDRESS ITEMS LIMIT FOLDER` prints one JSON line. WAY is
`run` (as `button generate` does it: run directory, journal, shards), `bare` (the same graphs in a
window of items, nothing written), `plain-run` (the same agents and checks in plain asyncio, without
LangGraph, with the same run directory) or `plain` (the same, nothing written).
"""

import argparse
import asyncio
import json
import resource
import sqlite3
import time
from collections.abc import Callable, Coroutine
from importlib import import_module
from pathlib import Path
from typing import Any

from benchmarks.latency.plain import simulate_plainly
from button.context import Context, ModelSettings
from button.models.registry import close_models
from button.run.builtin_seeds import builtin_seed
from button.run.collector import calm_collector
from button.run.layout import RunLayout
from button.run.pipeline import planned, simulator_of
from button.run.plan import Handling, Simulate
from button.run.runner import generate

WAYS = ("run", "plain-run", "bare", "plain")
ROOT_SEED = 1


def context_for(address: str, limit: int) -> Context:
    """Default settings, every role played by the stand-in endpoint."""
    model = ModelSettings(
        model="served", base_url=f"{address}/v1", max_in_flight=limit, seed_bits=53,
        structured="json_schema",
    )  # fmt: skip
    return Context(root_seed=ROOT_SEED, default_model=model)


def cpu_s() -> float:
    """CPU seconds of this process so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _run(simulate: Simulate, context: Context, items: int, limit: int, folder: Path) -> int:
    seeds = [builtin_seed(context.root_seed, item) for item in range(items)]
    handling = Handling(concurrency=limit)
    plan = planned(folder / "run", context, seeds, count=None, skipped={}, handling=handling)
    made = (await generate(plan, simulate)).accepted
    await close_models()
    return made


async def _window(simulate: Simulate, context: Context, items: int, limit: int) -> int:
    """Items in order, `limit` of them in flight."""
    made, numbers = 0, iter(range(items))

    async def worker() -> None:
        nonlocal made
        for item in numbers:
            outcomes = await simulate(item, builtin_seed(context.root_seed, item))
            made += sum(outcome["kind"] == "accepted" for outcome in outcomes)

    await asyncio.gather(*(worker() for _ in range(limit)))
    await close_models()
    return made


def _steps(folder: Path) -> list[tuple[int, str]]:
    """Names of the calls in the run's journal."""
    with sqlite3.connect(RunLayout(folder / "run").database) as connection:
        return connection.execute("SELECT item, step FROM call").fetchall()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("way", choices=WAYS)
    parser.add_argument("address")
    parser.add_argument("items", type=int)
    parser.add_argument("limit", type=int)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    context = context_for(options.address, options.limit)
    items, limit, folder = options.items, options.limit, options.folder
    ways: dict[str, Callable[[], Coroutine[Any, Any, int]]] = {
        "run": lambda: _run(simulator_of(context), context, items, limit, folder),
        "plain-run": lambda: _run(simulate_plainly(context), context, items, limit, folder),
        "bare": lambda: _window(simulator_of(context), context, items, limit),
        "plain": lambda: _window(simulate_plainly(context), context, items, limit),
    }
    calm_collector()
    # Neither imports nor the world of the built-in seeds count: no other contestant has them.
    import_module("button.models.endpoint")
    builtin_seed(context.root_seed, 0)
    wall, cpu = time.perf_counter(), cpu_s()
    made = asyncio.run(ways[options.way]())
    told: dict[str, Any] = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": cpu_s() - cpu,
        "conversations": made,
    }
    if options.way.endswith("run"):
        told["steps"] = _steps(folder)
    print(json.dumps(told))


if __name__ == "__main__":
    main()
