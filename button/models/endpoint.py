"""ChatOpenAI for endpoints of any make: what it would drop or refuse is kept and named."""

from collections.abc import Mapping
from typing import Any

from langchain_core.messages import AIMessage, InvalidToolCall, ToolCall
from langchain_core.outputs import ChatResult
from langchain_openai import ChatOpenAI
from openai import BaseModel as OpenAIModel

from button.canonical import parse_json_strict
from button.models.reasoning import KEY, reasoning_field

MAX_SHOWN = 200


class EndpointModel(ChatOpenAI):
    """ChatOpenAI with three differences.

    - A response format is sent, but the answer is not parsed by the SDK, which raises for what is
      cut off or does not fit: the agents parse.
    - Reasoning that stands in a field of its own is kept (`additional_kwargs["reasoning"]`).
    - Arguments of calls are read strictly, one call at a time: one broken call becomes an
      `invalid_tool_call` instead of an exception that loses the whole answer.
    """

    def _get_request_payload(
        self, input_: Any, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        payload: dict[str, Any] = super()._get_request_payload(input_, stop=stop, **kwargs)
        form = payload.pop("response_format", None)
        if form is not None:
            payload["extra_body"] = {**(payload.get("extra_body") or {}), "response_format": form}
        return payload

    def _create_chat_result(
        self, response: dict[str, Any] | OpenAIModel, generation_info: dict[str, Any] | None = None
    ) -> ChatResult:
        if not isinstance(response, OpenAIModel):
            return super()._create_chat_result(response, generation_info)
        body = response.model_dump(warnings=False)
        said = [choice.get("message") or {} for choice in body.get("choices") or ()]
        asked = [message.pop("tool_calls", None) or [] for message in said]
        result: ChatResult = super()._create_chat_result(body, generation_info)
        for generation, message, calls in zip(result.generations, said, asked, strict=True):
            if isinstance(generation.message, AIMessage):
                _complete(generation.message, message, calls)
        return result


def _complete(message: AIMessage, raw: Mapping[str, Any], calls: list[Any]) -> None:
    for position, call in enumerate(calls):
        made = read_call(call, position)
        if "args" in made and made["type"] == "tool_call":
            message.tool_calls.append(made)
        else:
            message.invalid_tool_calls.append(made)
    reasoning = reasoning_field(raw)
    if reasoning:
        message.additional_kwargs[KEY] = reasoning


def read_call(call: Any, position: int) -> ToolCall | InvalidToolCall:
    """One call of an endpoint's answer, read without repair; no arguments at all mean `{}`."""
    function = call.get("function") if isinstance(call, Mapping) else None
    name = function.get("name") if isinstance(function, Mapping) else None
    written = function.get("arguments") if isinstance(function, Mapping) else None
    given = call.get("id") if isinstance(call, Mapping) else None
    each = given if isinstance(given, str) and given else f"call_{position}"
    try:
        if not isinstance(name, str) or not name:
            raise ValueError("the call names no function")
        arguments = read_arguments(written)
    except ValueError as error:
        shown = written if isinstance(written, str) else repr(written)
        return InvalidToolCall(
            name=name if isinstance(name, str) else None, args=shown[:MAX_SHOWN], id=each,
            error=str(error), type="invalid_tool_call",
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
