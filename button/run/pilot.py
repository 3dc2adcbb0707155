"""A pilot: the first few items of a run, watched closely.

It is a run like any other, in a directory of its own or in that of the run to come, which then goes
on from it: nothing that was paid for is asked again.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from button.context import ROLES, Context
from button.models.budget import BudgetMeter
from button.models.clock import active_clock
from button.models.journal import Journal, active_journal
from button.models.meter import Attempt, active_meter
from button.models.prices import PICODOLLARS
from button.models.registry import ready_model
from button.models.spending import Spent, total
from button.records import Role, Seed
from button.run.forecast import Range, forecast
from button.run.plan import Outcome, RunPlan, Simulate
from button.run.runner import generate
from button.run.summary import RunSummary

UNITS = ("calls", "read", "written", "usd", "seconds")
"""What is forecast of each role."""


@dataclass
class ItemSheet:
    """What one item took."""

    ended: bool = False
    """Whether it came to its end; others were dropped on their way."""
    accepted: int = 0
    rejected: int = 0
    seconds: float = 0.0
    spent: dict[str, Spent] = field(default_factory=dict)
    """By endpoints, by role."""
    answer_seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    """Time of answers of endpoints, by role."""
    free_calls: Counter[str] = field(default_factory=Counter)
    """Calls of procedural models, by role."""

    def taken(self, role: str, unit: str) -> float:
        """How much of one of UNITS, or of `requests` to endpoints, a role took."""
        spent = self.spent.get(role, Spent())
        return {
            "requests": spent.requests,
            "calls": spent.requests + self.free_calls[role],
            "read": spent.read,
            "written": spent.written,
            "usd": spent.picodollars / PICODOLLARS,
            "seconds": self.answer_seconds[role],
        }[unit]


class Pilot(NamedTuple):
    """What a pilot found."""

    summary: RunSummary
    items: Sequence[ItemSheet]
    working_seconds: float
    """Time of the processor."""

    @property
    def spent(self) -> Spent:
        """What endpoints took in all."""
        return total(spent for sheet in self.items for spent in sheet.spent.values())

    def roles(self) -> list[Role]:
        """Roles that were asked, in the order of the pipeline."""
        asked = {role for sheet in self.items for role in (*sheet.spent, *sheet.free_calls)}
        return [role for role in ROLES if role in asked]

    def of_role(self, role: str, unit: str, count: int) -> Range | None:
        """The forecast of one of UNITS for a role, for `count` accepted trajectories."""
        return self._forecast([sheet.taken(role, unit) for sheet in self.items], count)

    def of_all(self, unit: str, count: int) -> Range | None:
        """The forecast of one of UNITS for all roles."""
        roles = self.roles()
        return self._forecast(
            [sum(sheet.taken(role, unit) for role in roles) for sheet in self.items], count
        )

    def items_needed(self, count: int) -> Range | None:
        """How many items `count` accepted trajectories take."""
        return self._forecast([1.0] * len(self.items), count)

    def duration(self, count: int, concurrency: int) -> Range | None:
        """Seconds, as far as endpoints keep up with so many items at once."""
        waiting = self._forecast([sheet.seconds for sheet in self.items], count)
        working = self._forecast([self.working_seconds / len(self.items)] * len(self.items), count)
        if waiting is None or working is None:
            return None
        return max(waiting.times(1 / concurrency), working)

    def _forecast(self, costs: Sequence[float], count: int) -> Range | None:
        return forecast(costs, [sheet.accepted for sheet in self.items], count)


async def run_pilot(plan: RunPlan, context: Context, simulate: Simulate, items: int) -> Pilot:
    """Make the first `items` items of a run, or fewer where its count or a budget ends it.

    Raises:
        ButtonError: see `button.run.runner.generate`.
    """
    for _, settings in context.players():
        # What is read from disk once is no part of what an item takes.
        await ready_model(settings)
    sheets: dict[int, ItemSheet] = {}
    watched: set[int] = set()

    def settled(attempt: Attempt, spent: Spent, seconds: float) -> None:
        sheet = sheets.get(attempt.item)
        if sheet is not None:
            sheet.spent[attempt.role] = sheet.spent.get(attempt.role, Spent()).plus(spent)
            sheet.answer_seconds[attempt.role] += seconds

    async def watch(item: int, seed: Seed) -> list[Outcome]:
        sheet = sheets.setdefault(item, ItemSheet())
        meter, journal, clock = active_meter.get(), active_journal.get(), active_clock.get()
        if isinstance(meter, BudgetMeter) and id(meter) not in watched:
            watched.add(id(meter))
            meter.observe(settled)
        if journal is not None:
            active_journal.set(_Counting(journal, sheet))
        began = clock.monotonic()
        try:
            outcomes = await simulate(item, seed)
        except Exception:
            # The run makes a rejection of it.
            sheet.ended, sheet.rejected, sheet.seconds = True, 1, clock.monotonic() - began
            raise
        sheet.ended, sheet.seconds = True, clock.monotonic() - began
        sheet.accepted = sum(outcome["kind"] == "accepted" for outcome in outcomes)
        sheet.rejected = len(outcomes) - sheet.accepted
        return outcomes

    first = replace(plan, seed_of=lambda item: plan.seed_of(item) if item < items else None)
    began = time.process_time()
    summary = await generate(first, watch)
    working = time.process_time() - began
    ended = [sheets[item] for item in sorted(sheets) if sheets[item].ended]
    return Pilot(summary, ended, working)


class _Counting:
    """A journal that counts the calls which cost nothing, and keeps no more than it did."""

    keep_calls = True

    def __init__(self, inner: Journal, sheet: ItemSheet) -> None:
        self._inner = inner
        self._sheet = sheet

    def lookup(self, item: int, step: str, request_hash: str) -> dict[str, Any] | None:
        return self._inner.lookup(item, step, request_hash)

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
        if not durable:
            self._sheet.free_calls[role] += 1
        await self._inner.commit(item, step, request_hash, role, response, durable=durable)
