"""CPU time of a call: `make bench-cpu`.

A nearly immediate endpoint, so that CPU time decides. The whole pipeline with its run directory
(`run`) and without it (`bare`), the same agents and checks in plain asyncio with the same run
directory (`plain-run`) and without it (`plain`), and DataFlow's pipeline (bare `requests` in
threads, no checks). Beside them what LangGraph takes by itself, with nodes that
do nothing: whatever is built on it takes at least that. Then one call of the endpoint client, with
a short and a long conversation. The contestants alternate; medians count. What is imported counts
for none of them.
"""

import asyncio
import json
import sys
from pathlib import Path
from statistics import median
from typing import Any

from langchain_core.callbacks import AsyncCallbackManager
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables.config import var_child_runnable_config

from benchmarks.latency.contest import other, ours, slow_endpoint
from benchmarks.latency.environments import DATAFLOW, NotInstalledError, python_of
from benchmarks.latency.floor import langgraph_ms_a_call
from benchmarks.latency.ours import WAYS, context_for, cpu_s
from button.models.caller import CallKey, caller_of
from button.models.registry import close_models
from button.run.collector import calm_collector

LATENCY, LIMIT, ITEMS, ROUNDS = "fixed:0.02", 64, 150, 5
CALLS, CLIENT_ROUNDS = 1_000, 5
LENGTHS = ((2, 0), (10, 12), (34, 12))
"""Messages and tools of a call."""


def conversation(length: int) -> list[BaseMessage]:
    """Messages of a conversation with a call and its result in each turn."""
    messages: list[BaseMessage] = [HumanMessage("Please book me a table for four tomorrow.")]
    for turn in range((length - 2) // 2):
        call = {"name": "find_tables", "args": {"city": "Oslo", "guests": turn}, "id": f"c{turn}"}
        messages.append(AIMessage("Looking for tables.", tool_calls=[call]))
        messages.append(
            ToolMessage('{"tables": [{"place": "Fjord", "at": "19:00"}]}', tool_call_id=call["id"])
        )
    return [*messages, HumanMessage("And now?")]


def tools(number: int) -> list[dict[str, Any]]:
    """So many functions in OpenAI's form."""
    properties = {f"p{n}": {"type": "string", "description": f"Value {n}"} for n in range(4)}
    parameters = {"type": "object", "properties": properties, "required": ["p0"]}
    return [
        {
            "type": "function",
            "function": {"name": f"f{n}", "description": f"Does {n}", "parameters": parameters},
        }
        for n in range(number)
    ]


async def _client_ms(address: str, length: int, functions: int) -> float:
    var_child_runnable_config.set({"callbacks": AsyncCallbackManager([])})  # as in a run's graphs
    context = context_for(address, LIMIT)
    caller, messages = caller_of(context), conversation(length)
    bound: dict[str, Any] = {"tools": tools(functions)} if functions else {}

    async def one(number: int) -> None:
        await caller.call(
            "assistant", CallKey(number, 0, "assistant", 0, 0), messages, seed=1, **bound
        )

    await asyncio.gather(*(one(number) for number in range(20)))
    began = cpu_s()
    await asyncio.gather(*(one(number) for number in range(CALLS)))
    used = cpu_s() - began
    await close_models()
    return 1000 * used / CALLS


def client_table() -> dict[str, float]:
    """CPU ms of one call of the endpoint client, by the length of its conversation."""
    found: dict[str, list[float]] = {}
    calm_collector()  # as in a run
    with slow_endpoint(LATENCY) as address:
        for _ in range(CLIENT_ROUNDS):
            for length, functions in LENGTHS:
                name = f"{length} messages, {functions} tools"
                used = asyncio.run(_client_ms(address, length, functions))
                found.setdefault(name, []).append(used)
    return {name: median(used) for name, used in found.items()}


def main() -> None:
    found: dict[str, list[float]] = {}
    try:
        python: Path | None = python_of(DATAFLOW)
    except NotInstalledError as error:
        print(f"{DATAFLOW.name}: skipped, it cannot be installed here: {error}")
        python = None
    for seed in range(1, ROUNDS + 1):
        for way in WAYS:
            made = ours(way, LATENCY, ITEMS, LIMIT, seed)
            found.setdefault(f"ours, {way}", []).append(made.cpu_ms_a_call)
        if python is not None:
            made = other(python, DATAFLOW.program, LATENCY, 2 * ITEMS, LIMIT, seed)
            found.setdefault(DATAFLOW.name, []).append(made.cpu_ms_a_call)
    middle = {name: median(used) for name, used in found.items()}
    print("whole pipeline       CPU ms/call   ours (run) against it, median of the rounds")
    for name, used in found.items():
        ratio = median(one / other for one, other in zip(found["ours, run"], used, strict=True))
        print(f"{name:20} {middle[name]:11.2f} {ratio:15.2f} x")
    floor = langgraph_ms_a_call()
    print(f"{'LangGraph alone':20} {floor:11.2f}")
    client = client_table()
    first = next(iter(client.values()))
    print("\none call                CPU ms   against the shortest")
    for name, used in client.items():
        print(f"{name:22} {used:8.2f} {used / first:13.2f} x")
    if len(sys.argv) > 1:
        told = {"pipeline": middle, "langgraph": floor, "client": client}
        Path(sys.argv[1]).write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
