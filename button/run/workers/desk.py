"""A worker's side of journal and meter: both are kept by the deciding process, and asked for."""

import asyncio
from itertools import count
from typing import Any

from langchain_core.messages import AIMessage

from button.context import BudgetSettings
from button.models.budget import BudgetMeter
from button.models.faults import Fault
from button.models.journal import divergence
from button.models.meter import Attempt
from button.models.spending import Bound, cost_of
from button.run.workers.failures import failure_of
from button.run.workers.wire import Channel, Told


class Desk:
    """Questions to the deciding process that are under way."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._numbers = count()
        self._asked: dict[int, asyncio.Future[Any]] = {}

    def post(self, told: Told) -> None:
        """Tell something that needs no answer."""
        self._channel.post(told)

    async def ask(self, question: Told) -> Any:
        """The answer to a question.

        Raises:
            Exception: what the deciding process met.
        """
        number = next(self._numbers)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            await self._channel.send({**question, "ask": number})
            return await answer
        finally:
            del self._asked[number]

    def answered(self, told: Told) -> None:
        """An answer came."""
        asked = self._asked.get(told["answer"])
        if asked is None or asked.done():
            return
        if "failure" in told:
            asked.set_exception(failure_of(told["failure"]))
        else:
            asked.set_result(told["value"])


class RemoteJournal:
    """The journal of one item (`button.models.journal.Journal`)."""

    def __init__(self, desk: Desk, earlier: dict[str, list[Any]], *, keep_calls: bool) -> None:
        """`earlier` holds request hash and response of the steps that were journaled before."""
        self.keep_calls = keep_calls
        self._desk = desk
        self._earlier = earlier

    def lookup(self, item: int, step: str, request_hash: str) -> dict[str, Any] | None:
        """See `Journal`.

        Raises:
            RunDirectoryError: the step was journaled for another request.
        """
        if step not in self._earlier:
            return None
        journaled, response = self._earlier[step]
        if journaled != request_hash:
            raise divergence(item, step, journaled, request_hash)
        return dict(response)

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
        """See `Journal`.

        Raises:
            StorageError: it could not be written.
        """
        if not (durable or self.keep_calls):
            return
        call = {"commit": [item, step, request_hash, role, response], "durable": durable}
        if durable:
            await self._desk.ask(call)
        else:
            self._desk.post(call)


class RemoteMeter:
    """The meter (`button.models.meter.Meter`): bounds are worked out here, admitted there."""

    def __init__(self, desk: Desk, budget: BudgetSettings) -> None:
        self._desk = desk
        self._bounds = BudgetMeter(budget)

    async def reserve(self, attempt: Attempt) -> "_RemoteReservation":
        """See `Meter`.

        Raises:
            BudgetError: it does not fit.
        """
        bound = await self._bounds.bound(attempt)
        about = [attempt.item, attempt.step, attempt.role]
        number = await self._desk.ask({"reserve": about, "most": list(bound.most)})
        return _RemoteReservation(self._desk, number, bound)


class _RemoteReservation:
    def __init__(self, desk: Desk, number: int, bound: Bound) -> None:
        self._desk = desk
        self._number = number
        self._bound = bound

    def settle(self, told: AIMessage | Fault | None) -> None:
        """See `Reservation`."""
        self._desk.post({"settle": self._number, "spent": list(cost_of(self._bound, told))})
