"""The deciding process's side: which worker makes which item, and what is done when one dies."""

import asyncio
from typing import Protocol

from button.context import Context, ModelSettings
from button.errors import ConfigurationError, WorkerError
from button.models.addresses import EMBEDDED
from button.models.budget import BudgetMeter
from button.models.events import EventSink
from button.records import Seed
from button.run.call_journal import CallJournal
from button.run.row_facts import SettledRow
from button.run.workers.live import Books, Launched, LiveWorker, WorkerDiedError, welcomed
from button.run.workers.wire import Told

MOST_DEATHS = 5
"""Workers that may die one after the other without any item in between."""


class Launcher(Protocol):
    """Starts workers: as processes of this machine, or as actors of a cluster."""

    async def launch(self) -> Launched:
        """A new worker.

        Raises:
            WorkerError: none can be started.
        """
        ...

    async def close(self) -> None:
        """Give back what was needed to start workers."""
        ...


class WorkerPool:
    """`size` workers, each with the items that it is told of."""

    def __init__(
        self, launcher: Launcher, size: int, context: Context, *, keep_calls: bool, near: bool
    ) -> None:
        """`near` asks for the signatures of near duplicates.

        Raises:
            ConfigurationError: there are no workers, or more than an endpoint may have calls.
        """
        if size < 1:
            raise ConfigurationError(f"workers is {size}: at least 1 is needed")
        self._launcher = launcher
        self._size = size
        self._hello: Told = {
            "context": with_share(context, size).model_dump(mode="json"),
            "keep_calls": keep_calls,
            "near": near,
        }
        self._seats: list[_Seat] = []
        self._deaths = 0
        self._books: Books | None = None

    async def open(self, journal: CallJournal, meter: BudgetMeter, events: EventSink) -> None:
        """Start the workers; what happens to their calls is told to `events`.

        Raises:
            ConfigurationError: the run replays a recording or is a fork, which one process does.
            WorkerError: they cannot be started, or run other code.
        """
        if journal.recorded:
            raise ConfigurationError(
                "responses that were taken over from another run are used by one process: leave "
                "out --workers and --engine"
            )
        self._books = Books(journal, meter, events)
        self._seats = [_Seat() for _ in range(self._size)]
        # All are waited for, so that those that did start can be closed.
        begun = await asyncio.gather(
            *(self._fill(seat) for seat in self._seats), return_exceptions=True
        )
        for failure in begun:
            if isinstance(failure, BaseException):
                raise failure

    async def rows_of(self, item: int, seed: Seed) -> list[SettledRow]:
        """The rows of an item, made by the worker that has the fewest.

        An item whose worker dies is made again, from what its models were answered so far.

        Raises:
            ButtonError: what the worker met.
            WorkerError: workers die again and again.
        """
        while True:
            seat = min(self._seats, key=lambda seat: seat.load)
            seat.load += 1
            try:
                rows = await self._made(seat, item, seed)
            except WorkerDiedError:
                continue
            finally:
                seat.load -= 1
            self._deaths = 0
            return rows

    async def _made(self, seat: "_Seat", item: int, seed: Seed) -> list[SettledRow]:
        worker = await self._fill(seat)
        return await worker.rows_of(item, seed)

    async def _fill(self, seat: "_Seat") -> LiveWorker:
        """The worker at a seat, started if there is none."""
        async with seat.filling:
            if seat.worker is None or seat.worker.died is not None:
                if seat.worker is not None:
                    self._count_death(seat.worker.died or "")
                launched = await self._launcher.launch()
                books = self._books
                assert books is not None, "the pool is open"
                seat.worker = await welcomed(launched, self._hello, books)
            return seat.worker

    def _count_death(self, how: str) -> None:
        self._deaths += 1
        if self._deaths >= MOST_DEATHS:
            raise WorkerError(
                f"{self._deaths} workers died without finishing an item; the last one {how}"
            )

    async def close(self) -> None:
        """End all workers; what they were at is dropped."""
        workers = [seat.worker for seat in self._seats if seat.worker is not None]
        await asyncio.gather(*(worker.close() for worker in workers))
        await self._launcher.close()


class _Seat:
    """A place for a worker; several items may wait for it to be filled."""

    def __init__(self) -> None:
        self.worker: LiveWorker | None = None
        self.load = 0
        self.filling = asyncio.Lock()


def with_share(context: Context, workers: int) -> Context:
    """The settings of one of several workers: together they keep to the calls in flight.

    Raises:
        ConfigurationError: an endpoint may have fewer calls than there are workers.
    """

    def share(settings: ModelSettings) -> ModelSettings:
        most = max(1, settings.max_in_flight // workers)
        return settings.model_copy(update={"max_in_flight": most})

    for _, settings in context.players():
        if settings.max_in_flight < workers and settings.model != EMBEDDED:
            raise ConfigurationError(
                f"{workers} workers are too many for model {settings.model!r}: max_in_flight "
                f"allows {settings.max_in_flight}, and each worker needs one call"
            )

    return context.model_copy(
        update={
            "default_model": share(context.default_model),
            "models": {role: share(settings) for role, settings in context.models.items()},
            "judges": context.judges.model_copy(
                update={"models": tuple(map(share, context.judges.models))}
            ),
        }
    )
