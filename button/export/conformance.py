"""Conformance: does a chat template render rows with nothing lost?

Each row is rendered twice. As it is: the template must not raise, and every value must be in the
text. And with a mark in place of each value (`button.export.markers`): a mark that is not in the
text names what the template drops.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from button.errors import ButtonError
from button.export.chat import Chat, chat_of
from button.export.format import Row
from button.export.markers import Mark, marked, scalars
from button.export.messages import message_rows
from button.export.switches import Switches
from button.export.template import ChatTemplate, RenderError
from button.export.texts import openai_tool, value_of
from button.formats.written import as_json

HARMLESS = {
    "thought": "drops thoughts",
    "words beside calls": "drops words beside calls",
    "description": "drops descriptions of functions",
    "parameter": "drops descriptions of parameters",
}
"""Things whose absence is told, but loses no call, result, definition or final text."""
_LOSSES = {
    "call": "drops a call",
    "argument": "drops arguments of a call",
    "observation": "drops a result",
    "definition": "drops the definition of a function",
    "final text": "drops words of the assistant",
    "words": "drops words of the {whose}",
}
_TRIED: tuple[tuple[str, Switches], ...] = (
    ("--parallel serialised", Switches(parallel="serialised")),
    ("--arguments object", Switches(arguments="object")),
    ("--arguments string", Switches(arguments="string")),
    ("--content empty", Switches(content="empty")),
    ("--type-lists flattened", Switches(type_lists="flattened")),
    ("--thoughts dropped", Switches(thoughts="dropped")),
    ("--ids kept", Switches(ids="kept")),
)
"""Switches that may help; each is tried alone on the first row that shows a loss."""
_FIELDS = ("parallel", "arguments", "arguments", "content", "type_lists", "thoughts", "ids")


class ConformanceError(ButtonError):
    """A chat template loses a part of what was to be exported; nothing was written."""


class Remark(NamedTuple):
    """What a template does to a row."""

    reason: str
    loss: bool
    detail: str = ""


@dataclass
class Tally:
    """How often something happened, and where first."""

    rows: int = 0
    first: str = ""
    detail: str = ""
    way_out: str = ""


@dataclass
class Conformance:
    """Templates that every row must go through whole."""

    templates: Sequence[ChatTemplate] = ()
    rows: Counter[str] = field(default_factory=Counter)
    """Rows that went through each template."""
    losses: dict[tuple[str, str, str], Tally] = field(default_factory=dict)
    """(template, format, reason) -> where."""
    remarks: dict[tuple[str, str, str], Tally] = field(default_factory=dict)

    def check(self, format: str, chat: Chat, switches: Switches, rows: Sequence[Row]) -> None:
        """Render the rows of one conversation through all templates."""
        for template in self.templates:
            for row in rows:
                self._check(template, format, chat, switches, row)

    def _check(
        self, template: ChatTemplate, format: str, chat: Chat, switches: Switches, row: Row
    ) -> None:
        self.rows[template.name] += 1
        found: dict[str, Remark] = {}
        for messages in _dialogues(row):
            for remark in remarks_on(template, messages, row.get("tools") or ()):
                found.setdefault(remark.reason, remark)
        for reason, remark in found.items():
            kept = self.losses if remark.loss else self.remarks
            tally = kept.setdefault((template.name, format, reason), Tally())
            if not tally.rows:
                tally.first, tally.detail = str(row.get("id", chat.id)), remark.detail
                if remark.loss:
                    tally.way_out = way_out(template, chat, switches)
            tally.rows += 1

    def refuse_losses(self) -> None:
        """Stop where anything was lost.

        Raises:
            ConformanceError: something was; the text says what, how often, where first, and which
                switch helps.
        """
        if not self.losses:
            return
        told = []
        for (template, format, reason), tally in self.losses.items():
            detail = f" ({tally.detail})" if tally.detail else ""
            helps = f"; {tally.way_out} helps" if tally.way_out else ""
            told.append(
                f"{template}: {reason}{detail} in {tally.rows:,} rows of {format!r}, first "
                f"{tally.first[:12]}{helps}"
            )
        raise ConformanceError(f"nothing was written: {' | '.join(told)}")


def _dialogues(row: Row) -> Iterator[list[Row]]:
    """The conversations that a row holds: one, or two that end differently."""
    if "messages" in row:
        yield row["messages"]
        return
    for key in ("completion", "chosen", "rejected"):
        if key in row:
            yield [*row["prompt"], *row[key]]


def remarks_on(
    template: ChatTemplate, messages: Sequence[Row], tools: Sequence[Row]
) -> Iterator[Remark]:
    """What a template does to a conversation; nothing where it renders all of it."""
    try:
        text = template.render(messages, tools)
    except RenderError as error:
        yield Remark(str(error), True)
        return
    yield from _real_losses(text, messages, tools)
    signs = marked(messages, tools)
    try:
        shown = template.render(signs.messages, signs.tools)
    except RenderError:
        return  # it looks into values; what it says of the row itself has been told
    for mark in signs.marks:
        if mark.text not in shown:
            yield _missing(mark)
        elif mark.thing == "argument" and f'\\"{mark.text}\\"' in shown:
            yield Remark("writes arguments as JSON within a text (doubly escaped)", True)
        elif mark.thing == "observation" and f'\\"{mark.text}\\"' in shown:
            yield Remark("writes results as JSON within a text", False)


def _missing(mark: Mark) -> Remark:
    if mark.thing in HARMLESS:
        return Remark(HARMLESS[mark.thing], False)
    at = "" if mark.message is None else f", message {mark.message}"
    return Remark(_LOSSES[mark.thing].format(whose=mark.whose), True, f"{mark.whose}{at}")


def _real_losses(text: str, messages: Sequence[Row], tools: Sequence[Row]) -> Iterator[Remark]:
    """What of the row itself is not in the text, in any of the ways JSON can be written."""
    for at, message in enumerate(messages):
        content = message["content"] or ""
        if message["role"] == "tool":
            if not all(_holds(text, value) for value in scalars(value_of(content))):
                yield Remark("changes or drops a result", True, f"message {at}")
        elif not message.get("tool_calls") and not _holds(text, _bare(content)):
            yield Remark(f"changes or drops words of the {message['role']}", True, f"message {at}")
        for call in message.get("tool_calls") or ():
            function = call["function"]
            values = scalars(
                value_of(function["arguments"])
                if isinstance(function["arguments"], str)
                else function["arguments"]
            )
            if not all(_holds(text, value) for value in chain([function["name"]], values)):
                yield Remark("changes or drops a call", True, f"{function['name']}, message {at}")
    for tool in tools:
        name = tool["function"]["name"]
        if not _holds(text, name):
            yield Remark("drops the definition of a function", True, name)


def _bare(content: str) -> str:
    """The words after a thought in tags, which some templates take apart."""
    return content.rpartition("</think>")[2].strip()


def _holds(text: str, value: str) -> bool:
    """Whether the value is there as it is, as JSON, or as JSON within JSON."""
    ways: tuple[Callable[[str], str], ...] = (str, as_json, lambda v: as_json(as_json(v)))
    if value.strip() in text:
        return True
    return any(way(value).strip('"\\') in text for way in ways[1:])


def way_out(template: ChatTemplate, chat: Chat, switches: Switches) -> str:
    """The flag that would let this conversation through; empty where none does."""
    for (flag, with_it), name in zip(_TRIED, _FIELDS, strict=True):
        changed = switches._replace(**{name: getattr(with_it, name)})
        if changed == switches:
            continue
        other = chat_of(chat.record, changed, chat.id)
        tools = [openai_tool(tool) for tool in other.tools]
        if not any(r.loss for r in remarks_on(template, message_rows(other, changed), tools)):
            return flag
    return ""
