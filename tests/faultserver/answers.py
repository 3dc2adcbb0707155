"""What the server answers when no fault is due: the embedded model's words as a chat completion."""

import hashlib
import json
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, convert_to_messages

from button.models.embedded.chat_model import answer
from button.models.structured import TOLD

MODEL = "served"


def body_key(body: bytes) -> str:
    """What identifies a request: its whole body, the sampling seed with it."""
    return hashlib.sha256(body).hexdigest()


def completion(request: dict[str, Any], key: str) -> dict[str, Any]:
    """The embedded model's answer to the same prompt, a pure function of the request's body."""
    messages = convert_to_messages([_with_content(each) for each in request["messages"]])
    message = _said(request, messages)
    words = len(json.dumps(request["messages"])) // 4
    return {
        "id": f"chatcmpl-{key[:12]}",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "finish_reason": "tool_calls" if message.tool_calls else "stop",
                "message": _message(message, key),
            }
        ],
        "usage": {"prompt_tokens": words, "completion_tokens": 9, "total_tokens": words + 9},
    }


def _said(request: dict[str, Any], messages: list[BaseMessage]) -> AIMessage:
    """The embedded model's answer, whichever way a contract is asked for."""
    bound = {name: request[name] for name in ("response_format", "tools") if name in request}
    forced = request.get("tool_choice")
    first, _, told = str(messages[0].content).partition(TOLD.partition("{schema}")[0])
    if isinstance(forced, dict):
        (tool,) = bound.pop("tools")
        bound["response_format"] = _form(tool["function"]["parameters"])
    elif "<schema>\n" in told:
        schema = told.removesuffix(TOLD.partition("{schema}")[2])
        bound["response_format"] = _form(json.loads(schema))
        prompt = first.removesuffix("\n\n")
        messages = [messages[0].model_copy(update={"content": prompt}), *messages[1:]]
    message = answer(messages, seed=request.get("seed") or 0, **bound)
    # What the model puts in words (a refusal, mostly) stays in words.
    if isinstance(forced, dict) and str(message.content).startswith("{"):
        call = {"name": forced["function"]["name"], "args": json.loads(str(message.content))}
        return AIMessage("", tool_calls=[{**call, "id": "forced", "type": "tool_call"}])
    return message


def _form(schema: dict[str, Any]) -> dict[str, Any]:
    return {"type": "json_schema", "json_schema": {"name": schema["title"], "schema": schema}}


def _with_content(message: dict[str, Any]) -> dict[str, Any]:
    return {**message, "content": message.get("content") or ""}


def _message(message: AIMessage, key: str) -> dict[str, Any]:
    told: dict[str, Any] = {"role": "assistant", "content": str(message.content) or None}
    if refusal := message.additional_kwargs.get("refusal"):
        told["refusal"] = refusal
    if message.tool_calls:
        told["tool_calls"] = [
            {
                "id": f"call_{key[:8]}_{number}",
                "type": "function",
                "function": {"name": call["name"], "arguments": json.dumps(call["args"])},
            }
            for number, call in enumerate(message.tool_calls)
        ]
    return told
