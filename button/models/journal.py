"""The journal of model responses: what was answered once is never asked again.

A run hands its journal to the models through `active_journal`; outside a run there is none.
"""

from contextvars import ContextVar
from typing import Any, Protocol

from button.errors import RunDirectoryError

FAILURE = "failure"
"""Key of a journaled response that is none: code and text of the `CallError` it ended with."""


class Journal(Protocol):
    """Responses by item and step, as a run directory keeps them."""

    keep_calls: bool
    """Whether responses that cost nothing to make again are wanted too (`durable=False`)."""

    def lookup(self, item: int, step: str, request_hash: str) -> dict[str, Any] | None:
        """The response that was journaled for this step, or None where there is none.

        Raises:
            button.errors.RunDirectoryError: the step was journaled for another request.
        """
        ...

    async def commit(
        self,
        item: int,
        step: str,
        request_hash: str,
        role: str,
        response: dict[str, Any],
        *,
        durable: bool,
    ) -> None:
        """Journal a response before anything uses it.

        With `durable` this returns only after the transaction that holds the response is on disk;
        without, the response may be lost with the process (it is free to make again).

        Raises:
            button.errors.StorageError: it could not be written.
        """
        ...


active_journal: ContextVar[Journal | None] = ContextVar("active_journal", default=None)
"""The journal of the run that the current task belongs to; LangGraph tasks inherit it."""


def divergence(item: int, step: str, journaled: str, asked: str) -> RunDirectoryError:
    """The error of a step that is asked with another request than it was journaled for."""
    return RunDirectoryError(
        f"replay divergence: item {item}, step {step!r} was journaled for request "
        f"{journaled[:12]} and is now asked with {asked[:12]}; the program that began this run "
        "built its prompts otherwise"
    )
