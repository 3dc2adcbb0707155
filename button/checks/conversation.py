"""A conversation of any origin, as the checks see it: what was said, and what its reader knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from button.records import CompositionalTask, Message, Trajectory


class Reference(NamedTuple):
    """An argument that stands for what an earlier call will return, such as `$var1.id$`."""

    call: str
    """Id of the earlier call."""
    path: str
    """Path in its result."""


class RefusedTool(NamedTuple):
    """A tool that is no function definition in any known dialect."""

    place: int
    name: str | None
    reason: str


@dataclass(frozen=True)
class Reading:
    """What only the reader of another format can know about a conversation.

    Empty for conversations in our own form, which needs no interpretation.
    """

    parallel_calls: bool | None = None
    """Whether several calls in a turn were allowed; None where the format does not say."""
    unparsable: Mapping[str, str] = field(default_factory=dict)
    """Call id -> its arguments as written, where they are no JSON object; in the message: none."""
    given_ids: Mapping[str, str] = field(default_factory=dict)
    """Call id -> the id as given, where a given one was used before and had to be replaced."""
    references: Mapping[str, Mapping[str, Reference]] = field(default_factory=dict)
    """Call id -> path of the argument -> the result it stands for."""
    refused_tools: tuple[RefusedTool, ...] = ()
    """Tools that could not be read; they stand among the tools as they were given."""
    shared_tools: bool = False
    """Whether the tools are those of another file, which are judged once and not for every row."""
    notes: tuple[str, ...] = ()
    """What was mapped, filled in or left out, one line per kind, with its count."""


PLAIN = Reading()
"""Nothing beyond the messages."""


@dataclass(frozen=True)
class Conversation:
    """Messages and tools; the task and the whole record only where they are known."""

    messages: tuple[Message, ...]
    tools: tuple[dict[str, Any], ...]
    task: CompositionalTask | None = None
    record: Trajectory | None = None
    reading: Reading = PLAIN

    @classmethod
    def of(cls, record: Trajectory) -> "Conversation":
        """One of our own trajectories."""
        return cls(record.messages, record.tools, record.task, record)
