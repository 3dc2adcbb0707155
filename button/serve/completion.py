"""A model's message as a chat completion, whole or in pieces."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.messages import AIMessage

from button import __version__
from button.models.reasoning import KEY
from button.serve.requests import Asked, ChatRequest

Json = dict[str, Any]
CHARACTERS_OF_A_TOKEN = 4
"""Nothing here has a tokenizer; usage says how much text there was."""
FINGERPRINT = f"button-{__version__}"
PIECE = re.compile(r"\s*\S+\s*")
ARGUMENT_PIECE = 24
"""Characters of arguments in one piece of a stream."""
CREATED = 0
"""The same request gets the same bytes, so no clock is in them."""


def completion(asked: Asked, key: str, messages: Sequence[AIMessage]) -> Json:
    """The whole answer; `key` identifies the request."""
    choices = [_choice(asked.request, key, at, each) for at, each in enumerate(messages)]
    return {
        **_head(asked, key, "chat.completion"),
        "choices": choices,
        "usage": _usage(asked.body, choices),
    }


def chunks(whole: Json, *, include_usage: bool) -> Iterator[Json]:
    """The answer in the pieces in which a stream brings it."""
    head = {key: whole[key] for key in ("id", "created", "model", "system_fingerprint")}
    head |= {"object": "chat.completion.chunk"} | ({"usage": None} if include_usage else {})
    for choice in whole["choices"]:
        about = {"index": choice["index"], "logprobs": None}
        for delta in _deltas(choice["message"]):
            yield {**head, "choices": [{**about, "delta": delta, "finish_reason": None}]}
        end = {**about, "delta": {}, "finish_reason": choice["finish_reason"]}
        yield {**head, "choices": [end]}
    if include_usage:
        yield {**head, "choices": [], "usage": whole["usage"]}


def _head(asked: Asked, key: str, kind: str) -> Json:
    return {
        "id": f"chatcmpl-{key[:24]}",
        "object": kind,
        "created": CREATED,
        "model": asked.request.model,
        "system_fingerprint": FINGERPRINT,
    }


def _choice(request: ChatRequest, key: str, index: int, message: AIMessage) -> Json:
    told: Json = {"role": "assistant", "content": str(message.text) or None}
    told["refusal"] = message.additional_kwargs.get("refusal")
    if reasoning := message.additional_kwargs.get(KEY):
        told["reasoning_content"] = reasoning
    calls = _calls(message, f"{key[:16]}{index}")
    if calls:
        told["tool_calls"] = calls
    finish = message.response_metadata.get("finish_reason") or "stop"
    finish = _cut(told, request) or ("tool_calls" if calls else finish)
    return {"index": index, "message": told, "logprobs": None, "finish_reason": finish}


def _calls(message: AIMessage, key: str) -> list[Json]:
    sound = [(call["name"], _text_of(call["args"])) for call in message.tool_calls]
    broken = [(call["name"] or "", call["args"] or "") for call in message.invalid_tool_calls]
    return [
        {
            "id": f"call_{key}_{number}",
            "type": "function",
            "function": {"name": name, "arguments": arguments},
        }
        for number, (name, arguments) in enumerate([*sound, *broken])
    ]


def _text_of(arguments: Json) -> str:
    return json.dumps(arguments, ensure_ascii=False, separators=(",", ":"))


def _cut(told: Json, request: ChatRequest) -> str | None:
    """End the answer where the request wants it to end; the reason, where there is one."""
    text, reason = told["content"] or "", None
    ends = [text.find(stop) for stop in request.stops if stop and stop in text]
    if ends:
        text, reason = text[: min(ends)], "stop"
    room = None if request.longest is None else request.longest * CHARACTERS_OF_A_TOKEN
    if room is not None:
        if len(text) > room:
            text, reason = text[:room], "length"
        room -= len(text)
        for call in told.get("tool_calls", ()):
            function = call["function"]
            if len(function["arguments"]) > room:
                function["arguments"], reason = function["arguments"][:room], "length"
            room -= len(function["arguments"])
    told["content"] = text or None
    return reason


def _usage(body: Json, choices: Sequence[Json]) -> Json:
    asked = [body.get(name) for name in ("messages", "tools", "response_format")]
    read = _tokens(asked)
    written = sum(_tokens(choice["message"]) for choice in choices)
    return {
        "prompt_tokens": read,
        "completion_tokens": written,
        "total_tokens": read + written,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def _tokens(value: Any) -> int:
    return -(-len(json.dumps(value, ensure_ascii=False)) // CHARACTERS_OF_A_TOKEN)


def _deltas(message: Json) -> Iterator[Json]:
    yield {"role": "assistant", "content": "" if message["content"] else None}
    if message.get("reasoning_content"):
        yield {"reasoning_content": message["reasoning_content"]}
    for piece in PIECE.findall(message["content"] or ""):
        yield {"content": piece}
    if message["refusal"]:
        yield {"refusal": message["refusal"]}
    for index, call in enumerate(message.get("tool_calls", ())):
        function = call["function"]
        begun = {**call, "function": {**function, "arguments": ""}}
        yield {"tool_calls": [{"index": index, **begun}]}
        text = function["arguments"]
        for at in range(0, len(text), ARGUMENT_PIECE):
            part = {"arguments": text[at : at + ARGUMENT_PIECE]}
            yield {"tool_calls": [{"index": index, "function": part}]}
