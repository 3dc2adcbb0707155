"""What a conversation tells, with the parts left out that a format cannot hold.

A row is right when it can be read back and tells the same. Reading is done by `button.formats`,
which was made for the data of others and knows nothing of how rows are written here.
"""

from collections.abc import Iterable, Sequence
from itertools import zip_longest
from typing import Any, NamedTuple

from button.canonical import canonical_json
from button.export.chat import Chat
from button.export.format import ExportFormat, Facet, Row, UnheldError, lost
from button.export.switches import Switches
from button.export.texts import value_of
from button.formats.definitions import read_definitions
from button.records import Message


class Told(NamedTuple):
    """One message as it is compared."""

    role: str
    text: Any = ""
    """Words; of a tool the value that it answered."""
    thought: str = ""
    calls: tuple[tuple[str | None, str, str], ...] = ()
    """Id, name and canonical arguments of each."""
    answers: int | None = None
    """Of a tool: the place of the call among all calls."""
    final: bool = False


def read_back(format: ExportFormat, switches: Switches, chat: Chat, rows: Sequence[Row]) -> None:
    """Make sure that rows tell what their chat told.

    Raises:
        UnheldError: they do not; the text names the first difference.
    """
    if format.read is None or not rows:
        return
    without = lost(format, switches)
    said = format.covers(chat)
    found = format.read(rows)
    before, after = told(said.messages, without), told(found.messages, without)
    for one, other in zip_longest(before, after):
        if one != other:
            raise UnheldError(_difference(one, other))
    if functions(said.tools, without) != functions(found.tools, without):
        raise UnheldError("a function definition that reads back differently")


def told(messages: Iterable[Message], without: frozenset[Facet]) -> list[Told]:
    """The messages with what is held of them, in their order."""
    places: dict[str, int] = {}
    result = []
    for message in messages:
        for call in message.tool_calls or ():
            places[call.id] = len(places)
        if message.role == "system" and "system" in without:
            continue
        if message.role == "tool" and "results" in without:
            continue
        if message.is_final and "final answer" in without:
            continue
        result.append(_told(message, places, without))
    return _one_turn(result) if "turns" in without else result


def _told(message: Message, places: dict[str, int], without: frozenset[Facet]) -> Told:
    if message.role == "tool":
        answer = _canonical(value_of(message.content))
        return Told("tool", answer, answers=places.get(message.tool_call_id or ""))
    if message.role != "assistant":
        return Told(message.role, message.content.strip())
    calls = tuple(
        (
            None if "call ids" in without else call.id,
            call.function.name,
            _canonical(call.function.arguments),
        )
        for call in message.tool_calls or ()
    )
    asks = not calls and not message.is_final
    hidden = "thoughts" in without or (asks and "thoughts beside questions" in without)
    thought = "" if hidden else (message.thought or "").strip()
    return Told("assistant", message.content.strip(), thought, calls, final=bool(message.is_final))


def _one_turn(messages: Iterable[Told]) -> list[Told]:
    """The messages with all calls in one turn, for formats that know only their order."""
    spoken: list[Told] = []
    calls: list[tuple[str | None, str, str]] = []
    for message in messages:
        calls.extend(message.calls)
        if message.role != "assistant":
            spoken.append(message)
    return [*spoken, Told("assistant", calls=tuple(calls))]


def functions(tools: Iterable[dict[str, Any]], without: frozenset[Facet]) -> list[str]:
    """The functions as their reader sees them, one canonical text each."""
    found = []
    for tool in read_definitions(list(tools)).tools:
        function = dict(tool.get("function", tool))
        returns = function.pop("returns", {})
        function.pop("original_name", None)
        if "required results" in without and isinstance(returns, dict):
            returns = {key: value for key, value in returns.items() if key != "required"}
        if "returns" not in without:
            function["returns"] = returns
        found.append(canonical_json(function))
    return found


def _canonical(value: Any) -> str:
    return canonical_json(value)


def _difference(before: Told | None, after: Told | None) -> str:
    if before is None or after is None:
        return "a number of messages that reads back differently"
    field = next(
        name for name, one, other in zip(Told._fields, before, after, strict=True) if one != other
    )
    return f"{field} of a message of role {before.role!r} that reads back differently"
