"""A run: a sliding window of items in flight, settled one by one, decided in item order."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from button.errors import BudgetError, OutageError, RecordingError, RunDirectoryError, StorageError
from button.models.events import active_events
from button.models.journal import active_journal
from button.models.meter import active_meter
from button.models.redaction import redacted
from button.records import Seed
from button.run.atomic_write import make_private_folder
from button.run.directory import open_directory
from button.run.gate import Decision
from button.run.item import rows_of_item
from button.run.layout import RunLayout
from button.run.manifest import manifest_is_damaged, write_manifest
from button.run.plan import RunPlan, Simulate
from button.run.progress import TELL_EVERY_S, Progress, silent
from button.run.progress import RunProgress as RunProgress
from button.run.row_facts import RowFacts, SettledRow
from button.run.seal import Sealer
from button.run.store import RunStore, open_store
from button.run.summary import Ended, RunSummary
from button.run.workers.pool import WorkerPool

MAX_ERROR = 500
MAX_BACKLOG = 64
"""Writes that may wait before the run waits for them."""

RowsOf = Callable[[int, Seed], Awaitable[list[SettledRow]]]
"""Makes the rows of one item, here or in a worker."""


async def generate(
    plan: RunPlan,
    simulate: Simulate | WorkerPool,
    progress: Progress | None = None,
    *,
    stop: asyncio.Event | None = None,
) -> RunSummary:
    """Begin or continue the run of `plan`, until its count, its seeds or `stop` ends it.

    The shards depend on the plan's deciding keys alone: not on concurrency, timing, or how often
    the process was killed. What was made less than asked for, `RunSummary.shortfall` says. Items
    are simulated in this process, or by workers where they are given in its place.

    Raises:
        RunDirectoryError: the directory is in use or not to be continued with this plan.
        StorageError: writing failed; everything that was settled before is kept.
        EndpointError: an endpoint refuses for good; the run can be continued.
        StoppingError: another failure that every item would meet.
    """
    began = time.monotonic()
    with open_directory(plan) as (layout, identity):
        store = open_store(
            layout,
            identity,
            keep_calls=plan.handling.keep_calls,
            offline=plan.handling.offline,
            reserve_mb=plan.handling.reserve_mb,
            budget=plan.budget,
        )
        try:
            make_private_folder(layout.shards)
            rows_of = await _rows_of(simulate, plan, store)
            run = _Run(plan, rows_of, layout, store, progress or silent)
            run.replay()
            ended = await run.to_the_end(stop or asyncio.Event())
        finally:
            if isinstance(simulate, WorkerPool):
                await simulate.close()
            await store.close()
    return replace(run.summary(ended), seconds=time.monotonic() - began)


async def _rows_of(simulate: Simulate | WorkerPool, plan: RunPlan, store: RunStore) -> RowsOf:
    if isinstance(simulate, WorkerPool):
        heard = store.faults.listening(active_events.get())
        await simulate.open(store.journal, store.meter, heard)
        return simulate.rows_of
    near = plan.near_duplicates != "keep"
    return partial(rows_of_item, simulate, root_seed=plan.root_seed, near=near)


class _Finished(NamedTuple):
    item: int
    task: asyncio.Task[list[SettledRow]]


class _Run:
    """The state of one invocation."""

    def __init__(
        self, plan: RunPlan, rows_of: RowsOf, layout: RunLayout, store: RunStore, progress: Progress
    ) -> None:
        self._plan = plan
        self._rows_of = rows_of
        self._layout = layout
        self._store = store
        self._progress = progress
        self._gate = store.sealed.gate(plan.count, plan.near_duplicates, store.known)
        self._tally = store.sealed.tally
        self._sealer = Sealer(layout, store, plan.shard_rows)
        self._mended = [layout.manifest.name] if manifest_is_damaged(layout) else []
        self._tasks: dict[int, asyncio.Task[list[SettledRow]]] = {}
        self._finished: asyncio.Queue[_Finished | None] = asyncio.Queue()
        self._unrecorded: dict[int, RecordingError] = {}
        self._error = ""
        self._next = 0
        self._beyond = 0
        self._exhausted = False
        self._settled = self._gate.items
        self._settled_accepted = self._gate.accepted

    def summary(self, ended: Ended) -> RunSummary:
        """Totals of what has been decided."""
        return self._tally.summary(
            items=self._gate.items,
            skipped=dict(sorted(self._plan.skipped.items())),
            count=self._plan.count,
            ended=ended,
            error=self._error,
            mended=(*self._mended, *self._sealer.mended),
        )

    def replay(self) -> None:
        """Pass what earlier processes settled and did not seal through the gate again."""
        self._count(self._gate.replay(self._store.unsealed()))
        for item, rows in self._store.settled():
            self._decide(item, rows)

    async def to_the_end(self, stop: asyncio.Event) -> Ended:
        """Simulate until something ends the run, then seal."""
        self._record("running")
        watchers = [asyncio.create_task(each) for each in (self._tell_when(stop), self._tell())]
        try:
            ended = await self._drive(stop)
        except (StorageError, RunDirectoryError) as error:
            await self._drop(watchers)
            if isinstance(error, RecordingError):
                await self._seal_rest("failed", error)
            raise
        except Exception as error:
            await self._drop(watchers)
            is_outage = isinstance(error, OutageError)
            await self._seal_rest("incomplete:outage" if is_outage else "failed", error)
            raise
        finally:
            await self._drop(watchers)
        await self._seal_rest(ended)
        return ended

    async def _drive(self, stop: asyncio.Event) -> Ended:
        ended: Ended = "interrupted"
        try:
            while self._gate.stop is None and not stop.is_set():
                self._admit()
                self._report("running")
                if self._gate.items in self._unrecorded:
                    raise self._unrecorded[self._gate.items]
                if not self._tasks:
                    return "exhausted"
                await self._take(await self._finished.get())
        except BudgetError as error:
            self._error, ended = str(error), "incomplete:budget"
            # What is under way is paid for: it ends, however long it takes, and is journaled.
            await self._store.meter.at_rest()
        await self._drain()
        if self._gate.stop is None:
            return ended
        self._error = ""
        return "complete" if self._gate.stop == "count" else "runaway"

    async def _drain(self) -> None:
        """Let items in flight end, so that what they were answered is of use; admit no others."""
        deadline = asyncio.get_running_loop().time() + self._plan.handling.drain_s
        while self._tasks and self._gate.stop is None:
            try:
                # Only the waiting is cut short: taking an item may seal a shard.
                async with asyncio.timeout_at(deadline):
                    finished = await self._finished.get()
            except TimeoutError:
                return
            with suppress(BudgetError):
                await self._take(finished)
                self._report("running")

    def _admit(self) -> None:
        self._skip_settled()
        while len(self._tasks) < self._plan.handling.concurrency and self._more_needed():
            seed = None if self._exhausted else self._plan.seed_of(self._next)
            if seed is None:
                self._exhausted = True
                return
            self._start(self._next, seed)
            self._next += 1
            self._skip_settled()

    def _skip_settled(self) -> None:
        self._next = max(self._next, self._gate.items)
        while self._gate.holds(self._next):
            self._next += 1

    def _more_needed(self) -> bool:
        """Whether what is in flight will probably not reach the count; a guess costs only time."""
        in_a_gap = self._next < self._beyond
        if self._plan.count is None or in_a_gap or not self._tasks:
            return True
        rate = self._settled_accepted / self._settled if self._settled else 1.0
        return self._gate.hopeful + len(self._tasks) * rate < self._plan.count

    def _start(self, item: int, seed: Seed) -> None:
        task = asyncio.create_task(self._simulate_item(item, seed), name=f"item-{item}")
        self._tasks[item] = task
        task.add_done_callback(lambda done: self._finished.put_nowait(_Finished(item, done)))

    async def _simulate_item(self, item: int, seed: Seed) -> list[SettledRow]:
        # Each task has a context of its own, so this is seen by the item alone.
        active_journal.set(self._store.journal)
        active_meter.set(self._store.meter)
        active_events.set(self._store.faults.listening(active_events.get()))
        self._store.meter.require_time()
        await self._store.journal.begin(item)
        return await self._rows_of(item, seed)

    async def _take(self, finished: _Finished | None) -> None:
        if finished is None:
            return
        del self._tasks[finished.item]
        try:
            rows = finished.task.result()
        except RecordingError as error:
            # An item beyond the last that counts may well be missing: wait until it is needed.
            self._unrecorded[finished.item] = error
            return
        self._store.settle(finished.item, rows)
        self._decide(finished.item, [row.facts for row in rows])
        if self._store.backlog > MAX_BACKLOG:
            await self._store.flush()
        if await self._sealer.seal_full(self._gate.items):
            self._record("running")

    def _decide(self, item: int, rows: list[RowFacts]) -> None:
        self._beyond = max(self._beyond, item + 1)
        self._settled += 1
        self._settled_accepted += sum(row.accepted for row in rows)
        self._count(self._gate.settle(item, rows))

    def _count(self, decisions: list[Decision]) -> None:
        self._tally.add(decisions)
        self._sealer.add(decisions)

    async def _seal_rest(self, ended: Ended, error: Exception | None = None) -> None:
        if error is not None:
            self._error = redacted(" ".join(str(error).split()))[:MAX_ERROR]
        await self._store.flush()
        await self._sealer.seal_rest(self._gate.items)
        self._record(ended)
        self._report(ended)

    def _record(self, ended: Ended) -> None:
        write_manifest(self._layout, self._sealer.shards, self.summary(ended))

    def _report(self, ended: Ended) -> None:
        self._progress(
            RunProgress(
                summary=self.summary(ended),
                in_flight=len(self._tasks),
                hopeful=self._gate.hopeful,
                settled=self._settled,
                spent=self._store.meter.spent,
                calls_in_flight=self._store.meter.under_way,
            )
        )

    async def _tell_when(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._finished.put_nowait(None)

    async def _tell(self) -> None:
        """Say how far the run is while its items take long."""
        while True:
            await asyncio.sleep(TELL_EVERY_S)
            self._report("running")

    async def _drop(self, watchers: list[asyncio.Task[None]]) -> None:
        """Cancel what is in flight; what it journaled stays for the next time."""
        dropped = [*watchers, *self._tasks.values()]
        self._tasks.clear()
        for task in dropped:
            task.cancel()
        await asyncio.gather(*dropped, return_exceptions=True)
