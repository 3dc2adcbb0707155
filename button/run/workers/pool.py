"""The deciding process's side: which worker makes which item, and what is done when one dies."""

import asyncio
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple, Protocol

from button.context import Context, ModelSettings
from button.errors import ButtonError, ConfigurationError, WorkerError
from button.models.budget import AttemptReservation, BudgetMeter
from button.models.events import CallEvent, EventSink
from button.models.meter import Attempt
from button.models.spending import Bound, Spent
from button.records import Seed
from button.run.call_journal import CallJournal
from button.run.row_facts import RowFacts, SettledRow
from button.run.workers.failures import failure_of, told_failure
from button.run.workers.wire import Channel, Told
from graphs.recording import versions

MOST_DEATHS = 5
"""Workers that may die one after the other without any item in between."""


class Launched(Protocol):
    """A worker that was started somewhere."""

    channel: Channel
    pid: int
    """Of its process, on whatever machine that is."""

    async def ended(self) -> str:
        """Make sure that it has ended; how it did."""
        ...


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


class Books(NamedTuple):
    """What workers may only ask for."""

    journal: CallJournal
    meter: BudgetMeter
    events: EventSink


class WorkerDiedError(ButtonError):
    """The worker of an item is gone; the item is given to another."""


class WorkerPool:
    """`size` workers, each with the items that it is told of."""

    def __init__(
        self, launcher: Launcher, size: int, context: Context, *, keep_calls: bool, near: bool
    ) -> None:
        """`near` asks for the signatures of near duplicates."""
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
            ConfigurationError: the run replays a recording, which one process does.
            WorkerError: they cannot be started, or run other code.
        """
        if journal.recorded:
            raise ConfigurationError(
                "a recording is replayed in one process: leave out --workers and --engine"
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

    async def _fill(self, seat: "_Seat") -> "_Worker":
        """The worker at a seat, started if there is none."""
        async with seat.filling:
            if seat.worker is None or seat.worker.died is not None:
                if seat.worker is not None:
                    self._count_death(seat.worker.died or "")
                launched = await self._launcher.launch()
                books = self._books
                assert books is not None, "the pool is open"
                seat.worker = await _welcomed(launched, self._hello, books)
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
        self.worker: _Worker | None = None
        self.load = 0
        self.filling = asyncio.Lock()


class _Worker:
    """A live worker, as the deciding process sees it."""

    def __init__(self, launched: Launched, books: Books) -> None:
        self.died: str | None = None
        """How it ended, once it has."""
        self._launched = launched
        self._channel = launched.channel
        self._books = books
        self._items: dict[int, asyncio.Future[list[SettledRow]]] = {}
        self._reserved: dict[int, tuple[AttemptReservation, Spent]] = {}
        self._numbers = count()
        self._questions: set[asyncio.Task[None]] = set()
        self._listener = asyncio.create_task(self._listen())

    async def rows_of(self, item: int, seed: Seed) -> list[SettledRow]:
        """The rows of an item.

        Raises:
            WorkerDiedError: the worker died on the way.
        """
        if self.died is not None:
            raise WorkerDiedError(self.died)
        made: asyncio.Future[list[SettledRow]] = asyncio.get_running_loop().create_future()
        self._items[item] = made
        calls = self._books.journal.of_item(item)
        self._channel.post({"item": item, "seed": seed.to_json(), "calls": calls})
        try:
            return await made
        except asyncio.CancelledError:
            self._channel.post({"drop": item})
            raise
        finally:
            del self._items[item]

    async def close(self) -> None:
        """Hang up; the worker ends by itself."""
        self._listener.cancel()
        with suppress(asyncio.CancelledError):
            await self._listener
        await self._launched.ended()

    async def _listen(self) -> None:
        while (told := await self._channel.receive()) is not None:
            if "made" in told:
                self._made(told)
            elif "event" in told:
                self._books.events(CallEvent(*told["event"]))
            elif "settle" in told:
                reservation, _ = self._reserved.pop(told["settle"])
                reservation.spend(Spent(*told["spent"]))
            else:
                # Some questions wait long, such as for a budget; others go on meanwhile.
                task = asyncio.create_task(self._answer(told))
                self._questions.add(task)
                task.add_done_callback(self._questions.discard)
        self.died = await self._launched.ended()
        self._leave_nothing_open()

    def _made(self, told: Told) -> None:
        made = self._items.get(told["made"])
        if made is None or made.done():
            return
        if "failure" in told:
            made.set_exception(failure_of(told["failure"]))
        else:
            made.set_result([SettledRow(_facts(facts), body) for facts, body in told["rows"]])

    async def _answer(self, told: Told) -> None:
        try:
            answer: Told = {"value": await self._value(told)}
        except ButtonError as error:
            answer = {"failure": told_failure(error)}
        if "ask" in told:
            self._channel.post({"answer": told["ask"], **answer})

    async def _value(self, told: Told) -> int | None:
        if "commit" in told:
            item, step, request_hash, role, response = told["commit"]
            await self._books.journal.commit(
                item, step, request_hash, role, response, durable=told["durable"]
            )
            return None
        item, step, role = told["reserve"]
        most = Spent(*told["most"])
        attempt = Attempt(item, step, role, ModelSettings(), (), {})
        reservation = await self._books.meter.set_aside(attempt, Bound(most, None, True))
        number = next(self._numbers)
        self._reserved[number] = (reservation, most)
        return number

    def _leave_nothing_open(self) -> None:
        """What it had set aside may have been billed; its items are for others."""
        for task in self._questions:
            task.cancel()
        for reservation, most in self._reserved.values():
            reservation.spend(most._replace(estimated=1))
        self._reserved.clear()
        for made in self._items.values():
            if not made.done():
                made.set_exception(WorkerDiedError(self.died or ""))


async def _welcomed(launched: Launched, hello: Told, books: Books) -> _Worker:
    """A worker that was told what run it works for.

    Raises:
        WorkerError: it runs other code, or died at once.
    """
    told = await launched.channel.receive()
    if told is None:
        raise WorkerError(f"a worker did not start: it {await launched.ended()}")
    if told["code"] != versions().code:
        await launched.ended()
        raise WorkerError(
            f"a worker runs other code ({told['code'][:12]}) than this process "
            f"({versions().code[:12]}): install the same version everywhere"
        )
    launched.pid = told["pid"]
    await launched.channel.send(hello)
    return _Worker(launched, books)


def with_share(context: Context, workers: int) -> Context:
    """The settings of one of several workers: together they keep to the calls in flight."""

    def share(settings: ModelSettings) -> ModelSettings:
        most = max(1, settings.max_in_flight // workers)
        return settings.model_copy(update={"max_in_flight": most})

    return context.model_copy(
        update={
            "default_model": share(context.default_model),
            "models": {role: share(settings) for role, settings in context.models.items()},
            "judges": context.judges.model_copy(
                update={"models": tuple(map(share, context.judges.models))}
            ),
        }
    )


def _facts(plain: list[Any]) -> RowFacts:
    values: list[Any] = [
        bytes.fromhex(each["hex"]) if isinstance(each, dict) else each for each in plain
    ]
    return RowFacts(*values)
