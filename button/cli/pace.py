"""How fast a run goes, in words: throughput, yield, calls by stage, cost, and what is left."""

import time
from collections.abc import Callable, Mapping
from typing import NamedTuple

from button.cli.spending import money
from button.models.circuit import duration
from button.models.spending import Spent, total
from button.run.progress import RunProgress

LONG_S = 30.0
"""Seconds after which it is said that no item has ended."""
FEW = 3
"""Accepted rows before which nothing is foretold."""


class Pace(NamedTuple):
    """What there is to say of a run at one moment; "" where there is nothing yet."""

    made: str
    yielded: str
    speed: str
    left: str
    calls: str
    cost: str

    @property
    def line(self) -> str:
        """All of it, for a log."""
        return ", ".join(filter(None, self))


class PaceMeter:
    """Follows a run from where this process took it up."""

    def __init__(self, count: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._count = count
        self._clock = clock
        self._began = clock()
        self._first: RunProgress | None = None
        self._settled = 0
        self._last_end = self._began

    def read(self, progress: RunProgress) -> Pace:
        """The pace at this moment."""
        now, summary = self._clock(), progress.summary
        first = self._first = self._first or progress._replace(spent=dict(progress.spent))
        if progress.settled != self._settled:
            self._settled, self._last_end = progress.settled, now
        seconds = max(now - self._began, 1e-6)
        made = summary.accepted - first.summary.accepted
        decided = summary.accepted + summary.rejected_total
        of = f" of {self._count:,}" if self._count else ""
        still = now - self._last_end
        speed = f"nothing for {duration(still)}" if still >= LONG_S else rate(made, seconds)
        return Pace(
            made=f"{summary.accepted:,}{of} accepted",
            yielded=f"yield {summary.accepted / decided:.0%}" if decided else "",
            speed=f"{speed}, {progress.in_flight:,} in flight",
            left=self._left(made, summary.accepted, seconds),
            calls=calls(progress, first, seconds),
            cost=self._cost(progress, summary.accepted),
        )

    def _left(self, made: int, accepted: int, seconds: float) -> str:
        if self._count is None or made < FEW or accepted >= self._count:
            return ""
        return f"about {duration((self._count - accepted) * seconds / made)} left"

    def _cost(self, progress: RunProgress, accepted: int) -> str:
        spent = total(progress.spent.values())
        if not spent.requests:
            return ""
        tokens = f"{_short(spent.tokens)} tokens"
        if spent.unpriced == spent.requests or not spent.picodollars:
            return tokens
        told = f"{money(spent)} so far, {tokens}"
        if self._count is None or accepted < FEW or accepted >= self._count:
            return told
        whole = spent._replace(picodollars=round(spent.picodollars * self._count / accepted))
        return f"{told}, about {money(whole)} in all"


def rate(made: int, seconds: float) -> str:
    """`12/s`, or `3.4/min` where it is slow."""
    speed = made / seconds
    return f"{speed:.0f}/s" if speed >= 1 or not made else f"{60 * speed:.1f}/min"


def calls(progress: RunProgress, first: RunProgress, seconds: float) -> str:
    """Calls under way, and what each stage got answered; "" where no endpoint is asked."""
    answered = _answers(progress.spent)
    before = _answers(first.spent)
    if not answered and not progress.calls_in_flight:
        return ""
    busiest = sorted(answered, key=lambda role: (before.get(role, 0) - answered[role], role))
    stages = [
        f"{role.replace('_', ' ')} {rate(answered[role] - before.get(role, 0), seconds)}"
        for role in busiest
    ]
    return ", ".join([f"{progress.calls_in_flight:,} calls in flight", *stages])


def _answers(spent: Mapping[str, Spent]) -> dict[str, int]:
    return {role: each.answers for role, each in spent.items() if each.answers}


def _short(number: int) -> str:
    for size, letter in ((1_000_000, "M"), (1_000, "k")):
        if number >= size:
            return f"{number / size:.1f}{letter}"
    return str(number)
