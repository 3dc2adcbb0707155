"""A conversation prepared for checking: everything that more than one check needs, found once.

Checks are pure functions of a `View`, and a `View` is a pure function of what was said, so each
check is one of the trajectory; the view only spares them from reading the same text twice.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from button.canonical import parse_json_strict
from button.checks import dates
from button.checks.known_tools import KnownTool, known_tool
from button.checks.leaves import Leaf, leaves
from button.checks.surface import Passage
from button.records import CompositionalTask, FunctionSignature, Message, SubTask, ToolCall

_DATA_KEY = re.compile(r".*[\dA-Z ]")
_TODAY = re.compile(r"\btoday(?:['’]s date)? is (.{6,30})", re.I)
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


class Result:
    """What a tool answered to one call."""

    def __init__(self, message: int, content: Message, today: date | None) -> None:
        self.message = message
        self.text = content.content
        self.is_error = bool(content.is_error)
        self._today = today

    @cached_property
    def value(self) -> Any:
        """The answer as JSON; None where it is no JSON."""
        try:
            return parse_json_strict(self.text)
        except ValueError:
            return None

    @cached_property
    def is_json(self) -> bool:
        """Whether the answer is strict JSON."""
        return self.value is not None or self.text.strip() == "null"

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """Its scalar leaves, nulls left out."""
        return tuple(leaf for leaf in leaves(self.value) if leaf.value is not None)

    @cached_property
    def index(self) -> dict[str | float, list[Leaf]]:
        """Its leaves by value: numbers as numbers, strings as they are; booleans left out."""
        found: dict[str | float, list[Leaf]] = {}
        for leaf in self.leaves:
            if not isinstance(leaf.value, bool) and leaf.value is not None:
                found.setdefault(leaf.value, []).append(leaf)
        return found

    @cached_property
    def passage(self) -> Passage:
        """Its values as text; property names count only where they look like data."""
        if not self.is_json:
            return Passage.of(self.text, self._today)
        keys = dict.fromkeys(
            key
            for leaf in self.leaves
            for key in leaf.keys
            if isinstance(key, str) and _DATA_KEY.match(key)
        )
        return Passage.of(
            "\n".join([*keys, *(str(leaf.value) for leaf in self.leaves)]), self._today
        )


@dataclass(frozen=True)
class Call:
    """One tool call, with the turn it was made in and its answer."""

    id: str
    name: str
    arguments: dict[str, Any]
    message: int
    position: int
    """Place among the calls of its message."""
    turn: int
    """Which of the assistant turns with calls it belongs to, from 0."""
    signature: FunctionSignature | None
    result: Result | None

    @cached_property
    def leaves(self) -> tuple[Leaf, ...]:
        """The scalar leaves of its arguments, nulls included."""
        return tuple(leaves(self.arguments))

    @property
    def refused(self) -> bool:
        """Whether the tool refused it with an error message."""
        return self.result is not None and self.result.is_error

    @property
    def served(self) -> bool:
        """Whether it was answered without an error."""
        return self.result is not None and not self.result.is_error

    @property
    def path(self) -> str:
        """Where its arguments stand inside its message."""
        return f"$.tool_calls[{self.position}].function.arguments"


class View:
    """The messages, tools and task of one conversation, prepared."""

    def __init__(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        task: CompositionalTask | None = None,
    ) -> None:
        self.messages = tuple(messages)
        self.tools = tuple(tools)
        self.task = task

    @cached_property
    def today(self) -> date | None:
        """The day of the conversation: the first date of the system message, or the human's."""
        for message in self.messages:
            if message.role == "system":
                first = _ISO_DATE.search(message.content)
                return _likely_day(first[0] if first else message.content)
        for message in self.messages:
            told = _TODAY.search(message.content) if message.role == "user" else None
            if told:
                return _likely_day(told[1])
        return None

    @cached_property
    def human(self) -> tuple[tuple[int, Passage], ...]:
        """What the human said, with message indices."""
        return self._said_by("user")

    @cached_property
    def system(self) -> tuple[tuple[int, Passage], ...]:
        """What the system message says."""
        return self._said_by("system")

    @cached_property
    def sub_tasks(self) -> dict[str, SubTask]:
        """The sub-tasks of the task by id."""
        return {sub.id: sub for sub in self.task.sub_tasks} if self.task else {}

    @cached_property
    def sub_task_passages(self) -> dict[str, Passage]:
        """The texts of the sub-tasks."""
        return {sub.id: Passage.of(sub.text, self.today) for sub in self.sub_tasks.values()}

    @cached_property
    def ancestors(self) -> dict[str, frozenset[str]]:
        """Sub-task id -> all sub-tasks that it depends on, however far."""
        found: dict[str, frozenset[str]] = {}

        def walk(identifier: str, above: frozenset[str]) -> frozenset[str]:
            if identifier in found or identifier in above or identifier not in self.sub_tasks:
                return found.get(identifier, frozenset())
            direct = self.sub_tasks[identifier].depends_on
            deeper = (walk(each, above | {identifier}) for each in direct)
            found[identifier] = frozenset(direct).union(*deeper)
            return found[identifier]

        for identifier in self.sub_tasks:
            walk(identifier, frozenset())
        return found

    def independent(self, first: str, second: str) -> bool:
        """Whether neither of two sub-tasks depends on the other, however far."""
        return (
            first != second
            and first not in self.ancestors[second]
            and second not in self.ancestors[first]
        )

    @cached_property
    def parsed_tools(self) -> tuple[FunctionSignature | str, ...]:
        """Each tool as a signature, or why it is none."""
        return tuple(tool.signature for tool in self.known_tools)

    @cached_property
    def known_tools(self) -> tuple[KnownTool, ...]:
        """The tools as they were read, in this conversation or in an earlier one."""
        return tuple(map(known_tool, self.tools))

    @cached_property
    def signatures(self) -> dict[str, FunctionSignature]:
        """The tools by name; malformed ones are left out (`signatures` check)."""
        return {each.name: each for each in self.parsed_tools if not isinstance(each, str)}

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All calls in order, each with the answer found before the next turn of another role."""
        found: list[Call] = []
        turn = 0
        for index, message in enumerate(self.messages):
            if message.role != "assistant" or not message.tool_calls:
                continue
            answers = self._answers_after(index)
            for position, call in enumerate(message.tool_calls):
                found.append(self._call(call, index, position, turn, answers.get(call.id)))
            turn += 1
        return tuple(found)

    @cached_property
    def call_by_id(self) -> dict[str, Call]:
        """Calls by id; where an id is used twice, the later call."""
        return {call.id: call for call in self.calls}

    @cached_property
    def turns(self) -> tuple[tuple[Call, ...], ...]:
        """The calls grouped by assistant turn."""
        grouped: dict[int, list[Call]] = {}
        for call in self.calls:
            grouped.setdefault(call.turn, []).append(call)
        return tuple(tuple(calls) for calls in grouped.values())

    @cached_property
    def results(self) -> tuple[tuple[Call, Result], ...]:
        """The answered calls with their answers, in order."""
        return tuple((call, call.result) for call in self.calls if call.result)

    @cached_property
    def final(self) -> tuple[int, Message] | None:
        """The closing message: the last one, where the assistant says something without calling."""
        if not self.messages:
            return None
        last = self.messages[-1]
        spoken = last.role == "assistant" and not last.tool_calls
        return (len(self.messages) - 1, last) if spoken else None

    @cached_property
    def answer(self) -> Passage | None:
        """What the closing message says; None where it says nothing."""
        if self.final is None or not self.final[1].content.strip():
            return None
        return Passage.of(self.final[1].content, self.today)

    def _call(
        self, call: ToolCall, index: int, position: int, turn: int, answer: int | None
    ) -> Call:
        result = None
        if answer is not None:
            result = Result(answer, self.messages[answer], self.today)
        return Call(
            call.id,
            call.function.name,
            call.function.arguments,
            index,
            position,
            turn,
            self.signatures.get(call.function.name),
            result,
        )

    def _answers_after(self, index: int) -> dict[str, int]:
        answers: dict[str, int] = {}
        for offset, message in enumerate(self.messages[index + 1 :], index + 1):
            if message.role != "tool":
                break
            if message.tool_call_id is not None:
                answers.setdefault(message.tool_call_id, offset)
        return answers

    def _said_by(self, role: str) -> tuple[tuple[int, Passage], ...]:
        return tuple(
            (index, Passage.of(message.content, self.today))
            for index, message in enumerate(self.messages)
            if message.role == role
        )


def _likely_day(text: str) -> date | None:
    """The earliest day that a text writes with its year, where people may live on it."""
    written = dates.dates(text, None)
    return min((day for day in written if 1900 < day.year < 2200), default=None)
