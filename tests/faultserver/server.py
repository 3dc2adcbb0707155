"""An OpenAI-compatible server that fails on purpose; raw asyncio, nothing else.

    async with FaultServer(Seeded(seed=7, rate=0.3)) as server:
        settings = ModelSettings(model="served", base_url=server.base_url)

What it saw stands in `requests`, `faults` (by kind) and `peak` (requests in flight at once). With
`down = True` every connection is reset. `process.started` runs it beside the test, in a process.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from button.canonical import derived_random
from tests.faultserver.answers import body_key, completion
from tests.faultserver.mutations import MUTATIONS
from tests.faultserver.plan import Plan, Scripted
from tests.faultserver.wire import WIRE, Exchange, reply

MOST_KEPT = 10_000
"""Requests that are remembered whole; all are counted."""


@dataclass(frozen=True)
class Request:
    """One request that came in."""

    path: str
    headers: Mapping[str, str]
    raw: bytes
    fault: str | None

    @property
    def body(self) -> Any:
        """The JSON of the request."""
        return json.loads(self.raw)


class FaultServer:
    """Serves on loopback while its block lasts."""

    def __init__(
        self,
        plan: Plan | None = None,
        *,
        port: int = 0,
        latency_s: tuple[float, float] = (0, 0),
        latency_seed: int = 0,
        redirect_to: str = "http://127.0.0.1:9/v1/chat/completions",
    ) -> None:
        self.plan: Plan = plan or Scripted(())
        self.down = False
        self.requests: list[Request] = []
        self.faults: Counter[str] = Counter()
        self.answered = 0
        self.in_flight = 0
        self.peak = 0
        self.broken: list[Exception] = []
        """What went wrong in the server itself; raised at its end."""
        self.base_url = ""
        self._port = port
        self._latency = latency_s
        self._latency_seed = latency_seed
        self._redirect_to = redirect_to
        self._attempts: Counter[str] = Counter()
        self._closing = asyncio.Event()
        self._open: set[asyncio.StreamWriter] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.base_url = f"http://127.0.0.1:{self._port}/v1"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._server.close()
        for writer in list(self._open):
            writer.transport.abort()
        # Handlers that were cut off end with the connection; let them.
        while self._open:
            await asyncio.sleep(0)
        if self.broken and error is None:
            raise self.broken[0]

    @property
    def count(self) -> int:
        """Requests so far, without those for statistics and those while it was down."""
        return self._attempts.total()

    def stats(self) -> dict[str, Any]:
        """What `GET /stats` gives."""
        return {
            "requests": self.count,
            "answered": self.answered,
            "faults": dict(sorted(self.faults.items())),
            "peak": self.peak,
            "bodies": len(self._attempts),
        }

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its response; whether the connection goes on."""
        top = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = top[0].split(" ", 2)
        pairs = (line.partition(":") for line in top[1:] if line)
        headers = {name.strip().lower(): text.strip() for name, _, text in pairs}
        raw = await reader.readexactly(int(headers.get("content-length", 0)))
        if method == "GET":
            told = self.stats() if path == "/stats" else {"object": "list", "data": []}
            await reply(writer, json.dumps(told).encode())
            return True
        if self.down:
            self.faults["down"] += 1
            await WIRE["reset"](self._as_exchange(reader, writer, headers, raw))
            return False
        self.in_flight += 1
        self.peak = max(self.peak, self.in_flight)
        try:
            return await self._answer(Request(path, headers, raw, None), reader, writer)
        finally:
            self.in_flight -= 1

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        key = body_key(request.raw)
        fault = self.plan.fault(key, self._attempts[key], self.count)
        self._attempts[key] += 1
        if len(self.requests) < MOST_KEPT:
            self.requests.append(Request(request.path, request.headers, request.raw, fault))
        low, high = self._latency
        if high:
            random = derived_random("latency", self._latency_seed, key)
            await asyncio.sleep(random.uniform(low, high))
        if fault:
            self.faults[fault] += 1
        if fault in WIRE:
            await WIRE[fault](self._as_exchange(reader, writer, request.headers, request.raw))
            return False
        try:
            made = completion(request.body, key)
        except Exception as error:
            # Not a fault that was asked for: whoever runs the server must hear of it.
            self.broken.append(error)
            raise
        if fault:
            MUTATIONS[fault](made)
        self.answered += 1
        await reply(writer, json.dumps(made).encode())
        return True

    def _as_exchange(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        headers: Mapping[str, str],
        raw: bytes,
    ) -> Exchange:
        return Exchange(
            reader=reader,
            writer=writer,
            completion=lambda: completion(json.loads(raw), body_key(raw)),
            authorization=headers.get("authorization", ""),
            redirect_to=self._redirect_to,
            closing=self._closing,
        )
