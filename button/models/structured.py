"""Answers in a given form, from endpoints that know different ways to ask for one.

Agents bind a contract as a response format. Here it is asked for in the way that the model's
settings name, and what comes back has the same shape whatever the way: the JSON object as content.
Nothing is repaired: an object is taken out of the text around it, and read strictly by the agent.

Whether an endpoint refuses a way is a property of the endpoint and the schema, so remembering it
saves calls and changes no answer. That an answer could not be read is remembered for no other call:
else the answers would depend on which call came first.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, get_args

from langchain_core.messages import AIMessage, BaseMessage

from button.canonical import canonical_json, content_hash, parse_json_strict
from button.context import ModelSettings
from button.errors import CallError
from button.models.faults import chain
from button.models.refusals import FORM_WORDS, REFUSING

Strategy = Literal["json_schema", "tool_call", "text"]
STRATEGIES: tuple[Strategy, ...] = get_args(Strategy)

TOLD = (
    "Answer with one JSON object and nothing else. It has to fit this JSON Schema:\n"
    "<schema>\n{schema}\n</schema>"
)
LONGEST_ANSWER = 262_144
"""Characters of an answer in which a JSON object is looked for."""
MOST_FALSE_STARTS = 1_000
MOST_REMEMBERED = 10_000
REFUSING_CODES = ("bad_request", "server_error")
"""Codes of such failures (`button.models.faults`); others say what else was wrong."""

_NAMED_IN_REFUSALS: Mapping[Strategy, re.Pattern[str]] = {
    "json_schema": re.compile(FORM_WORDS, re.IGNORECASE),
    "tool_call": re.compile(r"tool|function|grammar", re.IGNORECASE),
}
_ABOUT_THE_SCHEMA = re.compile(
    r"schema for|in(valid)? schema|unrecognized|keyword|properties|grammar|\$ref|pattern|parser",
    re.IGNORECASE,
)
_ABOUT_ONE_FUNCTION = re.compile(
    r"tools?[.\[]+\d|function\W{1,3}['\"`]|function\.\w", re.IGNORECASE
)
_NO_SCHEMA = re.compile(r"--[\w-]+|unrecognized request argument", re.IGNORECASE)
"""Words that only look as if they were about a schema: flags of a server, a field's refusal."""
_UNKNOWN = re.compile(
    r"support|extra inputs|not permitted|not allowed|not enabled|disabled|requires --"
    r"|(unknown|unrecognized) (request )?(argument|field|parameter)",
    re.IGNORECASE,
)
"""How endpoints say that they do not know a field; a model that used one badly is no such thing."""
_DECODER = json.JSONDecoder()
_refused: set[tuple[ModelSettings, Strategy, str | None]] = set()
"""What endpoints refused in this process: a way to ask, for one schema or (None) altogether."""


def strategies_for(settings: ModelSettings, form: Mapping[str, Any]) -> tuple[Strategy, ...]:
    """The ways in which `form` is asked for, in their order; never empty."""
    if settings.structured != "auto":
        return (settings.structured,)
    schema = content_hash(form)
    ways = [
        way
        for way in STRATEGIES
        if not (way == "tool_call" and settings.protocol == "button_tags")
        and not {(settings, way, None), (settings, way, schema)} & _refused
    ]
    return tuple(ways) or ("text",)


def remember_refusal(
    settings: ModelSettings, way: Strategy, form: Mapping[str, Any], error: BaseException
) -> None:
    """Keep in mind that the endpoint of `settings` refused a way to ask."""
    schema = content_hash(form) if _ABOUT_THE_SCHEMA.search(_told_by(error)) else None
    if len(_refused) >= MOST_REMEMBERED:
        _refused.clear()
    _refused.add((settings, way, schema))


def forget_refusals() -> None:
    """Know nothing of any endpoint, as at the start of the process."""
    _refused.clear()


def refuses_way(error: BaseException, way: Strategy) -> bool:
    """Whether an error says that the endpoint does not know a way to ask."""
    if isinstance(error, CallError) and error.code not in REFUSING_CODES:
        return False
    if way == "text" or not any(_status(each) in REFUSING for each in chain(error)):
        return False
    return _NAMED_IN_REFUSALS[way].search(_told_by(error)) is not None


def never_knows(error: BaseException, way: Strategy) -> bool:
    """Whether an error says that the endpoint knows a way for no schema: each call would meet it.

    Narrower than `refuses_way`, which costs one more call at most: this one stops a run.
    """
    told = _told_by(error)
    named = _ABOUT_THE_SCHEMA.search(_NO_SCHEMA.sub("", told)) or _ABOUT_ONE_FUNCTION.search(told)
    return refuses_way(error, way) and not named and _UNKNOWN.search(told) is not None


def asked_by(
    way: Strategy, messages: Sequence[BaseMessage], kwargs: Mapping[str, Any]
) -> tuple[list[BaseMessage], dict[str, Any]]:
    """Messages and arguments of a call that binds a response format, for one way to ask."""
    if way == "json_schema":
        return list(messages), dict(kwargs)
    others = {name: value for name, value in kwargs.items() if name != "response_format"}
    name, schema = _form(kwargs)
    if way == "tool_call":
        function = {"name": name, "description": "Gives the answer.", "parameters": schema}
        return list(messages), others | {
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": name}},
        }
    first, *rest = messages
    told = TOLD.format(schema=canonical_json(schema))
    return [first.model_copy(update={"content": f"{first.content}\n\n{told}"}), *rest], others


def answer_from(message: AIMessage, kwargs: Mapping[str, Any]) -> AIMessage | None:
    """The answer with nothing but the JSON object as content; None where there is none."""
    if message.additional_kwargs.get("refusal"):
        return message
    name, _ = _form(kwargs)
    given = {canonical_json(call["args"]) for call in message.tool_calls if call["name"] == name}
    text = given.pop() if len(given) == 1 else last_object(str(message.content))
    return None if text is None else _with_content(message, text)


def unread(message: AIMessage) -> AIMessage:
    """An answer without an object as text, so that the agent can say what is wrong with it."""
    broken = "".join(str(call["args"] or "") for call in message.invalid_tool_calls)
    return _with_content(message, str(message.content) or broken)


def last_object(text: str) -> str | None:
    """The last JSON object that stands in `text`, as it is written; None where there is none."""
    if len(text) > LONGEST_ANSWER:
        return None
    for found in reversed(list(_objects(text))):
        try:
            parse_json_strict(found)
        except ValueError:
            return None
        return found
    return None


def _objects(text: str) -> Iterator[str]:
    position, false_starts = text.find("{"), 0
    while position >= 0 and false_starts < MOST_FALSE_STARTS:
        try:
            end = _DECODER.raw_decode(text, position)[1]
        except (ValueError, RecursionError):
            false_starts += 1
            end = position + 1
        else:
            yield text[position:end]
        position = text.find("{", end)


def _with_content(message: AIMessage, text: str) -> AIMessage:
    return message.model_copy(update={"content": text, "tool_calls": [], "invalid_tool_calls": []})


def _form(kwargs: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    form = kwargs["response_format"]["json_schema"]
    return form["name"], form["schema"]


def _status(error: BaseException) -> int | None:
    told = (getattr(error, name, None) for name in ("status_code", "status"))
    return next((status for status in told if isinstance(status, int)), None)


def _told_by(error: BaseException) -> str:
    return " ".join(str(each) for each in chain(error) if _status(each) is not None)
