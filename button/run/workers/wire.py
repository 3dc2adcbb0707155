"""What goes between the deciding process and a worker: JSON objects, each after its length."""

import asyncio
import json
from contextlib import suppress
from typing import Any

LENGTH_BYTES = 4
BACKLOG_BYTES = 2**20
"""A writer with more than this on its way waits for the other side."""

Told = dict[str, Any]


class Channel:
    """One end of a connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        writer.transport.set_write_buffer_limits(high=BACKLOG_BYTES)

    def post(self, told: Told) -> None:
        """Send without waiting; nothing happens where the other side is gone."""
        body = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
        if not self._writer.is_closing():
            self._writer.write(len(body).to_bytes(LENGTH_BYTES, "big") + body)

    async def send(self, told: Told) -> None:
        """Send; waits while too much is on its way.

        Raises:
            ConnectionError: the other side is gone.
        """
        self.post(told)
        await self._writer.drain()

    async def receive(self) -> Told | None:
        """The next object; None once the other side is gone."""
        try:
            size = int.from_bytes(await self._reader.readexactly(LENGTH_BYTES), "big")
            told: Told = json.loads(await self._reader.readexactly(size))
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return told

    async def close(self) -> None:
        """Close the connection."""
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()
