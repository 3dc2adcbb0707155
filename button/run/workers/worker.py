"""A worker: simulates the items that it is told of, until it is told no more.

`python -m button.run.workers.worker FD` talks over the socket that it inherits under that number.
It writes nothing to disk, and ends when the deciding process does.
"""

import asyncio
import os
import signal
import socket
import sys
from typing import Any

from button.context import Context
from button.errors import ButtonError, WorkerError
from button.models.events import active_events
from button.models.journal import active_journal
from button.models.meter import active_meter
from button.models.registry import close_models
from button.records import Seed
from button.run.collector import calm_collector
from button.run.item import rows_of_item
from button.run.pipeline import simulator_of
from button.run.workers.desk import Desk, RemoteJournal, RemoteMeter
from button.run.workers.failures import told_failure
from button.run.workers.wire import Channel, Told
from graphs.versions import versions


class Worker:
    """One worker, told once what run it works for."""

    def __init__(self, channel: Channel, hello: Told) -> None:
        self._channel = channel
        self._desk = Desk(channel)
        self._context = Context.model_validate(hello["context"])
        self._keep_calls: bool = hello["keep_calls"]
        self._near: bool = hello["near"]
        self._simulate = simulator_of(self._context)
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def work(self) -> None:
        """Do what is told until there is no more."""
        while (told := await self._channel.receive()) is not None:
            if "answer" in told:
                self._desk.answered(told)
            elif "drop" in told:
                self._drop(told["drop"])
            else:
                self._begin(told)
        for item in list(self._tasks):
            self._drop(item)
        await close_models()

    def _begin(self, told: Told) -> None:
        item = told["item"]
        task = asyncio.create_task(self._item(item, told), name=f"item-{item}")
        self._tasks[item] = task

    def _drop(self, item: int) -> None:
        if task := self._tasks.pop(item, None):
            task.cancel()

    async def _item(self, item: int, told: Told) -> None:
        active_journal.set(RemoteJournal(self._desk, told["calls"], keep_calls=self._keep_calls))
        active_meter.set(RemoteMeter(self._desk, self._context.budget))
        active_events.set(lambda event: self._desk.post({"event": list(event)}))
        seed = Seed.model_validate(told["seed"])
        try:
            rows = await rows_of_item(
                self._simulate, item, seed, root_seed=self._context.root_seed, near=self._near
            )
        except ButtonError as error:
            await self._channel.send({"made": item, "failure": told_failure(error)})
        else:
            made = [[_plain(row.facts), row.body] for row in rows]
            await self._channel.send({"made": item, "rows": made})
        self._tasks.pop(item, None)


def _plain(facts: tuple[Any, ...]) -> list[Any]:
    return [{"hex": each.hex()} if isinstance(each, bytes) else each for each in facts]


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Work over a connection until it ends; says first which code it runs."""
    channel = Channel(reader, writer)
    await channel.send({"code": versions().code, "pid": os.getpid()})
    hello = await channel.receive()
    if hello is not None:
        worker = Worker(channel, hello)
        calm_collector()  # now that everything is imported
        await worker.work()


async def _serve_inherited(number: int) -> None:
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=number))
    await serve(reader, writer)


def main() -> None:
    """Serve the socket whose number stands on the command line."""
    # Signals of the terminal are for the deciding process, which tells its workers what to do.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        asyncio.run(_serve_inherited(int(sys.argv[1])))
    except (ConnectionError, WorkerError):
        sys.exit(WorkerError.exit_code)


if __name__ == "__main__":
    main()
