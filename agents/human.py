"""Plays the person who wants something done (paper, top-down phase).

Knows the composed task and the date. Hears what the assistant says to it; never sees functions, the
breakdown into sub-tasks, calls or results.
"""

from collections.abc import Sequence

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage, HumanMessage
from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, ask
from agents.contract import Contract
from agents.wording import human_remarks
from button.context import Context, with_defaults
from button.records import Rejection


class Reads(Position, total=False):
    task: str
    messages: list[AnyMessage]


class Writes(Result, total=False):
    messages: list[AnyMessage]


class HumanTurn(Contract):
    message: str
    """What the person writes."""


@agent
async def speak(state: Reads, runtime: Runtime[Context]) -> Writes:
    """State the task, or answer the assistant's question."""
    context = with_defaults(runtime.context)
    heard = swapped(state.get("messages", []))
    turn = sum(isinstance(message, AIMessage) for message in heard)
    if turn >= context.max_human_turns:
        detail = f"the assistant still asks after {turn} human turns"
        rejection = Rejection(
            stage="human", role="assistant", code="human_turn_limit", detail=detail
        )
        return Writes(rejection=rejection.to_json())
    if not state.get("task"):
        detail = "there is neither a task for the human nor a message of a person"
        rejection = Rejection(stage="human", role="human", code="no_task", detail=detail)
        return Writes(rejection=rejection.to_json())
    inputs = {"task": state["task"], "today": context.today}
    said_before = [str(message.text) for message in heard if isinstance(message, AIMessage)]
    answer = await ask(
        runtime, state, HumanTurn, prompt="human", inputs=inputs, history=heard, turn=turn,
        remarks=lambda answer: human_remarks(answer.message, said_before),
    )  # fmt: skip
    if isinstance(answer, Rejection):
        return Writes(rejection=answer.to_json())
    said = HumanMessage(answer.message.strip(), id=f"human-{turn + 1}")
    return Writes(messages=[said])


def swapped(messages: Sequence[AnyMessage]) -> list[BaseMessage]:
    """The conversation as the person lives it: own words as AI, the assistant's as human."""
    heard: list[BaseMessage] = []
    for message in messages:
        if isinstance(message, HumanMessage):
            heard.append(AIMessage(str(message.text)))
        elif isinstance(message, AIMessage) and not message.tool_calls:
            heard.append(HumanMessage(str(message.text)))
    return heard
