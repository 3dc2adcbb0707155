"""From a finished conversation to the record: pure functions over the state.

The assistant's breakdown is no part of the messages, so the record shows what a trained model will
see: the date, the person, and the functions.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from langchain_core.messages import AIMessage, AnyMessage, HumanMessage, ToolMessage

from agents.assistant import is_final, parallel_calls
from button.checks import links, provenance
from button.context import Context
from button.models.caller import ModelCaller
from button.records import (
    CalledFunction,
    FunctionSignature,
    Message,
    ModelUse,
    Scenario,
    SeedUse,
    SubTask,
    ToolCall,
    Trajectory,
    TrajectoryTask,
    Versions,
)
from graphs.versions import versions
from prompts import prompt_hashes, prompt_role

SYSTEM = "You are an assistant that can call functions. Today is {weekday}, {date}."
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def trajectory_of(
    conversation: Mapping[str, Any], seeds: SeedUse, context: Context, caller: ModelCaller
) -> Trajectory:
    """The record of a conversation that came to its end, without findings yet."""
    messages = messages_of(conversation["messages"], context.today)
    task = task_of(conversation)
    tools = tuple(
        FunctionSignature.model_validate(function).to_openai()
        for function in conversation["functions"]
    )
    origins = provenance(messages, tools, task)
    scenario = conversation["scenario"]
    return Trajectory(
        strategy=conversation["rounds"][0],
        scenario=Scenario(text=scenario["text"], origin=scenario["origin"]),
        task=task,
        parallel_calls=parallel_calls(context, seeds.item, seeds.variant),
        tools=tools,
        messages=messages,
        links=links(messages, task, origins),
        provenance=origins,
        attempts=conversation["attempts"],
        models=models_of(conversation["attempts"], caller),
        seeds=seeds,
        versions=Versions(prompts=prompt_hashes(context), code=versions().code),
    )


def messages_of(messages: Sequence[AnyMessage], today: str) -> tuple[Message, ...]:
    """The messages of the record, the system message first."""
    refused = {m.tool_call_id for m in messages if isinstance(m, ToolMessage) and _is_error(m)}
    day = date.fromisoformat(today)
    system = SYSTEM.format(weekday=WEEKDAYS[day.weekday()], date=today)
    recorded = [Message(role="system", content=system)]
    for message in messages:
        if isinstance(message, HumanMessage):
            recorded.append(Message(role="user", content=str(message.content)))
        elif isinstance(message, ToolMessage):
            recorded.append(_tool_message(message))
        elif isinstance(message, AIMessage):
            recorded.append(_assistant_message(message, refused))
    return tuple(recorded)


def task_of(conversation: Mapping[str, Any]) -> TrajectoryTask:
    """The task of the record."""
    sub_tasks = tuple(SubTask.model_validate(task) for task in conversation["sub_tasks"])
    return TrajectoryTask(
        text=conversation["task"],
        sub_tasks=sub_tasks,
        atomic_task=conversation["atomic_task"],
        depth=depth_of(sub_tasks),
    )


def depth_of(sub_tasks: Sequence[SubTask]) -> int:
    """Number of sub-tasks on the longest chain; each depends on earlier ones only."""
    depths: dict[str, int] = {}
    for task in sub_tasks:
        depths[task.id] = 1 + max((depths[each] for each in task.depends_on), default=0)
    return max(depths.values(), default=0)


def models_of(attempts: Mapping[str, int], caller: ModelCaller) -> dict[str, ModelUse]:
    """Which model played each role that was asked."""
    return {role: caller.use_of(role) for role in sorted({prompt_role(name) for name in attempts})}


def _is_error(message: ToolMessage) -> bool:
    return message.status == "error"


def _tool_message(message: ToolMessage) -> Message:
    return Message(
        role="tool",
        content=str(message.content),
        tool_call_id=message.tool_call_id,
        is_error=True if _is_error(message) else None,
    )


def _assistant_message(message: AIMessage, refused: set[str]) -> Message:
    calls = tuple(
        ToolCall(
            id=str(call["id"]), function=CalledFunction(name=call["name"], arguments=call["args"])
        )
        for call in message.tool_calls
    )
    return Message(
        role="assistant",
        content=str(message.content),
        thought=message.additional_kwargs.get("thought"),
        tool_calls=calls or None,
        is_final=True if is_final(message) else None,
        trainable=refused.isdisjoint(call.id for call in calls),
    )
