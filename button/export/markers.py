"""A row with a mark in place of each of its values, so that whatever is lost is known by name.

Whether a call was rendered cannot be told by looking for its values: they stand in the request and
in results too. A mark stands in one place only.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from button.export.format import Row


class Mark(NamedTuple):
    """A text that stands for one thing in a marked row."""

    text: str
    thing: str
    """Such as `call`, `observation`, `definition`."""
    whose: str
    """Name of the function, or the role."""
    message: int | None = None


class MarkedRow(NamedTuple):
    """A row with marks, and what they stand for in the order of the conversation."""

    messages: list[Row]
    tools: list[Row]
    marks: list[Mark]


def marked(messages: Sequence[Row], tools: Sequence[Row]) -> MarkedRow:
    """The row with marks for names, arguments, results, words and definitions."""
    marker = _Marker()
    definitions = [marker.tool(tool) for tool in tools]
    said = [marker.message(message, at) for at, message in enumerate(messages)]
    return MarkedRow(said, definitions, marker.marks)


class _Marker:
    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self._names: dict[str, str] = {}

    def _mark(self, thing: str, whose: str, message: int | None = None) -> str:
        text = f"zq{len(self.marks):04d}x"
        self.marks.append(Mark(text, thing, whose, message))
        return text

    def tool(self, tool: Row) -> Row:
        function = tool["function"]
        name = self._mark("definition", function["name"])
        self._names[function["name"]] = name
        description = self._mark("description", function["name"])
        parameters = self._parameters(function["parameters"], function["name"])
        body = {"name": name, "description": description, "parameters": parameters}
        return {**tool, "function": {**function, **body}}

    def _parameters(self, schema: Mapping[str, Any], name: str) -> dict[str, Any]:
        properties = schema.get("properties") or {}
        described = {
            key: {**each, "description": self._mark("parameter", f"{name}.{key}")}
            if isinstance(each, dict)
            else each
            for key, each in properties.items()
        }
        return {**schema, "properties": described} if properties else dict(schema)

    def message(self, message: Row, at: int) -> Row:
        role = message["role"]
        if role == "tool":
            name = str(message.get("name", ""))
            content = json.dumps({"value": self._mark("observation", name or "a call", at)})
            row = {**message, "content": content}
            return row | ({"name": self._names.get(name, name)} if "name" in message else {})
        row = dict(message)
        if message["content"] and role != "assistant":
            row["content"] = self._mark("words", role, at)
        elif message["content"]:
            beside = bool(message.get("tool_calls"))
            thing = "words beside calls" if beside else "final text"
            row["content"] = self._mark(thing, role, at)
        if "reasoning_content" in message:
            row["reasoning_content"] = self._mark("thought", role, at)
        if "tool_calls" in message:
            row["tool_calls"] = [self._call(call, at) for call in message["tool_calls"]]
        return row

    def _call(self, call: Row, at: int) -> Row:
        function = call["function"]
        name = self._mark("call", function["name"], at)
        arguments = function["arguments"]
        as_text = isinstance(arguments, str)
        values = json.loads(arguments) if as_text else arguments
        marked_values = {
            key: self._mark("argument", f"{function['name']}.{key}", at) for key in values
        }
        held = json.dumps(marked_values) if as_text else marked_values
        return {**call, "function": {**function, "name": name, "arguments": held}}


def scalars(value: Any) -> Iterator[str]:
    """The texts and numbers in a JSON value, as JSON writes them without quotes."""
    if isinstance(value, dict):
        for each in value.values():
            yield from scalars(each)
    elif isinstance(value, list):
        for each in value:
            yield from scalars(each)
    elif isinstance(value, str):
        yield value
    elif value is not None and not isinstance(value, bool):
        yield json.dumps(value)
