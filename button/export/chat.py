"""A conversation as it is to be exported: the trajectory after switches that change it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from button.export.switches import Switches
from button.export.type_lists import flattened
from button.records import Message, ToolCall, Trajectory


@dataclass(frozen=True)
class Chat:
    """Messages and tools, and the record they come from."""

    id: str
    record: Trajectory
    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...]
    parallel_calls: bool
    """Whether the assistant may call several functions in one turn."""

    @property
    def system(self) -> str:
        """The system's words; empty where it has none."""
        first = self.messages[0] if self.messages else None
        return first.content if first is not None and first.role == "system" else ""

    @property
    def spoken(self) -> tuple[Message, ...]:
        """The messages after the system's."""
        return self.messages[1:] if self.system else self.messages

    @property
    def calls(self) -> dict[str, ToolCall]:
        """Call id -> call."""
        return {call.id: call for message in self.messages for call in message.tool_calls or ()}


def chat_of(record: Trajectory, switches: Switches, id: str | None = None) -> Chat:
    """A trajectory as a chat, with its calls and schemas as the switches ask for."""
    messages = tuple(_grouped(record.messages))
    tools = record.tools
    if switches.type_lists == "flattened":
        tools = tuple(_with_flat_types(tool) for tool in tools)
    several = any(len(message.tool_calls or ()) > 1 for message in messages)
    chat = Chat(id or record.id, record, messages, tools, record.parallel_calls or several)
    if switches.parallel == "serialised":
        chat = replace(chat, messages=tuple(_one_by_one(messages)), parallel_calls=False)
    return chat


def _grouped(messages: Iterable[Message]) -> Iterator[Message]:
    """The messages without empty system words, which say nothing in any format."""
    return (m for m in messages if m.role != "system" or m.content.strip())


def _one_by_one(messages: tuple[Message, ...]) -> Iterator[Message]:
    """Each call in a turn of its own, followed by its answer; thoughts stay with the first."""
    answers = {m.tool_call_id: m for m in messages if m.role == "tool"}
    parted: set[str | None] = set()
    for message in messages:
        calls = message.tool_calls or ()
        if message.tool_call_id in parted:
            continue
        if len(calls) < 2:
            yield message
            continue
        for number, call in enumerate(calls):
            update: dict[str, Any] = {"tool_calls": (call,)}
            if number:
                update |= {"thought": None, "content": ""}
            yield message.model_copy(update=update)
            if call.id in answers:
                yield answers[call.id]
                parted.add(call.id)


def _with_flat_types(tool: dict[str, Any]) -> dict[str, Any]:
    function = dict(tool["function"])
    for key in ("parameters", "returns"):
        if key in function:
            function[key] = flattened(function[key])
    return {**tool, "function": function}
