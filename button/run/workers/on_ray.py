"""Workers as actors of a Ray cluster; needs the extra `ray`.

Ray finds places for the workers and says when one is lost. What goes between them and the deciding
process goes over connections of their own, as with local workers, so no object of a run passes
through Ray's store. Keys of endpoints are not sent along: each machine has its own environment.
"""

import asyncio
import hmac
import logging
import os
import re
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from button.errors import ConfigurationError, WorkerError
from button.run.workers.wire import Channel

CONNECT_S = 10.0
START_S = 120.0
"""Longest wait for an actor that Ray has yet to find a place for."""
TOKEN_BYTES = 16
TOKEN_ADVICE = (
    "; `ray start` asks for this machine's token as soon as there is one: set RAY_AUTH_MODE=token "
    "for this command too"
)
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
INSTALL = "--engine ray needs Ray: pip install 'button-simulator[ray]'"


class RayWorker:
    """An actor with a connection to this process (`button.run.workers.pool.Launched`)."""

    def __init__(self, ray: Any, actor: Any, channel: Channel) -> None:
        self._ray = ray
        self.actor = actor
        self.channel = channel
        self.pid = 0

    async def ended(self) -> str:
        """See `Launched`."""
        await self.channel.close()
        with suppress(Exception):
            # Ray may be gone as well.
            await asyncio.to_thread(self._ray.kill, self.actor)
        return "was lost"


class RayLauncher:
    """Starts actors (`button.run.workers.pool.Launcher`)."""

    def __init__(self, address: str | None, workers: int) -> None:
        """A cluster at `address`, or one of this machine alone for None.

        Raises:
            ConfigurationError: Ray is not installed, or there is no cluster.
        """
        # Before the import: nothing is reported to anybody.
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
        os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
        try:
            import ray  # noqa: PLC0415
        except ImportError:
            raise ConfigurationError(INSTALL) from None
        self._ray = ray
        local = {} if address else {"num_cpus": workers, "include_dashboard": False}
        try:
            _require_somebody(address)
            # "local": for None Ray would take a cluster that this machine has already.
            ray.init(
                address=address or "local",
                log_to_driver=False,
                logging_level=logging.ERROR,
                **local,
            )
        except (ImportError, OSError, RuntimeError, ValueError) as error:
            told = f"no Ray cluster at {address!r}" if address else "Ray cannot be started"
            advice = TOKEN_ADVICE if address and _may_lack_token() else ""
            raise ConfigurationError(f"{told}: {error}{advice}") from None
        self._server: asyncio.Server | None = None
        self._expected: dict[str, asyncio.Future[Channel]] = {}

    async def launch(self) -> RayWorker:
        """See `Launcher`.

        Raises:
            WorkerError: Ray has no place for it, or it fails at once.
        """
        host, port = await self._listen()
        token = secrets.token_hex(TOKEN_BYTES)
        arrived: asyncio.Future[Channel] = asyncio.get_running_loop().create_future()
        self._expected[token] = arrived
        actor = self._ray.remote(num_cpus=1, max_restarts=0)(_Actor).remote()
        work = asyncio.ensure_future(outcome_of(actor.work.remote(host, port, token)))
        try:
            await asyncio.wait(
                (arrived, work), timeout=START_S, return_when=asyncio.FIRST_COMPLETED
            )
            if arrived.done():
                return RayWorker(self._ray, actor, arrived.result())
        finally:
            del self._expected[token]
        why = work.result() if work.done() else f"Ray has found no place for it in {START_S:g} s"
        raise WorkerError(f"a worker cannot be started on Ray: {why}")

    async def close(self) -> None:
        """See `Launcher`."""
        if self._server is not None:
            self._server.close()
        await asyncio.to_thread(self._ray.shutdown)

    async def _listen(self) -> tuple[str, int]:
        host = str(self._ray.util.get_node_ip_address())
        if self._server is None:
            self._server = await asyncio.start_server(self._welcome, host, 0)
        return host, self._server.sockets[0].getsockname()[1]

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take a connection that knows the token of a worker that is expected, and no other."""
        channel = Channel(reader, writer)
        told = b""
        with suppress(asyncio.IncompleteReadError, ConnectionError, TimeoutError):
            # No more than a token is read of somebody who may be anybody.
            async with asyncio.timeout(CONNECT_S):
                told = await reader.readexactly(2 * TOKEN_BYTES)
        for token, arrived in self._expected.items():
            if hmac.compare_digest(token.encode(), told) and not arrived.done():
                arrived.set_result(channel)
                return
        await channel.close()


def _may_lack_token() -> bool:
    """Whether the cluster may ask for a token that nothing tells Ray to send."""
    return "RAY_AUTH_MODE" not in os.environ and (Path.home() / ".ray" / "auth_token").is_file()


def _require_somebody(address: str | None) -> None:
    """Ray itself would wait for minutes.

    Raises:
        OSError: nobody listens at an address of the form `host:port`.
    """
    host, _, port = (address or "").rpartition("://")[2].rpartition(":")
    if host and port.isdecimal():
        socket.create_connection((host, int(port)), CONNECT_S).close()


async def outcome_of(reference: Any) -> str:
    """How an actor's work ended."""
    try:
        await reference
    except Exception as error:  # noqa: BLE001 - Ray's own errors are many, and all mean the same
        # Traces of other processes, in colour; the reason stands in the last line.
        lines = _COLOUR.sub("", str(error)).strip().splitlines() or [type(error).__name__]
        return lines[-1].strip()[:300]
    return "it ended"


class _Actor:
    """What Ray runs: one worker that connects back."""

    def work(self, host: str, port: int, token: str) -> None:
        """Work for the process at an address until it hangs up."""
        # Imported where it runs, so that the class itself is small to send.
        from button.run.workers.worker import serve  # noqa: PLC0415

        async def connected() -> None:
            reader, writer = await asyncio.open_connection(host, port)
            writer.write(token.encode())
            await serve(reader, writer)

        asyncio.run(connected())
