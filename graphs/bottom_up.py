"""From a seed to task specifications: the bottom-up half of BUTTON (paper, section 3.1).

    seed -> scenario -> variants -> per variant: atomic task -> compose -> critic -> design -> gate

The critic sends a composition back, or on to a deeper round; the gate sends a design back. Each
variant is constructed in a branch of its own, and a failure in it is a value.
"""

from collections.abc import Sequence
from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from agents.agent import as_value
from agents.atomic_task import write_atomic_task
from agents.composer import compose_parallel, compose_sequential, plan_rounds
from agents.critic import criticise
from agents.function_designer import design_functions, gate_functions
from agents.scenario import expand_scenario, extract_scenario, name_scenario, take_scenario
from agents.seed import seed_of
from button.context import Context, with_defaults
from button.records import Rejection
from graphs.routing import Route
from graphs.state import BottomUpState, ConstructionState, Json, SeedInput

Graph = CompiledStateGraph[Any, Context, Any, Any]
SPECIFICATION = (
    "variant", "scenario", "rounds", "atomic_task", "task", "sub_tasks", "functions", "attempts",
)  # fmt: skip
"""What a specification keeps of the construction's state."""


def route_seed(
    state: BottomUpState,
) -> Literal["extract_scenario", "name_scenario", "take_scenario"]:
    """By what the seed is.

    Raises:
        InputError: it is no seed.
    """
    kind = seed_of(state.get("seed", {})).kind
    if kind == "conversation":
        return "extract_scenario"
    return "name_scenario" if kind == "functions" else "take_scenario"


def route_after_scenario(state: BottomUpState) -> Literal["expand_scenario", "__end__"]:
    """On, where the seed has a scenario."""
    return "__end__" if state.get("rejection") else "expand_scenario"


def fan_out_variants(state: BottomUpState) -> list[Send]:
    """One branch of construction per scenario."""
    shared = {"item": state.get("item", 0), "seed": state["seed"]}
    return [
        Send("construct", {**shared, "variant": scenario["variant"], "scenario": scenario})
        for scenario in state["scenarios"]
    ]


def route_strategy(
    state: ConstructionState,
) -> Literal["compose_sequential", "compose_parallel", "__end__"]:
    """By the strategy that was drawn for this round."""
    if state.get("rejection"):
        return "__end__"
    return _compose(state)


def route_after_composer(
    state: ConstructionState,
) -> Literal["criticise", "design_functions", "__end__"]:
    """To the critic; a deeper round that failed leaves what was kept before it."""
    if state.get("rejection"):
        return "__end__"
    return "criticise" if state.get("draft") else "design_functions"


def route_after_critic(
    state: ConstructionState,
) -> Literal["compose_sequential", "compose_parallel", "design_functions", "__end__"]:
    """Composed again, composed deeper, or on to the functions."""
    if state.get("rejection"):
        return "__end__"
    return _compose(state) if state.get("round", 0) < len(state["rounds"]) else "design_functions"


def route_after_designer(state: ConstructionState) -> Literal["gate_functions", "__end__"]:
    """To the gate, where there are functions."""
    return "__end__" if state.get("rejection") else "gate_functions"


def route_after_gate(state: ConstructionState) -> Literal["design_functions", "__end__"]:
    """Designed again where the gate has remarks."""
    again = state.get("design_remarks") and not state.get("rejection")
    return "design_functions" if again else "__end__"


def _compose(state: ConstructionState) -> Literal["compose_sequential", "compose_parallel"]:
    strategy = state["rounds"][state.get("round", 0)]
    return "compose_sequential" if strategy == "sequential" else "compose_parallel"


def build_construction() -> Graph:
    """The graph of one variant: from a scenario to a task with sound functions."""
    builder = StateGraph(ConstructionState, context_schema=Context)
    builder.add_node("write_atomic_task", write_atomic_task)
    builder.add_node("compose_sequential", compose_sequential)
    builder.add_node("compose_parallel", compose_parallel)
    builder.add_node("criticise", criticise)
    builder.add_node("design_functions", design_functions)
    builder.add_node("gate_functions", gate_functions)
    builder.add_edge(START, "write_atomic_task")
    builder.add_conditional_edges("write_atomic_task", Route(route_strategy))
    builder.add_conditional_edges("compose_sequential", Route(route_after_composer))
    builder.add_conditional_edges("compose_parallel", Route(route_after_composer))
    builder.add_conditional_edges("criticise", Route(route_after_critic))
    builder.add_conditional_edges("design_functions", Route(route_after_designer))
    builder.add_conditional_edges("gate_functions", Route(route_after_gate))
    return builder.compile(name="construction")


construction = build_construction()


async def construct(state: ConstructionState, runtime: Runtime[Context]) -> BottomUpState:
    """Run the construction of one variant in a branch of its own."""
    context = with_defaults(runtime.context)
    variant = state["variant"]
    rounds = plan_rounds(context, state["item"], variant)
    made: Json | Rejection = await as_value(
        "construct", construction.ainvoke({**state, "rounds": rounds}, context=context)
    )
    if isinstance(made, Rejection):
        made = {"scenario": state["scenario"], "rejection": made.to_json()}
    if made.get("rejection"):
        rejection = {**_about(made), **made["rejection"]}
        return {"rejections": [{"variant": variant, "rejection": rejection}]}
    return {"specifications": [{key: made[key] for key in SPECIFICATION}]}


def _about(made: Json) -> Json:
    """What a rejection tells of the variant besides its reason."""
    about = {"scenario": made["scenario"]["text"], "task": made.get("task")}
    return {key: text for key, text in about.items() if text}


def build_bottom_up(
    checkpointer: BaseCheckpointSaver[Any] | None = None, interrupt_before: Sequence[str] = ()
) -> Graph:
    """The graph from a seed to task specifications.

    Args:
        checkpointer: keeps the state between steps, for notebooks and time travel.
        interrupt_before: names of nodes before which the graph waits.
    """
    builder = StateGraph(BottomUpState, context_schema=Context, input_schema=SeedInput)
    builder.add_node("extract_scenario", extract_scenario)
    builder.add_node("name_scenario", name_scenario)
    builder.add_node("take_scenario", take_scenario)
    builder.add_node("expand_scenario", expand_scenario)
    builder.add_node("construct", construct)
    builder.add_conditional_edges(START, Route(route_seed))
    builder.add_conditional_edges("extract_scenario", Route(route_after_scenario))
    builder.add_conditional_edges("name_scenario", Route(route_after_scenario))
    builder.add_conditional_edges("take_scenario", Route(route_after_scenario))
    builder.add_conditional_edges("expand_scenario", Route(fan_out_variants), ["construct"])
    builder.add_edge("construct", END)
    return builder.compile(checkpointer, interrupt_before=list(interrupt_before), name="bottom_up")


graph = build_bottom_up()
