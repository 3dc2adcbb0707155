"""An endpoint's reply, read from its bytes: what a model said, or why there is no telling.

A reply that is no chat completion is a fault of the endpoint (`ReplyError`). What a model says
wrong is none: one broken call becomes an `invalid_tool_call` and the rest of the answer is kept.
"""

import json
from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage, InvalidToolCall, ToolCall
from langchain_core.messages.ai import InputTokenDetails, OutputTokenDetails, UsageMetadata

from button.canonical import parse_json_strict
from button.models.reasoning import KEY, reasoning_field
from button.models.redaction import redacted

KEPT_BYTES = 2_000
"""Of a reply that is none: enough to see what it was."""
MAX_SHOWN = 200
MOST_TOKENS = 10**9
"""A count above is no count."""
NOT_TEXT = "not_text"
"""Finish reason of an answer with half characters in it, which no file can hold."""


class ReplyError(Exception):
    """The endpoint answered, but not with a chat completion.

    `code` says what is wrong and is machine readable; `status` is the HTTP status that the reply
    names for its failure, where it names one; `raw` is how the reply begins.
    """

    def __init__(
        self, code: str, text: str, *, raw: bytes = b"", status: int | None = None
    ) -> None:
        super().__init__(text)
        self.code = code
        self.status = status
        self.raw = beginning(raw)


def beginning(raw: bytes) -> str:
    """How a reply begins, without secrets: half of one, at the cut, would not be known as one."""
    return redacted(raw.decode("utf-8", "replace"))[:KEPT_BYTES]


def read_reply(raw: bytes) -> AIMessage:
    """The message in a chat completion.

    Raises:
        ReplyError: there is none.
    """
    body = _object(raw)
    choices = body.get("choices")
    if not choices and body.get("error"):
        raise _told_error(body["error"], raw)
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise ReplyError("no_choices", "the reply holds no choices", raw=raw)
    choice = choices[0]
    if choice.get("error"):
        raise _told_error(choice["error"], raw)
    said = choice.get("message")
    if not isinstance(said, dict):
        raise ReplyError("no_message", "the reply's first choice holds no message", raw=raw)
    content, calls = _content(said, raw), _calls(said, raw)
    whole = _clean(content)
    finish = choice.get("finish_reason")
    apart = {"refusal": _clean(_text(said.get("refusal"))), KEY: _clean(reasoning_field(said))}
    about = {
        "model_name": _clean(_text(body.get("model"))),
        "finish_reason": _clean(_text(finish)) if whole == content else NOT_TEXT,
    }
    return AIMessage(
        content=whole,
        tool_calls=[call for call in calls if call["type"] == "tool_call"],
        invalid_tool_calls=[call for call in calls if call["type"] == "invalid_tool_call"],
        usage_metadata=read_usage(body.get("usage")),
        additional_kwargs={name: text for name, text in apart.items() if text},
        response_metadata={name: text for name, text in about.items() if text},
    )


def read_call(call: Any, position: int) -> ToolCall | InvalidToolCall:
    """One call of an endpoint's answer, read without repair; no arguments at all mean `{}`."""
    function = call.get("function") if isinstance(call, Mapping) else None
    name = function.get("name") if isinstance(function, Mapping) else None
    written = function.get("arguments") if isinstance(function, Mapping) else None
    given = call.get("id") if isinstance(call, Mapping) else None
    each = _clean(given) if isinstance(given, str) and given else f"call_{position}"
    try:
        if not isinstance(name, str) or not name or name != _clean(name):
            raise ValueError("the call names no function")
        arguments = read_arguments(written)
    except ValueError as error:
        shown = written if isinstance(written, str) else repr(written)
        return InvalidToolCall(
            name=_clean(name) if isinstance(name, str) else None,
            args=_clean(redacted(shown)[:MAX_SHOWN]),
            id=each, error=str(error), type="invalid_tool_call",
        )  # fmt: skip
    return ToolCall(name=name, args=arguments, id=each, type="tool_call")


def read_arguments(written: Any) -> dict[str, Any]:
    """The arguments of a call, which endpoints send as text.

    Raises:
        ValueError: they are no text that holds one JSON object.
    """
    if written is None or written == "":
        return {}
    if not isinstance(written, str):
        raise ValueError(f"arguments are no JSON text but {type(written).__name__}")
    value = parse_json_strict(written)
    if not isinstance(value, dict):
        raise ValueError(f"arguments are no JSON object but {type(value).__name__}")
    return value


def read_usage(usage: Any) -> UsageMetadata | None:
    """Tokens as the endpoint counts them; None where it counts none, or nonsense."""
    if not isinstance(usage, Mapping):
        return None
    read, written = _count(usage, "prompt_tokens"), _count(usage, "completion_tokens")
    if read is None or written is None:
        return None
    made = UsageMetadata(input_tokens=read, output_tokens=written, total_tokens=read + written)
    cached = _count(usage.get("prompt_tokens_details"), "cached_tokens")
    thought = _count(usage.get("completion_tokens_details"), "reasoning_tokens")
    if cached:
        made["input_token_details"] = InputTokenDetails(cache_read=min(cached, read))
    if thought:
        made["output_token_details"] = OutputTokenDetails(reasoning=min(thought, written))
    return made


def _object(raw: bytes) -> dict[str, Any]:
    if not raw.strip():
        raise ReplyError("empty_reply", "the reply is empty")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ReplyError("not_utf8", f"the reply is no UTF-8: {error.reason}", raw=raw) from None
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        begins = " ".join(redacted(text)[:80].split())
        raise ReplyError(
            "not_json", f"the reply is no JSON; it begins {begins!r}", raw=raw
        ) from None
    if not isinstance(body, dict):
        raise ReplyError("not_json", f"the reply is a JSON {type(body).__name__}", raw=raw)
    return body


def _told_error(error: Any, raw: bytes) -> ReplyError:
    """An error object in a reply that claims success, as gateways send it."""
    about = error if isinstance(error, Mapping) else {"message": error}
    code = about.get("code")
    status = code if isinstance(code, int) and not isinstance(code, bool) else None
    text = f"{about.get('message') or error}"
    if isinstance(code, str):
        text = f"{text} ({code})"
    return ReplyError("error_in_reply", text, raw=raw, status=status)


def _content(said: Mapping[str, Any], raw: bytes) -> str:
    content = said.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, Mapping)]
        return "".join(part for part in parts if isinstance(part, str))
    if content is None or isinstance(content, str):
        return content or ""
    raise ReplyError("no_message", f"the content is a {type(content).__name__}", raw=raw)


def _calls(said: Mapping[str, Any], raw: bytes) -> list[ToolCall | InvalidToolCall]:
    calls = said.get("tool_calls") or []
    if not isinstance(calls, list):
        raise ReplyError("no_message", f"tool_calls is a {type(calls).__name__}", raw=raw)
    return [read_call(call, position) for position, call in enumerate(calls)]


def _count(counts: Any, name: str) -> int | None:
    value = counts.get(name) if isinstance(counts, Mapping) else None
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_TOKENS
    return value if is_count else None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _clean(text: str) -> str:
    """`text` with half characters (lone surrogates) replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")
