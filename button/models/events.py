"""What happens to calls on their way: for logs and progress, never for a row.

A run counts them (`button.run.fault_counts`) by a sink in `active_events`. What a person has to
know while it happens (an endpoint is down, or back) is logged as a warning, all else for debugging.
"""

import logging
from collections.abc import Callable
from contextvars import ContextVar
from typing import Literal, NamedTuple

logger = logging.getLogger("button.models")

EventKind = Literal["fault", "circuit_open", "outage", "circuit_closed"]


class CallEvent(NamedTuple):
    """One thing that happened; its texts hold no secrets."""

    kind: EventKind
    endpoint: str
    """Model and address."""
    code: str = ""
    """Of a fault: `button.models.faults`."""
    text: str = ""
    raw: str = ""
    """How a reply began that was none."""
    item: int | None = None
    step: str = ""


EventSink = Callable[[CallEvent], None]
active_events: ContextVar[EventSink | None] = ContextVar("active_events", default=None)
"""Where the events of the current task go; LangGraph tasks inherit it."""


def tell(event: CallEvent) -> None:
    """Hand an event to the log and to whoever listens."""
    level = logging.DEBUG if event.kind == "fault" else logging.WARNING
    logger.log(level, "%s: %s", event.endpoint, event.text)
    sink = active_events.get()
    if sink is not None:
        sink(event)
