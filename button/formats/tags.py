"""Calls, thoughts and results that stand in the text between tags.

BUTTON: `<call>[...]</call>`, `<final>`, one tool message with a list; while simulating `<thought>`,
`<observation>`, `<func_call>`, `<func_return>`, `<human>` (arXiv 2410.12952 and its released data).
Hermes: `<tool_call>{...}</tool_call>`, `<tool_response>`, `<tools>`. Glaive: `<functioncall>`.
"""

import re
from typing import Any, NamedTuple

from button.formats.written import WrittenCall, calls_in, plain_json

CALL_MARKS = ("<functioncall>", "<tool_call>", "<function_call>", "<call>", "<func_call>")
_MARKS = (*CALL_MARKS, "<final>", "<thought>", "<think>", "<observation>")
_CALL = re.compile(
    r"<(functioncall|tool_call|function_call|call|func_call)>\s*(.*?)\s*"
    r"(?:</\1>|<\|endoftext\|>|\Z|(?=<(?:functioncall|tool_call|function_call|call|func_call)>))",
    re.DOTALL,
)
_THOUGHT = re.compile(r"<(thought|think|observation)>(.*?)(?:</\1>|\Z)", re.DOTALL)
_LED = re.compile(r"\A\s*<(thought|think)>(.*?)</\1>\s*(?=[\[{<])", re.DOTALL)
_FINAL = re.compile(r"<final>(.*?)(?:</final>|\Z)", re.DOTALL)
_HUMAN = re.compile(r"\A\s*<human>(.*?)(?:</human>)?\s*\Z", re.DOTALL)
_RESULT = re.compile(r"<(tool_response|func_return)>\s*(.*?)\s*(?:</\1>|\Z)", re.DOTALL)
_TOOLS = re.compile(r"<(tools?)>\s*([\[{].*?)\s*</\1>", re.DOTALL)


class Spoken(NamedTuple):
    """What an assistant's text consists of."""

    text: str
    thought: str = ""
    calls: tuple[WrittenCall, ...] = ()


def spoken(text: str, *, bare_thoughts: bool = False) -> Spoken:
    """An assistant's text with its tags taken apart.

    `bare_thoughts` is for BUTTON's released form, where what stands outside `<call>` and `<final>`
    is thought.
    """
    if not any(mark in text for mark in _MARKS):
        return Spoken(text.strip())
    calls = [call for match in _CALL.finditer(text) for call in calls_in(match[2])]
    rest = _CALL.sub("\n", text)
    thoughts = [match[2].strip() for match in _THOUGHT.finditer(rest)]
    rest = _THOUGHT.sub("\n", rest)
    finals = [match[1].strip() for match in _FINAL.finditer(rest)]
    rest = _FINAL.sub("\n", rest).strip()
    if bare_thoughts and (calls or finals):
        thoughts.append(rest)
        rest = ""
    return Spoken(
        "\n".join(filter(None, (rest, *finals))), "\n".join(filter(None, thoughts)), tuple(calls)
    )


def led_by_thought(text: str) -> tuple[str, str]:
    """The thought before calls that stand as bare JSON, and the calls."""
    match = _LED.match(text)
    return (match[2].strip(), text[match.end() :]) if match else ("", text)


def said_by_human(text: str) -> str:
    """A human's text without the tag around it."""
    match = _HUMAN.match(text)
    return match[1].strip() if match else text


def results_in(text: str) -> list[str]:
    """The results between tags in a tool's text; the whole text where there are no tags."""
    return [match[2] for match in _RESULT.finditer(text)] or [text]


def echoed_results(text: str) -> list[tuple[str, Any]] | None:
    """(function name, result) per call, where a tool message lists them as BUTTON's do."""
    try:
        value = plain_json(text)
    except ValueError:
        return None
    listed = isinstance(value, list) and value
    if not listed or not all(isinstance(each, dict) and "name" in each for each in value):
        return None
    if not all("results" in each for each in value):
        return None
    return [(str(each["name"]), each["results"]) for each in value]


def tools_in(text: str) -> str | None:
    """The function definitions between `<tool>` or `<tools>` tags of a system text.

    Several objects one after the other, as Hermes writes them, become one list.
    """
    found = [match[2] for match in _TOOLS.finditer(text)]
    if not found:
        return None
    listed = next((each for each in found if each.startswith("[")), None)
    return listed or f"[{','.join(found[-1].splitlines())}]"
