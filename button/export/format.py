"""What an export format is: how rows are written, what they cannot hold, and how they are read."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from button.checks.conversation import Conversation
from button.export.chat import Chat
from button.export.switches import Switches

Row = dict[str, Any]
Facet = Literal[
    "call ids",
    "final answer",
    "loss mask",
    "origins",
    "refusals",
    "required results",
    "results",
    "returns",
    "system",
    "thoughts",
    "thoughts beside questions",
    "turns",
]
"""Parts of a trajectory that a format may have no place for."""
Column = Literal["text", "flag", "list of json"]


class UnheldError(Exception):
    """The format has no place for something in this trajectory, so it gets no row.

    The text says what, and is the same for all trajectories with the same reason.
    """


class ExportFormat(NamedTuple):
    """One format of training data."""

    name: str
    form: str
    """What a row looks like, in a few words."""
    read_by: str
    """Who trains on it, and the document that says so."""
    cannot_hold: Mapping[Facet, str]
    """Facet -> what becomes of it."""
    columns: Mapping[str, Column]
    """Keys of a row; for Parquet."""
    write: Callable[[Chat, Switches], list[Row]]
    """The rows of one conversation.

    Raises `UnheldError` where the format has no place for something in it."""
    read: Callable[[Sequence[Row]], Conversation] | None = None
    """Inverse of `write`; None where rows do not hold a whole conversation."""
    switches: Switches = Switches()
    """The format's own, where nothing else is asked for."""
    knows: frozenset[str] = frozenset()
    """Names of the switches that change its rows."""
    covers: Callable[[Chat], Chat] = lambda chat: chat
    """The part of a conversation that rows are about; by default all of it."""
    renders: bool = False
    """Whether its rows hold `messages` and `tools` as a chat template takes them."""
    twins: Callable[[Sequence[Chat], Switches], list[Row]] | None = None
    """The rows that only several conversations of one item make together."""
    notes: Callable[[str], Mapping[str, str]] = lambda data_file: {}
    """Files beside the rows: name -> text; given the name of the data file."""


def lost(format: ExportFormat, switches: Switches) -> frozenset[Facet]:
    """What rows written with these switches do not hold."""
    found: set[Facet] = set(format.cannot_hold)
    if switches.thoughts == "dropped":
        found.add("thoughts")
    if switches.ids == "dropped":
        found.add("call ids")
    if switches.mask == "dropped":
        found.add("loss mask")
    return frozenset(found)
