"""The one retry loop. The SDK's own is off, LangGraph's is not used: nothing is asked 3 x 3 times.

A call takes a slot of its endpoint, tries, and gives the slot back before it waits; where answers
are journaled, the slot of an answer is held until it is on disk (`button.models.holding`).

A passing failure is met with patience: full jitter (Brooker, AWS 2015), as long as the endpoint
asks, and while the endpoint is down no attempt at all. Failures of an outage are not held against a
call; one that keeps failing while the endpoint answers others ends its item.

The run's `concurrency` is the number of items in flight; each item calls one model at a time, or a
few where functions are called in parallel. `max_in_flight` is the number of calls an endpoint gets
at once from all of them, and the limiter goes below it as the endpoint asks.
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import replace

from langchain_core.messages import AIMessage

from button.context import RetrySettings
from button.errors import CallError, EndpointError
from button.models.circuit import Alive, Circuit
from button.models.clock import Clock
from button.models.events import CallEvent, tell
from button.models.faults import MAX_TEXT, RATE_LIMITED, UNSUPPORTED, Fault
from button.models.holding import active_holding
from button.models.limiter import Limiter
from button.models.redaction import redacted
from button.models.refusals import way_out

Attempt = Callable[[], Awaitable[AIMessage | Fault]]
"""Asks once: an answer, or why there is none. What it raises ends the call."""

ENDPOINT_FAILURE = "endpoint_failure"
_VARYING = re.compile(
    r"\b(?:req|request|trace|chatcmpl|cf-ray)[-_ :=]*+(?:id[-_ :=]*+)?+"
    r"(?:[^\W\d]|-){0,100}+\d[\w-]*+"
    r"|\b[0-9a-f]{8}-[0-9a-f-]{27}\b|\b(?=\w*\d)[0-9a-f]{12,}\b"
    r"|\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.Z+]*",
    re.IGNORECASE,
)
"""Parts of an endpoint's words that differ each time; a row may not depend on them. Possessive, so
that it takes linear work on words that an endpoint chooses."""


class Endpoint:
    """What is known of one endpoint: how many calls it takes at once, and whether it is down."""

    def __init__(
        self,
        name: str,
        settings: RetrySettings,
        clock: Clock,
        *,
        max_in_flight: int,
    ) -> None:
        self.name = name
        self.limiter = Limiter(max_in_flight)
        self.circuit = Circuit(
            name, clock, failures_to_open=settings.failures_to_open,
            probe_every_s=settings.probe_every_s,
        )  # fmt: skip
        self._settings = settings
        self._clock = clock

    async def ask(
        self,
        attempt: Attempt,
        alive: Alive,
        *,
        max_attempts: int,
        asker: str,
        item: int = 0,
        step: str = "",
    ) -> AIMessage:
        """The answer, however often it takes to get it.

        Args:
            attempt: asks once.
            alive: asks something small, to see whether an endpoint that was down is back.
            max_attempts: failures after which a call is given up, outages left out.
            asker: the model and its role, for the text of a `CallError`; no address, for the text
                stands in a row.
            item: for events.
            step: for events.

        Raises:
            EndpointError: the endpoint refuses for good.
            OutageError: it was down for too long.
            CallError: it refuses this call, or has failed it `max_attempts` times while it was up.
        """
        failures, outages = 0, self.circuit.outages
        while True:
            tried = await self._tried(attempt, alive)
            if not isinstance(tried, Fault):
                return tried
            if outages != self.circuit.outages:
                failures, outages = 0, self.circuit.outages
            if not self.circuit.is_open:
                failures += 1
            told = tried.text[:MAX_TEXT]
            tell(CallEvent("fault", self.name, tried.code, told, tried.raw, item, step))
            if tried.kind != "transient":
                raise self._final(tried, asker)
            if failures >= max_attempts:
                # How often and with what depends on the hour; a row may not.
                text = f"{asker}: the endpoint kept failing this call while it was up"
                raise CallError(ENDPOINT_FAILURE, text)
            if not self.circuit.is_open:
                await self._clock.sleep(self._pause(tried, failures))

    async def _tried(self, attempt: Attempt, alive: Alive) -> AIMessage | Fault:
        """One attempt in a slot, and what it teaches."""
        holding = active_holding.get()
        if holding is not None:
            holding.release()
        epoch = await self._enter(alive)
        held = False
        try:
            tried = await attempt()
            if isinstance(tried, Fault):
                tried = replace(tried, text=redacted(tried.text), raw=redacted(tried.raw))
            self._learn(tried, epoch)
            if holding is not None and not isinstance(tried, Fault):
                holding.keep(self.limiter.release)
                held = True
            return tried
        finally:
            if not held:
                self.limiter.release()

    async def _enter(self, alive: Alive) -> int:
        while True:
            await self.circuit.passed(alive)
            epoch = await self.limiter.acquire()
            # Waiting for a slot may have taken long.
            if not self.circuit.is_open:
                return epoch
            self.limiter.release()

    def _learn(self, tried: AIMessage | Fault, epoch: int) -> None:
        if not isinstance(tried, Fault):
            self.limiter.answered()
            self.circuit.answered()
            return
        if tried.kind != "transient":
            self.circuit.answered()
            return
        first = self.limiter.pushed_back(epoch) if tried.pushback else True
        told = tried.retry_after_s or 0.0
        if told > self._settings.longest_retry_after_s:
            self.circuit.open(self._settings.longest_retry_after_s, tried.text[:MAX_TEXT])
        elif first or tried.code != RATE_LIMITED:
            # A burst of "too many requests" is one message of an endpoint that is alive.
            self.circuit.failed(tried.text[:MAX_TEXT])

    def _pause(self, fault: Fault, failures: int) -> float:
        longest = self._settings.longest_backoff_s
        # The exponent is bounded: so many failures cannot be, but a float could overflow.
        span = min(longest, self._settings.first_backoff_s * 2.0 ** min(max(failures - 1, 0), 64))
        return (fault.retry_after_s or 0.0) + span * self._clock.jitter()

    def _final(self, fault: Fault, asker: str) -> Exception:
        if fault.kind == "run":
            advice = way_out(fault.text) if fault.code == UNSUPPORTED else ""
            text = f"{self.name} refuses ({fault.code}): {fault.text[:MAX_TEXT]}"
            return EndpointError(f"{text}; {advice}" if advice else text)
        # Before the cut, which would be elsewhere for an id of another length.
        text = _VARYING.sub("...", fault.text)[:MAX_TEXT]
        return CallError(fault.code, f"{asker}: {text}", fault.status)
