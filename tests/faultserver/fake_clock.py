"""A clock whose hours pass in no time: it jumps to the next sleeper as soon as nobody has work."""

import asyncio
import heapq
import time
from itertools import count

IDLE_ROUNDS = 40
"""Turns of the event loop in which everybody had the chance to do something."""


class FakeClock:
    """See `button.models.clock.Clock`. For work that waits for this clock and nothing else."""

    def __init__(self, jitter: float = 0.5) -> None:
        self.now = 1_000.0
        self.slept: list[float] = []
        """All waits that were asked for."""
        self._jitter = jitter
        # Servers name real dates.
        self._wall = time.time() - self.now
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()
        self._driver: asyncio.Task[None] | None = None

    def monotonic(self) -> float:
        return self.now

    def wall(self) -> float:
        return self._wall + self.now

    def jitter(self) -> float:
        return self._jitter

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._order), turn))
        if self._driver is None or self._driver.done():
            self._driver = asyncio.create_task(self._drive())
        await turn

    async def _drive(self) -> None:
        while self._sleepers:
            for _ in range(IDLE_ROUNDS):
                await asyncio.sleep(0)
            if not self._sleepers:
                return
            at, _, turn = heapq.heappop(self._sleepers)
            if not turn.done():
                self.now = max(self.now, at)
                turn.set_result(None)
