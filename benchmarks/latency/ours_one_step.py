"""One generation step of ours: prompts through an endpoint with its retry loop and limiter.

`python -m benchmarks.latency.ours_one_step ADDRESS COUNT LIMIT FOLDER` prints one JSON line.
"""

import asyncio
import json
import sys
import time

from langchain_core.callbacks import AsyncCallbackManager
from langchain_core.messages import HumanMessage
from langchain_core.runnables.config import var_child_runnable_config

from benchmarks.latency.ours import context_for, cpu_s
from button.models import endpoint  # noqa: F401 - what is loaded on first use is loaded before
from button.models.caller import CallKey, caller_of
from button.models.registry import close_models
from button.run.collector import calm_collector


async def _ask(address: str, count: int, limit: int) -> int:
    var_child_runnable_config.set({"callbacks": AsyncCallbackManager([])})  # as in a run's graphs
    context = context_for(address, limit)
    caller = caller_of(context)

    async def one(number: int) -> bool:
        key = CallKey(number, 0, "scenario", 0, 0)
        prompt = HumanMessage(f"Write a short and friendly line of text about number {number}.")
        return bool((await caller.call("scenario", key, [prompt], seed=number)).content)

    made = sum(await asyncio.gather(*(one(number) for number in range(count))))
    await close_models()
    return made


def main() -> None:
    address, count, limit, _ = sys.argv[1:]
    calm_collector()
    wall, cpu = time.perf_counter(), cpu_s()
    made = asyncio.run(_ask(address, int(count), int(limit)))
    told = {"wall_s": time.perf_counter() - wall, "cpu_s": cpu_s() - cpu, "conversations": made}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
