"""How many calls may be in flight to one endpoint: learned from how it answers.

Additive increase, multiplicative decrease (Chiu and Jain 1989, as TCP does it): one more after a
window of answers, half as many after a pushback. A burst of pushbacks counts once: calls that were
sent before the last halving say nothing about what came after it.
"""

import asyncio
from collections import deque


class Limiter:
    """Slots for calls, first come first served; never below one, never above `most`."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = most
        self.in_flight = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._epoch = 0
        self._answers = 0

    async def acquire(self) -> int:
        """Take a slot; returns the epoch in which the call is sent, for `pushed_back`."""
        if self.in_flight < self.limit and not self._waiting:
            self.in_flight += 1
            return self._epoch
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():
                # The slot was given in the moment of the cancellation: it goes to the next.
                self.release()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise
        return self._epoch

    def release(self) -> None:
        """Give a slot back."""
        self.in_flight -= 1
        self._admit()

    def answered(self) -> None:
        """A call was answered: after as many answers as there are slots, there is one more."""
        self._answers += 1
        if self._answers >= self.limit:
            self._answers = 0
            self.limit = min(self.most, self.limit + 1)
            self._admit()

    def pushed_back(self, epoch: int) -> bool:
        """A call that was sent in `epoch` met a pushback; whether it is the first of its burst."""
        if epoch != self._epoch:
            return False
        self._epoch += 1
        self._answers = 0
        self.limit = max(1, self.limit // 2)
        return True

    def at_most(self, most: int) -> None:
        """Lower the ceiling: roles that share an endpoint share the smallest of theirs."""
        self.most = min(self.most, most)
        self.limit = min(self.limit, self.most)

    def _admit(self) -> None:
        while self._waiting and self.in_flight < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self.in_flight += 1
                turn.set_result(None)
