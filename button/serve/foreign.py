"""What the embedded model answers to prompts that are not the simulator's.

It understands no language. Forms are filled and calls are made from their schemas, with the names,
numbers and dates of the last message where they fit, so that any client has something to work with.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from random import Random
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from button.canonical import canonical_json
from button.models.embedded.chat_model import DAY
from button.models.embedded.unseen_returns import draw_result
from button.models.embedded.unseen_values import draw_value
from tools.validation import fits

Schema = Mapping[str, Any]

INTRODUCTION = (
    "I am the embedded procedural model of the BUTTON simulator, no language model. I play the "
    "roles of its prompts; to others I can fill forms and make calls that fit their schemas."
)
MOST_DRAWS = 12
DEEPEST = 3
"""References within references that are followed."""
_NAME = re.compile(r"['\"]([^'\"\n]{1,60})['\"]|(?<=[a-z,:] )([A-Z][\w-]*(?: [A-Z][\w-]*)*)")
_DATE = re.compile(r"\b\d{4}-\d\d-\d\d\b")
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])")
_WORD = re.compile(r"[a-z]{3,}")
_EMPTY_WORDS = frozenset("the and for get set from with that this what are you can out how".split())


def fill_form(schema: Schema, messages: Sequence[BaseMessage], rng: Random) -> AIMessage:
    """An object that fits the schema, or a refusal."""
    plain = _expanded(schema)
    said = _Said(messages)
    for attempt in range(MOST_DRAWS):
        value = draw_result(plain, rng, DAY)
        if attempt == 0:
            value |= said.values_for(plain)
        if _fits(schema, value):
            return AIMessage(canonical_json(value))
    refusal = "The embedded procedural model cannot fill this schema."
    return AIMessage("", additional_kwargs={"refusal": refusal})


def speak(messages: Sequence[BaseMessage]) -> AIMessage:
    """What the functions said, or who is speaking here."""
    results = list(_last_results(messages))
    if results:
        told = "; ".join(str(message.text) for message in results)
        return AIMessage(f"The functions answered: {told}")
    return AIMessage(INTRODUCTION)


def call_functions(
    functions: Sequence[Schema], messages: Sequence[BaseMessage], rng: Random,
    *, must: bool, several: bool,
) -> AIMessage:  # fmt: skip
    """Calls of the functions whose words stand in the last message, or words where none does."""
    if not must and next(_last_results(messages), None):
        return speak(messages)
    said = _Said(messages)
    chosen = [function for function in functions if said.names(function)]
    chosen = chosen or (list(functions[:1]) if must else [])
    made: list[tuple[str, dict[str, Any]]] = []
    for function in chosen:
        for arguments in said.arguments_for(function.get("parameters") or {}, rng):
            made.append((str(function["name"]), arguments))
    if not made:
        return speak(messages)
    calls = [
        {"name": name, "args": arguments, "id": f"call_{number}", "type": "tool_call"}
        for number, (name, arguments) in enumerate(made if several else made[:1])
    ]
    return AIMessage("", tool_calls=calls)


class _Said:
    """What stands in the last message of the person."""

    def __init__(self, messages: Sequence[BaseMessage]) -> None:
        human = [message for message in messages if isinstance(message, HumanMessage)]
        self._text = str(human[-1].text) if human else ""
        self._names = list(dict.fromkeys(one or other for one, other in _NAME.findall(self._text)))
        self._dates = _DATE.findall(self._text)
        self._numbers = _NUMBER.findall(_DATE.sub("", self._text))

    def names(self, function: Schema) -> bool:
        """Whether a word of the function's name or description is said."""
        about = f"{function['name']} {function.get('description') or ''}".replace("_", " ")
        words = set(_WORD.findall(about.lower())) - _EMPTY_WORDS
        return bool(words & set(_WORD.findall(self._text.lower())))

    def arguments_for(self, schema: Schema, rng: Random) -> Iterator[dict[str, Any]]:
        """Arguments that fit: one object for each name, where there is one place for names."""
        plain = _expanded(schema)
        places = [name for name, inner in _required(plain) if _is_free_text(inner)]
        turns = [[name] for name in self._names] if len(places) == 1 and self._names else [None]
        for names in turns:
            for attempt in range(MOST_DRAWS):
                drawn: dict[str, Any] = {
                    name: draw_value(inner, name, rng, DAY) for name, inner in _required(plain)
                }
                if attempt == 0:
                    drawn |= self.values_for(plain, names)
                if _fits(schema, drawn):
                    yield drawn
                    break

    def values_for(self, schema: Schema, names: Sequence[str] | None = None) -> dict[str, Any]:
        """Values of the message for the required properties of a schema, in their order."""
        texts, dates = iter(self._names if names is None else names), iter(self._dates)
        numbers = iter(self._numbers)
        found: dict[str, Any] = {}
        for name, inner in _required(schema):
            kind, value = inner.get("type"), None
            if inner.get("enum"):
                value = next((each for each in inner["enum"] if str(each) in self._text), None)
            elif inner.get("format") == "date":
                value = next(dates, None)
            elif _is_free_text(inner):
                value = next(texts, None)
            elif kind in ("integer", "number"):
                text = next(numbers, None)
                value = text and (float(text) if "." in text else int(text))
            if value is not None:
                found[name] = value
        return found


def _expanded(schema: Any, known: Schema | None = None, depth: int = 0) -> Any:
    """A schema with `#/$defs/X` replaced by what it names; null where that goes on and on."""
    if isinstance(schema, list):
        return [_expanded(each, known, depth) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    known = schema.get("$defs", {}) if known is None else known
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    if name in known:
        deeper = depth + 1
        return {"type": "null"} if depth >= DEEPEST else _expanded(known[name], known, deeper)
    return {k: _expanded(each, known, depth) for k, each in schema.items() if k != "$defs"}


def _required(schema: Schema) -> list[tuple[str, Schema]]:
    wanted = schema.get("required", ())
    properties = schema.get("properties", {})
    return [(name, inner) for name, inner in properties.items() if name in wanted]


def _is_free_text(schema: Schema) -> bool:
    return schema.get("type") == "string" and not {"enum", "const", "format"} & schema.keys()


def _last_results(messages: Sequence[BaseMessage]) -> Iterator[ToolMessage]:
    """The tool messages at the end, in their order."""
    last = next(
        (at for at, m in enumerate(reversed(messages)) if not isinstance(m, ToolMessage)),
        len(messages),
    )
    for message in messages[len(messages) - last :]:
        assert isinstance(message, ToolMessage)
        yield message


def _fits(schema: Schema, value: Any) -> bool:
    return fits(dict(schema) or {"type": "object"}, value)
