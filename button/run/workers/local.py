"""Workers as processes of this machine."""

import asyncio
import os
import socket
import sys
from contextlib import suppress

from button.errors import WorkerError
from button.run.workers.wire import Channel

GRACE_S = 5.0
"""Time to end by itself once the connection is closed."""


class LocalWorker:
    """A process with a socket of its own (`button.run.workers.pool.Launched`)."""

    def __init__(self, process: asyncio.subprocess.Process, channel: Channel) -> None:
        self.process = process
        self.channel = channel
        self.pid = process.pid

    async def ended(self) -> str:
        """See `Launched`."""
        await self.channel.close()
        try:
            async with asyncio.timeout(GRACE_S):
                code = await self.process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            code = await self.process.wait()
        return f"was killed by signal {-code}" if code < 0 else f"ended with code {code}"


class LocalLauncher:
    """Starts `python -m button.run.workers.worker` (`button.run.workers.pool.Launcher`)."""

    async def launch(self) -> LocalWorker:
        """See `Launcher`.

        Raises:
            WorkerError: the process cannot be started.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    "-P",
                    "-m",
                    "button.run.workers.worker",
                    str(theirs.fileno()),
                    env=_environment(),
                    pass_fds=(theirs.fileno(),),
                    stdin=asyncio.subprocess.DEVNULL,
                    start_new_session=True,
                )
            except OSError as error:
                ours.close()
                raise WorkerError(f"a worker cannot be started: {error}") from None
        return LocalWorker(process, Channel(*await asyncio.open_connection(sock=ours)))

    async def close(self) -> None:
        """Nothing is held."""


def _environment() -> dict[str, str]:
    """Ours, with the places where this process finds modules.

    A worker must find the same: with `-m` alone, a folder `agents` or `tools` where the person
    stands would take the place of ours.
    """
    return os.environ | {"PYTHONPATH": os.pathsep.join(place or os.curdir for place in sys.path)}
