"""A live worker, as the deciding process sees it: what it makes, asks for and leaves behind."""

import asyncio
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple, Protocol

from button.context import ModelSettings
from button.errors import ButtonError, WorkerError
from button.models.budget import AttemptReservation, BudgetMeter
from button.models.events import CallEvent, EventSink
from button.models.meter import Attempt
from button.models.spending import Bound, Spent
from button.records import Seed
from button.run.call_journal import CallJournal
from button.run.row_facts import RowFacts, SettledRow
from button.run.workers.failures import failure_of, told_failure
from button.run.workers.wire import Channel, Told
from graphs.versions import versions


class Launched(Protocol):
    """A worker that was started somewhere."""

    channel: Channel
    pid: int
    """Of its process, on whatever machine that is."""

    async def ended(self) -> str:
        """Make sure that it has ended; how it did."""
        ...


class Books(NamedTuple):
    """What workers may only ask for."""

    journal: CallJournal
    meter: BudgetMeter
    events: EventSink


class WorkerDiedError(ButtonError):
    """The worker of an item is gone; the item is given to another."""


class LiveWorker:
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


async def welcomed(launched: Launched, hello: Told, books: Books) -> LiveWorker:
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
    return LiveWorker(launched, books)


def _facts(plain: list[Any]) -> RowFacts:
    values: list[Any] = [
        bytes.fromhex(each["hex"]) if isinstance(each, dict) else each for each in plain
    ]
    return RowFacts(*values)
