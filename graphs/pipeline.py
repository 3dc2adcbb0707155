"""From a seed to checked trajectories: both halves of BUTTON, the checks, and the record.

    seed -> bottom_up -> per specification: conversation -> check -> judges -> record -> outcomes

This is what `button generate` runs for each item, and what Studio shows.
"""

from collections.abc import Sequence
from typing import Any, Literal

from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import END, START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.runtime import Runtime
from langgraph.types import Send

from agents.agent import as_value
from agents.judge import Reads
from agents.judge import judge as cast_vote
from agents.seed import seed_of
from button.checks import verify
from button.context import Context, with_defaults
from button.models.caller import caller_of
from button.records import Rejection, SeedUse, Trajectory, Verdict
from graphs.bottom_up import graph as bottom_up_graph
from graphs.conversation import graph as conversation_graph
from graphs.judging import after_votes
from graphs.recording import trajectory_of
from graphs.routing import Route
from graphs.state import ConversationState, Json, PipelineState, SeedInput, add_counts

Graph = CompiledStateGraph[Any, Context, Any, Any]
GIVEN = ("item", "variant", "task", "sub_tasks", "functions")
"""What of a specification a conversation may know."""


async def bottom_up(state: SeedInput, runtime: Runtime[Context]) -> PipelineState:
    """Run the bottom-up half."""
    context = with_defaults(runtime.context)
    made: Json = await bottom_up_graph.ainvoke(state, context=context)
    return PipelineState(
        scenarios=made.get("scenarios", []),
        specifications=made.get("specifications", []),
        rejections=made.get("rejections", []),
        rejection=made.get("rejection"),
        attempts=made.get("attempts", {}),
    )


def fan_out_specifications(state: PipelineState) -> list[Send] | Literal["check"]:
    """One conversation per specification; the calls for the scenarios count for each."""
    item, shared = state.get("item", 0), state.get("attempts")
    sends = [
        Send(
            "conversation",
            {**each, "item": item, "attempts": add_counts(shared, each["attempts"])},
        )
        for each in state.get("specifications", [])
    ]
    return sends or "check"


async def conversation(state: ConversationState, runtime: Runtime[Context]) -> PipelineState:
    """Run one conversation in a branch of its own."""
    specification: Json = dict(state)
    given = {key: specification[key] for key in GIVEN}
    said: Json | Rejection = await as_value(
        "conversation", conversation_graph.ainvoke(given, context=with_defaults(runtime.context))
    )
    if isinstance(said, Rejection):
        said = {"rejection": said.to_json()}
    ended = {
        **specification,
        "messages": said.get("messages", []),
        "rejection": said.get("rejection"),
        "attempts": add_counts(state.get("attempts"), said.get("attempts")),
    }
    return {"conversations": [ended]}


async def check(state: PipelineState, runtime: Runtime[Context]) -> PipelineState:
    """Prove each finished conversation with the checks."""
    context = with_defaults(runtime.context)
    checked = []
    for each in state.get("conversations", []):
        if each["rejection"]:
            continue
        seeds = _seeds(state, context, each["variant"])
        found = await as_value("check", _prove(each, seeds, context))
        if isinstance(found, Rejection):
            found = {"accepted": False, "rejection": found.to_json()}
        checked.append({"variant": each["variant"], **found})
    return {"checked": checked}


async def _prove(conversation: Json, seeds: SeedUse, context: Context) -> Json:
    trajectory = trajectory_of(conversation, seeds, context, caller_of(context))
    verdict = verify(trajectory)
    row = trajectory.model_copy(update={"findings": verdict.findings}).to_row()
    if verdict.accepted:
        return {"accepted": True, "row": row}
    return {"accepted": False, "rejection": _failed_checks(trajectory, verdict).to_json()}


async def fan_out_judges(
    state: PipelineState, runtime: Runtime[Context]
) -> list[Send] | Literal["record"]:
    """One branch for each vote on each part of what the checks accepted, where judges are on.

    A coroutine because it asks for the runtime: a plain function would be handed to a thread.
    """
    judges = with_defaults(runtime.context).judges
    sends = [
        Send(
            "judge",
            {
                "item": state.get("item", 0),
                "variant": each["variant"],
                "row": each["row"],
                "judged": judged,
                "seat": seat,
            },
        )
        for each in state.get("checked", [])
        if each["accepted"]
        for judged in judges.judged
        for seat in range(judges.seats)
    ]
    return sends or "record"


async def judge(state: Reads, runtime: Runtime[Context]) -> PipelineState:
    """Cast one vote of the committee."""
    made = await cast_vote(state, runtime)
    return {"votes": [{"variant": state["variant"], **made}]}


async def record(state: PipelineState, runtime: Runtime[Context]) -> PipelineState:
    """Decide: accepted trajectories and rejections, in variant order."""
    context = with_defaults(runtime.context)
    judged = [
        {"variant": each["variant"], **after_votes(each["row"], _votes_on(state, each["variant"]))}
        for each in state.get("checked", [])
        if each["accepted"]
    ]
    found: dict[int, Json] = {
        each["variant"]: {"kind": "accepted", "row": each["row"]}
        for each in judged
        if each["accepted"]
    }
    refused = [each for each in [*state.get("checked", []), *judged] if not each["accepted"]]
    for variant, rejection in _rejections(state, refused):
        seeds = _seeds(state, context, variant)
        row = Rejection.model_validate({**rejection, "seeds": seeds}).to_json()
        found[variant] = {"kind": "rejected", "row": row}
    return {"outcomes": [found[variant] for variant in sorted(found)]}


def _votes_on(state: PipelineState, variant: int) -> list[Json]:
    return [vote for vote in state.get("votes", []) if vote["variant"] == variant]


def _rejections(state: PipelineState, refused: Sequence[Json]) -> list[tuple[int, Json]]:
    """Variant and rejection of all that was dropped."""
    whole = state.get("rejection")
    dropped = [(0, whole)] if whole else []
    dropped += [(each["variant"], each["rejection"]) for each in state.get("rejections", [])]
    for each in state.get("conversations", []):
        if each["rejection"]:
            about = {"scenario": each["scenario"]["text"], "task": each["task"]}
            dropped.append((each["variant"], {**about, **each["rejection"]}))
    dropped += [(each["variant"], each["rejection"]) for each in refused]
    return dropped


def _failed_checks(trajectory: Trajectory, verdict: Verdict) -> Rejection:
    decisive = next(finding for finding in verdict.findings if finding.severity == "error")
    return Rejection(
        stage="check",
        role="checks",
        code=decisive.code,
        detail=decisive.text,
        scenario=trajectory.scenario.text,
        task=trajectory.task.text,
        findings=verdict.findings,
    )


def _seeds(state: PipelineState, context: Context, variant: int) -> SeedUse:
    seed = seed_of(state["seed"])
    return SeedUse(
        seed_id=seed.id,
        source=seed.source,
        root=context.root_seed,
        item=state.get("item", 0),
        variant=variant,
    )


def build_pipeline(
    checkpointer: BaseCheckpointSaver[Any] | None = None, interrupt_before: Sequence[str] = ()
) -> Graph:
    """The graph from a seed to the outcomes of an item.

    Args:
        checkpointer: keeps the state between steps, for notebooks and time travel.
        interrupt_before: names of nodes before which the graph waits.
    """
    builder = StateGraph(PipelineState, context_schema=Context, input_schema=SeedInput)
    builder.add_node("bottom_up", bottom_up)
    builder.add_node("conversation", conversation)
    builder.add_node("check", check)
    builder.add_node("judge", judge)
    builder.add_node("record", record)
    builder.add_edge(START, "bottom_up")
    builder.add_conditional_edges(
        "bottom_up", Route(fan_out_specifications), ["conversation", "check"]
    )
    builder.add_edge("conversation", "check")
    builder.add_conditional_edges("check", fan_out_judges, ["judge", "record"])
    builder.add_edge("judge", "record")
    builder.add_edge("record", END)
    return builder.compile(checkpointer, interrupt_before=list(interrupt_before), name="pipeline")


graph = build_pipeline()
