"""Messages in the form in which endpoints read them, written without a walk through their types.

ChatOpenAI looks for a dozen kinds of message and of content before it writes one down; those of our
agents are of four kinds and hold text. Whatever else there may be is left to ChatOpenAI.
"""

import json
from collections.abc import Sequence
from typing import Any

from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    InvalidToolCall,
    SystemMessage,
    ToolCall,
    ToolMessage,
)

BY_CHAT_OPENAI = frozenset({"name", "tool_calls", "function_call", "audio", "__openai_role__"})
"""Keys of `additional_kwargs` that ChatOpenAI would write."""
_ENCODER = json.JSONEncoder(ensure_ascii=False)  # as ChatOpenAI writes arguments
_ROLES: dict[type[BaseMessage], str] = {
    SystemMessage: "system", HumanMessage: "user", AIMessage: "assistant", ToolMessage: "tool",
}  # fmt: skip


def written(messages: Sequence[BaseMessage]) -> list[dict[str, Any]] | None:
    """The messages as ChatOpenAI would write them, key by key; None where it has to."""
    forms = []
    for message in messages:
        form = _form(message)
        if form is None:
            return None
        forms.append(form)
    return forms


def _form(message: BaseMessage) -> dict[str, Any] | None:
    role, content = _ROLES.get(type(message)), message.content
    if role is None or not isinstance(content, str):
        return None
    form: dict[str, Any] = {"content": content, "role": role}
    if isinstance(message, ToolMessage):  # of these ChatOpenAI writes nothing else
        form["tool_call_id"] = message.tool_call_id
        return form
    extra = message.additional_kwargs
    if message.name is not None or (extra and not BY_CHAT_OPENAI.isdisjoint(extra)):
        return None
    if isinstance(message, AIMessage) and (message.tool_calls or message.invalid_tool_calls):
        form["tool_calls"] = [
            *(_call(call, _ENCODER.encode(call["args"])) for call in message.tool_calls),
            *(_call(call, call["args"]) for call in message.invalid_tool_calls),
        ]
        form["content"] = content or None
    return form


def _call(call: ToolCall | InvalidToolCall, arguments: str | None) -> dict[str, Any]:
    return {
        "type": "function",
        "id": call["id"],
        "function": {"name": call["name"], "arguments": arguments},
    }
