"""Pieces of text that several formats share: JSON between tags, thoughts before words."""

from typing import Any

from button.canonical import parse_json_strict
from button.formats.written import as_json
from button.records import ToolCall

TAGS = (
    "tool", "tools", "call", "final", "thought", "think", "observation", "func_call",
    "func_return", "functioncall", "function_call", "tool_call", "tool_response",
)  # fmt: skip
_MARKS = tuple(f"<{slash}{tag}>" for tag in TAGS for slash in ("", "/")) + ("<|im_",)
_LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def json_in_tags(value: Any) -> str:
    """One line of JSON in which no text can open or close a tag."""
    text = as_json(value)
    if any(mark in text for mark in _MARKS):
        text = text.replace("<", "\\u003c")
    for character, escaped in _LINE_ENDS.items():
        text = text.replace(character, escaped)
    return text


def with_thought(thought: str | None, words: str) -> str:
    """Reasoning between `<think>` tags, then the words."""
    if not thought:
        return words
    return f"<think>\n{thought}\n</think>" + (f"\n\n{words}" if words else "")


def value_of(content: str) -> Any:
    """A tool's answer as JSON where it is JSON, else its text."""
    try:
        return parse_json_strict(content)
    except ValueError:
        return content


def named_call(call: ToolCall) -> dict[str, Any]:
    """Name and arguments of a call."""
    return {"name": call.function.name, "arguments": call.function.arguments}


def bare_function(tool: dict[str, Any]) -> dict[str, Any]:
    """Name, description and parameters: what trainers know of a function."""
    function = tool["function"]
    return {key: function[key] for key in ("name", "description", "parameters")}


def openai_tool(tool: dict[str, Any]) -> dict[str, Any]:
    """A tool as OpenAI's interface has it, without what it returns."""
    return {"type": "function", "function": bare_function(tool)}
