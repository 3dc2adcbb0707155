"""The slot of an answer that is not on disk yet: whoever journals answers gives it back.

Until an answer is committed, a crash would have it asked and paid for again, just as while it is on
its way. With its slot held so long, at most as many steps are asked again as there are slots. A
step that was asked in a second way, because the first answer could not be read, repays both.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Holding:
    """At most one slot: that of the last answer."""

    def __init__(self) -> None:
        self._give_back: Callable[[], None] | None = None

    def keep(self, give_back: Callable[[], None]) -> None:
        """Hold a slot that `give_back` releases."""
        self._give_back = give_back

    def release(self) -> None:
        """Give back what is held.

        At the end, and before another call of the same step, for which it may be the only slot.
        """
        give_back, self._give_back = self._give_back, None
        if give_back is not None:
            give_back()


active_holding: ContextVar[Holding | None] = ContextVar("active_holding", default=None)
"""Set where answers are journaled; elsewhere a slot is free when the answer is there."""


@contextmanager
def holding() -> Iterator[None]:
    """Hold the slot of the last answer until the block ends."""
    held = Holding()
    token = active_holding.set(held)
    try:
        yield
    finally:
        active_holding.reset(token)
        held.release()
