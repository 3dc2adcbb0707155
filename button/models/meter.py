"""Where money is counted: around each single attempt of a call, before it is sent and after.

A run hands its meter to the models through `active_meter`; without one, nothing is counted. Each
attempt costs, the repeated ones too, so the meter stands inside the retry loop.
"""

from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol

from langchain_core.messages import AIMessage, BaseMessage

from button.context import ModelSettings
from button.models.faults import Fault

PROBE = "probe"
"""The role of the tiny calls that ask whether an endpoint that was down is back."""


class Attempt(NamedTuple):
    """What is about to be sent."""

    item: int
    step: str
    role: str
    """A role, or `PROBE`."""
    settings: ModelSettings
    """Of the model that is asked: its name, its longest answer, its prices."""
    messages: Sequence[BaseMessage]
    kwargs: Mapping[str, Any]
    """Tools, response format, seed: all that is sent besides the messages."""


class Reservation(Protocol):
    """What was set aside for one attempt."""

    def settle(self, told: AIMessage | Fault | None) -> None:
        """Replace what was set aside by what was spent; called exactly once.

        Args:
            told: the answer with its usage, or why there is none; None where the attempt was
                cancelled on its way. Without an answer it may have been billed all the same.
        """
        ...


class Meter(Protocol):
    """Sets aside what an attempt may cost at most."""

    async def reserve(self, attempt: Attempt) -> Reservation:
        """Set it aside; may wait for attempts under way to be settled.

        Raises:
            button.errors.BudgetError: it does not fit into the budget; the attempt is not sent.
        """
        ...


class _Nothing:
    """Sets nothing aside."""

    async def reserve(self, attempt: Attempt) -> "_Nothing":
        return self

    def settle(self, told: AIMessage | Fault | None) -> None:
        """Nothing was set aside."""


active_meter: ContextVar[Meter] = ContextVar("active_meter", default=_Nothing())  # noqa: B039
"""The meter of the run that the current task belongs to; LangGraph tasks inherit it."""
