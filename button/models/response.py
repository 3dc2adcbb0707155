"""A model's response as JSON, and back: the one form in which agents get it and journals keep it.

A fresh response and a journaled one take the same way, so that replay cannot differ.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, ToolMessage

from button.canonical import canonical_json, remembered_canonical_json
from button.errors import ModelError
from button.models.reasoning import KEY, joined, split_reasoning


def response_of(message: BaseMessage) -> dict[str, Any]:
    """What counts of a model's message; what is absent is left out.

    Raises:
        ModelError: it is no assistant message, or holds what JSON and UTF-8 cannot.
    """
    if not isinstance(message, AIMessage):
        raise ModelError(f"a model answered with a {message.type!r} message")
    about = message.response_metadata
    spoken = split_reasoning(str(message.text))
    response = {
        "content": spoken.content,
        "reasoning": joined(str(message.additional_kwargs.get(KEY, "")), spoken.reasoning),
        "tool_calls": [_fields(call, "id", "name", "args") for call in message.tool_calls],
        "invalid_tool_calls": [
            _fields(call, "id", "name", "args", "error") for call in message.invalid_tool_calls
        ],
        "usage": dict(message.usage_metadata or {}),
        "finish_reason": about.get("finish_reason"),
        "model": about.get("model_name"),
        "refusal": message.additional_kwargs.get("refusal"),
    }
    try:
        canonical_json(response)
    except (TypeError, ValueError) as error:
        raise ModelError(f"a model's answer is no JSON text: {error}") from error
    return {key: value for key, value in response.items() if value or key == "content"}


def message_of(response: Mapping[str, Any]) -> AIMessage:
    """The message of a response."""
    apart = {name: response[name] for name in ("refusal", KEY) if response.get(name)}
    about = {"model_name": response.get("model"), "finish_reason": response.get("finish_reason")}
    return AIMessage(
        content=response["content"],
        tool_calls=[{**call, "type": "tool_call"} for call in response.get("tool_calls", ())],
        invalid_tool_calls=[
            {**call, "type": "invalid_tool_call"} for call in response.get("invalid_tool_calls", ())
        ],
        usage_metadata=response.get("usage") or None,
        additional_kwargs=apart,
        response_metadata={key: value for key, value in about.items() if value},
    )


def request_hash(model: str, messages: Sequence[BaseMessage], kwargs: Mapping[str, Any]) -> str:
    """SHA-256 of everything that decides the response: model, messages, tools, contract, seed."""
    said = canonical_json([_asked(message) for message in messages])
    bound = ",".join(
        f"{canonical_json(name)}:{remembered_canonical_json(kwargs[name])}"
        for name in sorted(kwargs)
    )
    asked = f"[{canonical_json(model)},{said},{{{bound}}}]"
    return hashlib.sha256(asked.encode("utf-8")).hexdigest()


def _asked(message: BaseMessage) -> list[Any]:
    if isinstance(message, AIMessage):
        calls = [_fields(call, "id", "name", "args") for call in message.tool_calls]
        return [message.type, message.content, calls]
    if isinstance(message, ToolMessage):
        return [message.type, message.content, message.tool_call_id, message.status]
    return [message.type, message.content]


def _fields(call: Mapping[str, Any], *names: str) -> dict[str, Any]:
    return {name: call.get(name) for name in names}
