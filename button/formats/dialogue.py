"""A conversation as a reader writes it down: results find their calls, ids and arguments are kept.

Results are paired with the calls of the turn before them, because real conversations use an id
again in a later turn. Nothing is dropped in silence: what is filled in, replaced or left out is
noted, and what is broken stays for the checks to report.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from button.canonical import call_id
from button.checks.conversation import Conversation, Reading, Reference
from button.formats.definitions import NOTHING, Definitions
from button.formats.written import WrittenCall, as_json, text_of_value
from button.records import CalledFunction, Message, ToolCall
from tools.validation import parse_arguments


class _Pending:
    """A call of the last turn that may still be answered."""

    def __init__(self, identifier: str, given: str | None, name: str) -> None:
        self.id, self.given, self.name = identifier, given, name
        self.answered = False


class Dialogue:
    """Messages one after the other, as a file tells them."""

    def __init__(self, definitions: Definitions | None = None) -> None:
        self.definitions = definitions or NOTHING
        self.messages: list[Message] = []
        self._pending: list[_Pending] = []
        self._used: set[str] = set()
        self._unparsable: dict[str, str] = {}
        self._given_ids: dict[str, str] = {}
        self._notes: Counter[str] = Counter()

    def note(self, text: str, count: int = 1) -> None:
        """Remark on what was mapped, filled in or left out."""
        self._notes[text] += count

    @property
    def open_calls(self) -> int:
        """How many calls of the last turn have no answer yet."""
        return sum(not pending.answered for pending in self._pending)

    def says(self, role: str, text: str) -> None:
        """The system or the human speaks."""
        self._pending = []
        self.messages.append(Message(role="system" if role == "system" else "user", content=text))

    def assistant(
        self,
        text: str = "",
        calls: Iterable[WrittenCall] = (),
        thought: str = "",
        *,
        joined: bool = False,
    ) -> list[str]:
        """The assistant speaks, thinks or calls; the ids of its calls.

        `joined` is for formats that write the text and the calls of one turn one after the other.
        """
        last = self.messages[-1] if self.messages else None
        if joined and last and last.role == "assistant" and not last.tool_calls:
            self.messages.pop()
            text = "\n".join(filter(None, (last.content, text)))
            thought = "\n".join(filter(None, (last.thought or "", thought)))
        made: list[ToolCall] = []
        self._pending = []
        for call in calls:
            made.append(self._call(call, len(made)))
        self.messages.append(
            Message(
                role="assistant",
                content=text,
                thought=thought or None,
                tool_calls=tuple(made) or None,
            )
        )
        return [call.id for call in made]

    def thinks(self, thought: str) -> None:
        """Thoughts that stand after the calls that they led to."""
        last = self.messages[-1]
        joined = "\n".join(filter(None, (last.thought or "", thought)))
        self.messages[-1] = last.model_copy(update={"thought": joined})

    def result(
        self,
        content: Any,
        given: str | None = None,
        name: str | None = None,
        *,
        failed: bool = False,
    ) -> None:
        """A tool answers: the call with this id, else the first open one (of this name)."""
        self.messages.append(
            Message(
                role="tool",
                content=text_of_value(content),
                tool_call_id=self._answered(given or None, name or None),
                is_error=failed or None,
            )
        )

    def conversation(
        self,
        *,
        parallel_calls: bool | None = None,
        references: Mapping[str, Mapping[str, Reference]] | None = None,
    ) -> Conversation:
        """What was written down; an assistant's last word without a call is the final answer."""
        messages = self.messages
        if messages and messages[-1].role == "assistant" and not messages[-1].tool_calls:
            messages[-1] = messages[-1].model_copy(update={"is_final": True})
        reading = Reading(
            parallel_calls=parallel_calls,
            unparsable=self._unparsable,
            given_ids=self._given_ids,
            references=references or {},
            refused_tools=self.definitions.refused,
            shared_tools=self.definitions.shared,
            notes=(
                *(() if self.definitions.shared else self.definitions.notes),
                *(f"{text} ({count})" for text, count in self._notes.items()),
            ),
        )
        return Conversation(tuple(messages), self.definitions.tools, reading=reading)

    def _call(self, call: WrittenCall, position: int) -> ToolCall:
        identifier = call.id
        if identifier is None:
            identifier = call_id("read", len(self.messages), position)
            self.note("call without an id: one was derived")
        elif identifier in self._used:
            identifier = call_id("again", len(self.messages), position)
            self._given_ids[identifier] = call.id or ""
        self._used.add(identifier)
        name = self.definitions.names.get(call.name, call.name)
        self._pending.append(_Pending(identifier, call.id, call.name))
        arguments = self._arguments(identifier, call.arguments)
        return ToolCall(id=identifier, function=CalledFunction(name=name, arguments=arguments))

    def _arguments(self, identifier: str, written: Any) -> dict[str, Any]:
        if written is None:
            self.note("call without arguments: an empty object")
            return {}
        try:
            return parse_arguments(written)
        except ValueError:
            text = written if isinstance(written, str) else as_json(written)
            self._unparsable[identifier] = text
            return {}

    def _answered(self, given: str | None, name: str | None) -> str:
        """The id of the call that a result answers; one of no call where it answers none."""
        waiting = [pending for pending in self._pending if not pending.answered]
        if given is not None:
            same = [pending for pending in self._pending if pending.given == given]
            if not same:
                return given
            found = next((pending for pending in same if not pending.answered), same[-1])
        else:
            if not waiting:
                return call_id("orphan", len(self.messages))
            named = [pending for pending in waiting if name in (None, pending.name)]
            self.note("result without an id: paired with the calls before it")
            if not named:
                self.note("result that names another function than the call it was paired with")
            found = (named or waiting)[0]
        found.answered = True
        return found.id
