"""The pipeline in plain asyncio: the same agents, checks and records, without LangGraph.

What `graphs/` does with nodes and edges is written out as loops here, to measure what LangGraph
costs; nothing else uses it. It knows seeds of the kind `scenario`, as the built-in ones are.
"""

import asyncio
from typing import Any

from langchain_core.messages import AIMessage
from langgraph.graph.message import add_messages
from langgraph.runtime import Runtime

from agents.assistant import is_final
from agents.atomic_task import write_atomic_task
from agents.composer import compose_parallel, compose_sequential, plan_rounds
from agents.critic import criticise
from agents.function_designer import design_functions, gate_functions
from agents.human import speak
from agents.scenario import expand_scenario, take_scenario
from agents.tool_agent import answer_call
from button.context import Context
from button.records import Seed
from button.run.plan import Outcome, Simulate
from graphs.bottom_up import SPECIFICATION
from graphs.conversation import decide, fan_out_calls
from graphs.pipeline import GIVEN, check, record
from graphs.state import add_counts

State = dict[str, Any]


def simulate_plainly(context: Context) -> Simulate:
    """As `simulator_of`, in plain asyncio."""
    runtime = Runtime(context=context)

    async def simulate(item: int, seed: Seed) -> list[Outcome]:
        state: State = {"item": item, "seed": seed.to_json()}
        await _step(state, take_scenario, runtime)
        await _step(state, expand_scenario, runtime)
        state["conversations"] = await asyncio.gather(
            *(_variant(state, scenario, runtime) for scenario in state["scenarios"])
        )
        await _step(state, check, runtime)
        outcomes: list[Outcome] = (await record(state, runtime))["outcomes"]  # type: ignore[arg-type,assignment]
        return outcomes

    return simulate


async def _step(state: State, node: Any, runtime: Runtime[Context]) -> None:
    _merge(state, await node(state, runtime))


def _merge(state: State, written: Any) -> None:
    """As the reducers of the graphs' state do."""
    for key, value in written.items():
        if key == "attempts":
            state[key] = add_counts(state.get(key), value)
        elif key == "messages":
            state[key] = add_messages(state.get(key, []), value)
        elif key == "facts":
            state[key] = [*state.get(key, []), *value]
        elif key != "rejection" or not state.get("rejection"):
            state[key] = value


async def _variant(shared: State, scenario: State, runtime: Runtime[Context]) -> State:
    item, variant = shared["item"], scenario["variant"]
    context = runtime.context
    state: State = {
        "item": item,
        "variant": variant,
        "seed": shared["seed"],
        "scenario": scenario,
        "rounds": plan_rounds(context, item, variant),
        "rejection": None,
        "messages": [],
    }
    await _construct(state, runtime)
    if state["rejection"]:
        return {"task": "", "sub_tasks": [], **state}
    specification = {"item": item, **{key: state[key] for key in SPECIFICATION}}
    said: State = {key: specification[key] for key in GIVEN}
    await _talk(said, runtime)
    return {
        **specification,
        "messages": said.get("messages", []),
        "rejection": said.get("rejection"),
        "attempts": add_counts(
            add_counts(shared["attempts"], state["attempts"]), said.get("attempts")
        ),
    }


async def _construct(state: State, runtime: Runtime[Context]) -> None:
    await _step(state, write_atomic_task, runtime)
    while not state["rejection"] and state.get("round", 0) < len(state["rounds"]):
        strategy = state["rounds"][state.get("round", 0)]
        compose = compose_sequential if strategy == "sequential" else compose_parallel
        await _step(state, compose, runtime)
        if state.get("draft") and not state["rejection"]:
            await _step(state, criticise, runtime)
    while not state["rejection"]:
        await _step(state, design_functions, runtime)
        if not state["rejection"]:
            await _step(state, gate_functions, runtime)
        if not state.get("design_remarks"):
            return


async def _talk(state: State, runtime: Runtime[Context]) -> None:
    await _step(state, speak, runtime)
    while not state.get("rejection"):
        await _step(state, decide, runtime)
        last = state["messages"][-1]
        if state.get("rejection") or is_final(last):
            return
        if isinstance(last, AIMessage) and last.tool_calls:
            await _answer(state, last, runtime)
        else:
            await _step(state, speak, runtime)


async def _answer(state: State, message: AIMessage, runtime: Runtime[Context]) -> None:
    """The tool agents of one turn, beside each other; their answers in call order."""
    sends = fan_out_calls(state, message)  # type: ignore[arg-type]
    for written in await asyncio.gather(*(answer_call(each.arg, runtime) for each in sends)):
        _merge(state, written)
