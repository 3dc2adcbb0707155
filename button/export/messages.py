"""Messages in OpenAI's form, as chat templates take them, with every switch that they need."""

from typing import Any

from button.export.chat import Chat
from button.export.format import Row
from button.export.switches import Switches
from button.export.texts import named_call, with_thought
from button.formats.written import as_json
from button.records import Message, ToolCall


def message_rows(chat: Chat, switches: Switches, *, names: bool = True) -> list[Row]:
    """The messages of a chat; `names` adds to each result the function that it comes from."""
    calls = chat.calls
    rows = []
    for message in chat.messages:
        if message.role == "assistant":
            row = assistant_row(message, switches)
        elif message.role == "tool":
            row = _result(message, calls.get(message.tool_call_id or ""), switches, names=names)
        else:
            row = {"role": message.role, "content": message.content}
        if switches.mask == "kept":
            row["train"] = message.trainable
        rows.append(row)
    return rows


def assistant_row(message: Message, switches: Switches) -> Row:
    """One turn of the assistant."""
    content: str | None = message.content
    if switches.thoughts == "think":
        content = with_thought(message.thought, message.content)
    if not content and message.tool_calls and switches.content == "null":
        content = None
    row: Row = {"role": "assistant", "content": content}
    if switches.thoughts == "reasoning_content" and message.thought:
        row["reasoning_content"] = message.thought
    if message.tool_calls:
        row["tool_calls"] = [_call(call, switches) for call in message.tool_calls]
    return row


def _call(call: ToolCall, switches: Switches) -> Row:
    function: dict[str, Any] = named_call(call)
    if switches.arguments == "string":
        function["arguments"] = as_json(function["arguments"])
    row: Row = {"type": "function", "function": function}
    return {"id": call.id, **row} if switches.ids == "kept" else row


def _result(message: Message, call: ToolCall | None, switches: Switches, *, names: bool) -> Row:
    row: Row = {"role": "tool"}
    if switches.ids == "kept":
        row["tool_call_id"] = message.tool_call_id
    if call is not None and (names or switches.ids == "dropped"):
        row["name"] = call.function.name
    return {**row, "content": message.content}
