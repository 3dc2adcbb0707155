"""Budgets: what an attempt can cost at most is set aside before it is sent, so none is exceeded.

An attempt that does not fit waits while others are under way, since they mostly cost less than was
set aside for them. With none under way the budget is used up, and from then on nothing is sent.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from langchain_core.messages import AIMessage

from button.context import BudgetSettings, ModelSettings
from button.errors import BudgetError, ConfigurationError
from button.models.clock import active_clock
from button.models.faults import Fault
from button.models.meter import Attempt
from button.models.prices import (
    PICODOLLARS,
    Price,
    dollars,
    price_of,
    without_bound,
    without_price,
)
from button.models.spending import Bound, Spent, bound_of, cost_of, total

Save = Callable[[], Awaitable[None]]
"""Has what is set aside written down; returns once it is on disk."""
Observer = Callable[[Attempt, Spent, float], None]
"""Gets an attempt, what it did cost, and its seconds."""


class RoleAccount(NamedTuple):
    """What one role has spent, and what is set aside for its attempts under way."""

    role: str
    spent: Spent
    reserved: Spent


class _Waiting(NamedTuple):
    role: str
    most: Spent
    admitted: asyncio.Future[None]


class BudgetMeter:
    """The meter of a run (`button.models.meter.Meter`), over all its invocations."""

    def __init__(
        self,
        budget: BudgetSettings,
        earlier: Mapping[str, Spent] | None = None,
        *,
        seconds: float = 0.0,
        save: Save | None = None,
    ) -> None:
        """`earlier` and `seconds` are what former invocations spent and how long they took."""
        self._budget = budget
        self._spent = dict(earlier or {})
        self._reserved: dict[str, Spent] = {}
        self._all = total(self._spent.values())
        self._clock = active_clock.get()
        self._began = self._clock.monotonic() - seconds
        bounded = (budget.calls, budget.tokens, budget.usd) != (None, None, None)
        self._save = save if bounded else None
        self._under_way = 0
        self._rest = asyncio.Event()
        self._rest.set()
        self._waiting: deque[_Waiting] = deque()
        self._changed: set[str] = set()
        self._prices: dict[ModelSettings, Price | None] = {}
        self._ended: BudgetError | None = None
        self._observers: list[Observer] = []

    @property
    def spent(self) -> Mapping[str, Spent]:
        """What was spent so far, by role."""
        return self._spent

    @property
    def under_way(self) -> int:
        """Attempts that wait for their answer."""
        return self._under_way

    @property
    def seconds(self) -> float:
        """Working time so far."""
        return self._clock.monotonic() - self._began

    async def reserve(self, attempt: Attempt) -> "AttemptReservation":
        """See `Meter`.

        Raises:
            BudgetError: a budget is used up.
            ConfigurationError: a budget cannot be kept for want of a price or a longest answer.
        """
        return await self.set_aside(attempt, await self.bound(attempt))

    async def set_aside(self, attempt: Attempt, bound: Bound) -> "AttemptReservation":
        """`reserve`, where what the attempt can cost has been worked out before.

        Raises:
            BudgetError: a budget is used up.
        """
        try:
            await self._admitted(attempt.role, bound.most)
        except BudgetError:
            # An item may ask several at once, and would drop the others: they are paid for.
            await self.at_rest()
            raise
        reservation = AttemptReservation(self, attempt, bound)
        if self._save is not None:
            try:
                # Before it is sent: a process that is killed must not forget what it owes.
                await self._save()
            except BaseException:
                self.replace(attempt.role, bound.most, Spent())
                raise
        return reservation

    def observe(self, observer: Observer) -> None:
        """Tell `observer` of each attempt when it is settled."""
        self._observers.append(observer)

    def settled(self, attempt: Attempt, bound: Bound, spent: Spent, seconds: float) -> None:
        """An attempt has come to its end."""
        self.replace(attempt.role, bound.most, spent)
        for observer in self._observers:
            observer(attempt, spent, seconds)

    def require_time(self) -> None:
        """Refuse to begin anything once the working time is over.

        Raises:
            BudgetError: it is, or a budget is used up.
        """
        self._look_at_the_clock()
        if self._ended is not None:
            raise BudgetError(self._ended.kind, str(self._ended))

    def _look_at_the_clock(self) -> None:
        minutes = self._budget.minutes
        if minutes is not None and self.seconds >= minutes * 60 and self._ended is None:
            spent = f"{self.seconds / 60:.1f} of {minutes:g} minutes have passed"
            self._ended = BudgetError("minutes", f"budget.minutes is used up: {spent}")

    async def at_rest(self) -> None:
        """Return once no attempt is under way."""
        await self._rest.wait()

    def replace(self, role: str, reserved: Spent, spent: Spent) -> None:
        """Put what an attempt did cost in the place of what was set aside for it."""
        self._reserved[role] = self._reserved[role].minus(reserved)
        self._spent[role] = self._spent.get(role, Spent()).plus(spent)
        self._all = self._all.minus(reserved).plus(spent)
        self._changed.add(role)
        self._under_way -= 1
        if not self._under_way:
            self._rest.set()
        self._admit()

    def changes(self) -> list[RoleAccount]:
        """The accounts that changed since they were asked for last."""
        changed, self._changed = sorted(self._changed), set()
        return [
            RoleAccount(role, self._spent.get(role, Spent()), self._reserved.get(role, Spent()))
            for role in changed
        ]

    async def bound(self, attempt: Attempt) -> Bound:
        """What an attempt can cost.

        Raises:
            ConfigurationError: a budget cannot be kept for want of a price or a longest answer.
        """
        settings = attempt.settings
        if settings not in self._prices:
            # The first time it may read the price list.
            self._prices[settings] = await asyncio.to_thread(price_of, settings)
        bound = bound_of(attempt, self._prices[settings])
        if bound.rate is None and self._budget.usd is not None:
            raise ConfigurationError(without_price(settings))
        if not bound.is_bounded and (self._budget.usd or self._budget.tokens) is not None:
            raise ConfigurationError(without_bound([attempt.role]))
        return bound

    async def _admitted(self, role: str, most: Spent) -> None:
        self.require_time()
        if not self._waiting and self._lack(most) is None:
            self._take(role, most)
            return
        waiting = _Waiting(role, most, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        self._admit()
        try:
            await waiting.admitted
        except asyncio.CancelledError:
            if waiting.admitted.cancelled():
                self._admit()
            elif waiting.admitted.exception() is None:
                self.replace(role, most, Spent())
            raise

    def _admit(self) -> None:
        """Let in who fits, in the order in which they came; nobody where nothing can change."""
        while self._waiting:
            role, most, admitted = self._waiting[0]
            if admitted.done():
                self._waiting.popleft()
                continue
            # Waiting for others may have taken long.
            self._look_at_the_clock()
            lack = self._lack(most)
            if lack is None and self._ended is None:
                self._waiting.popleft()
                self._take(role, most)
                admitted.set_result(None)
            elif self._under_way and self._ended is None:
                return
            else:
                self._ended = self._ended or lack
                self._turn_away()

    def _turn_away(self) -> None:
        waiting, self._waiting = self._waiting, deque()
        for each in waiting:
            if not each.admitted.done() and self._ended is not None:
                each.admitted.set_exception(BudgetError(self._ended.kind, str(self._ended)))

    def _take(self, role: str, most: Spent) -> None:
        self._reserved[role] = self._reserved.get(role, Spent()).plus(most)
        self._all = self._all.plus(most)
        self._changed.add(role)
        self._under_way += 1
        self._rest.clear()

    def _lack(self, most: Spent) -> BudgetError | None:
        """Why an attempt does not fit beside all that is spent and set aside."""
        budget, used = self._budget, self._all
        if budget.calls is not None and used.requests + most.requests > budget.calls:
            return _used_up("calls", f"{used.requests:,} of {budget.calls:,} requests are sent")
        if budget.tokens is not None and used.tokens + most.tokens > budget.tokens:
            told = f"{used.tokens:,} of {budget.tokens:,} tokens are spent"
            return _used_up("tokens", f"{told}, and the next call may take {most.tokens:,}")
        if budget.usd is None:
            return None
        limit = int(Decimal(str(budget.usd)) * PICODOLLARS)
        if used.picodollars + most.picodollars <= limit:
            return None
        told = f"{dollars(used.picodollars)} of {dollars(limit)} are spent"
        return _used_up("usd", f"{told}, and the next call may cost {dollars(most.picodollars)}")


class AttemptReservation:
    """See `button.models.meter.Reservation`."""

    def __init__(self, meter: BudgetMeter, attempt: Attempt, bound: Bound) -> None:
        self._meter = meter
        self._attempt = attempt
        self._bound = bound
        self._began = meter.seconds

    def settle(self, told: AIMessage | Fault | None) -> None:
        """See `Reservation`."""
        self.spend(cost_of(self._bound, told))

    def spend(self, spent: Spent) -> None:
        """`settle`, where what the attempt did cost has been worked out before."""
        seconds = self._meter.seconds - self._began
        self._meter.settled(self._attempt, self._bound, spent, seconds)


def _used_up(kind: str, how: str) -> BudgetError:
    return BudgetError(kind, f"budget.{kind} is used up: {how}")
