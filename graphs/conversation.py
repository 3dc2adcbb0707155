"""From a task specification to a finished conversation: the top-down half of BUTTON (section 3.2).

    human -> assistant -> one tool agent per call -> assistant ... -> human | end

Calls of one turn are answered at the same time, each by the agent of its function; their answers
come back in call order. The cycle ends with the final answer, a budget, or a named failure.
"""

from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.messages import AIMessage, HumanMessage
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.graph import START, StateGraph
from langgraph.graph.state import CompiledStateGraph
from langgraph.types import Send

from agents.assistant import deciding, is_final
from agents.human import speak
from agents.tool_agent import answer_call
from button.context import Context
from graphs.reviewing import final_answer_remarks
from graphs.routing import Route
from graphs.state import TAKEN_BACK, ConversationInput, ConversationState

Graph = CompiledStateGraph[Any, Context, Any, Any]
decide = deciding(final_answer_remarks)
"""The assistant's node; a final answer that says what nobody gave is asked for again."""


def route_start(state: ConversationState) -> Literal["take_up_again", "human", "assistant"]:
    """A thread that ended with a failure is taken up again first."""
    return "take_up_again" if state.get("rejection") else route_speaker(state)


async def take_up_again(state: ConversationState) -> ConversationState:
    """Go on after a failure: the rejection that ended the thread before holds no longer."""
    return ConversationState(rejection=TAKEN_BACK)


def route_speaker(state: ConversationState) -> Literal["human", "assistant"]:
    """To the assistant where a person has already spoken, as in a chat window."""
    messages = state.get("messages")
    return "assistant" if messages and isinstance(messages[-1], HumanMessage) else "human"


def route_after_human(state: ConversationState) -> Literal["assistant", "__end__"]:
    """To the assistant."""
    return "__end__" if state.get("rejection") else "assistant"


def route_after_assistant(
    state: ConversationState,
) -> list[Send] | Literal["human", "__end__"]:
    """Each call to its tool agent; a question to the human; a final answer to the end."""
    last = state["messages"][-1]
    if state.get("rejection") or is_final(last):
        return "__end__"
    if isinstance(last, AIMessage) and last.tool_calls:
        return fan_out_calls(state, last)
    # Without a task nobody simulates the human: a person is at the other end.
    return "human" if state.get("task") else "__end__"


def fan_out_calls(state: ConversationState, message: AIMessage) -> list[Send]:
    """One branch per call, with what the agent of its function may know."""
    functions = {function["name"]: function for function in state.get("functions", [])}
    turn = sum(isinstance(each, AIMessage) for each in state["messages"])
    shared = {
        "item": state.get("item", 0),
        "variant": state.get("variant", 0),
        "facts": state.get("facts", []),
        "known_names": list(functions),
        "turn": turn,
    }
    return [
        Send(
            "tool_agent",
            {**shared, "call": call, "index": index, "function": functions.get(call["name"])},
        )
        for index, call in enumerate(message.tool_calls)
    ]


def route_after_tools(state: ConversationState) -> Literal["assistant", "__end__"]:
    """Back to the assistant, which reads the answers and the refusals."""
    return "__end__" if state.get("rejection") else "assistant"


def build_conversation(
    checkpointer: BaseCheckpointSaver[Any] | None = None, interrupt_before: Sequence[str] = ()
) -> Graph:
    """The graph of one conversation.

    Args:
        checkpointer: keeps the state between steps, for notebooks and time travel.
        interrupt_before: names of nodes before which the graph waits, such as `human`.
    """
    builder = StateGraph(ConversationState, context_schema=Context, input_schema=ConversationInput)
    builder.add_node("take_up_again", take_up_again)
    builder.add_node("human", speak)
    builder.add_node("assistant", decide)
    builder.add_node("tool_agent", answer_call)
    builder.add_conditional_edges(START, Route(route_start))
    builder.add_conditional_edges("take_up_again", Route(route_speaker))
    builder.add_conditional_edges("human", Route(route_after_human))
    builder.add_conditional_edges(
        "assistant", Route(route_after_assistant), ["tool_agent", "human", "__end__"]
    )
    builder.add_conditional_edges("tool_agent", Route(route_after_tools))
    return builder.compile(
        checkpointer, interrupt_before=list(interrupt_before), name="conversation"
    )


graph = build_conversation()
