"""Time and chance of the retry loop, injected: nothing else in the models reads a clock.

Neither ever enters a row; tests put a clock of their own into `active_clock`.
"""

import asyncio
import time
from contextvars import ContextVar
from random import Random
from typing import Protocol


class Clock(Protocol):
    """What waiting needs."""

    def monotonic(self) -> float:
        """Seconds that only go forward, from an arbitrary beginning."""
        ...

    def wall(self) -> float:
        """Seconds since 1970, for dates that an endpoint names."""
        ...

    def jitter(self) -> float:
        """A number from 0 to 1, another each time."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        ...


class SystemClock:
    """The machine's clock, and a generator of its own, so that nobody else's numbers change."""

    def __init__(self) -> None:
        self._chance = Random()

    def monotonic(self) -> float:
        """See `Clock`."""
        return time.monotonic()

    def wall(self) -> float:
        """See `Clock`."""
        return time.time()

    def jitter(self) -> float:
        """See `Clock`."""
        return self._chance.random()

    async def sleep(self, seconds: float) -> None:
        """See `Clock`."""
        await asyncio.sleep(seconds)


active_clock: ContextVar[Clock] = ContextVar("active_clock", default=SystemClock())  # noqa: B039
"""The clock of the current task."""
