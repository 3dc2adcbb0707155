"""A circuit breaker per endpoint: while it is down nobody asks it but a probe now and then.

Closed, calls pass. After some failures in a row it opens: calls wait, and one probe each interval
asks whether the endpoint is back. The first that finds it alive closes the circuit. So an outage
costs time and no item; one that lasts too long ends the run, which can be continued.
"""

import asyncio
import math
from collections.abc import Awaitable, Callable

from button.errors import OutageError
from button.models.clock import Clock
from button.models.events import CallEvent, tell

Alive = Callable[[], Awaitable[bool]]
"""Asks the endpoint something small; whether it is back."""
NOTICE_EVERY_S = 15.0


class Circuit:
    """The circuit of one endpoint."""

    def __init__(
        self,
        name: str,
        clock: Clock,
        *,
        failures_to_open: int,
        probe_every_s: float,
    ) -> None:
        self.max_outage_s = math.inf
        """Longest time to wait for the endpoint, in seconds; who uses it sets it."""
        self.is_open = False
        self.outages = 0
        """How often a probe has confirmed that the endpoint is down."""
        self._name = name
        self._clock = clock
        self._failures_to_open = failures_to_open
        self._probe_every_s = probe_every_s
        self._in_a_row = 0
        self._opened_at = 0.0
        self._next_probe = 0.0
        self._reason = ""
        self._waiting = 0
        self._prober: asyncio.Task[None] | None = None

    def answered(self) -> None:
        """The endpoint answered a call, if only to refuse it."""
        self._in_a_row = 0

    def failed(self, reason: str) -> None:
        """A call failed in a way that says nothing about the call."""
        self._in_a_row += 1
        self._reason = reason
        if self._in_a_row >= self._failures_to_open:
            self.open(self._probe_every_s, reason)

    def open(self, seconds: float, reason: str) -> None:
        """Let nobody pass, and ask again after `seconds` at the earliest."""
        now = self._clock.monotonic()
        self._next_probe = max(self._next_probe, now + seconds)
        if not self.is_open:
            self.is_open = True
            self._opened_at = now
            self._reason = reason
            told = f"calls wait; asked again in {seconds:.0f} s ({reason})"
            tell(CallEvent("circuit_open", self._name, text=told))

    async def passed(self, alive: Alive) -> None:
        """Return once calls may pass. One of those that wait has `alive` asked for all.

        Raises:
            OutageError: the endpoint was down for longer than the run was to wait.
        """
        while self.is_open:
            if self._prober is None or self._prober.done():
                self._prober = asyncio.create_task(self._probe(alive), name=f"probe {self._name}")
            prober = self._prober
            self._waiting += 1
            try:
                # Whoever waits may be cancelled; the probe goes on for the others.
                await asyncio.shield(prober)
            finally:
                self._waiting -= 1
                if not self._waiting and not prober.done():
                    prober.cancel()
                    self._prober = None

    async def _probe(self, alive: Alive) -> None:
        """Ask until there is an answer, or patience ends."""
        told_at = self._opened_at
        while True:
            patience_ends = self._opened_at + self.max_outage_s
            due = min(self._next_probe, patience_ends)
            await self._clock.sleep(max(0.0, due - self._clock.monotonic()))
            if await alive():
                self._close()
                return
            self.outages += 1
            now = self._clock.monotonic()
            down = now - self._opened_at
            # The same sum as above: a difference may be rounded otherwise, and never be reached.
            if now >= patience_ends:
                raise OutageError(
                    f"{self._name} has given no answer for {duration(down)} ({self._reason}); "
                    "nothing was rejected for it: start the same command again to continue, with a "
                    "larger max_outage_s to wait longer"
                )
            self._next_probe = max(self._next_probe, now + self._probe_every_s)
            if now - told_at >= NOTICE_EVERY_S:
                told_at = now
                told = f"no answer for {duration(down)}; calls wait ({self._reason})"
                tell(CallEvent("outage", self._name, text=told))

    def _close(self) -> None:
        self.is_open = False
        self._in_a_row = 0
        down = duration(self._clock.monotonic() - self._opened_at)
        tell(CallEvent("circuit_closed", self._name, text=f"answers again after {down}"))


def duration(seconds: float) -> str:
    """`45 s`, `12 min`, `3.5 h`."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
