"""What forked processes run (`benchmarks.soak.zygote`): the real command, or a pretended run.

Both can be told to die or to fail at one operation of theirs on the disk.
"""

import asyncio
import errno
import importlib
import itertools
import json
import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from benchmarks.soak import server
from benchmarks.soak.memory import watch
from button.cli import main as command
from button.errors import ButtonError
from button.run import disk, writer
from tests.button.run import run_world
from tests.forking import load

PLACES: dict[str, tuple[Any, str]] = {
    "create": (disk, "create"),
    "write": (disk, "write_whole"),
    "sync": (disk, "sync"),
    "rename": (disk, "rename"),
    "sync folder": (disk, "sync_folder"),
    "commit": (writer, "_commit"),
}
"""Operations on files and database that a run depends on, by name."""
Way = Literal["before", "after", "within"]


def warm() -> None:
    """Load what each command would load: code, world, prompts."""
    load()
    importlib.import_module("aiohttp")


def cli(*arguments: str, jumps: bool = False) -> int:
    """`button ARGUMENTS`, with a clock that `jumps` where asked."""
    if jumps:
        whole, turns = time.time, itertools.cycle((-3600.0, 0.0, 86_400.0))
        time.time = lambda: whole() + next(turns)
    sys.argv = ["button", *arguments]
    try:
        command()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else 0
    return 0


def world(
    run_dir: str,
    concurrency: str = "8",
    slowness: str = "0.001",
    *,
    dies: list[Any] | None = None,
    fails: list[Any] | None = None,
) -> int:
    """The run of tests/button/run/run_world.py, 100 rows in shards of 30."""
    arm(dies, fails)
    try:
        asyncio.run(run_world.main(run_dir, "100", concurrency, slowness))
    except ButtonError as error:
        print(error, file=sys.stderr)
        return error.exit_code
    return 0


def serve(weather: str) -> int:
    """The fault server with the `Weather` that a JSON object gives."""
    asyncio.run(server.serve(server.Weather(**json.loads(weather))))
    return 0


def memory(what: str, folder: str, begin: str, end: str) -> int:
    """See `benchmarks.soak.memory.watch`."""
    watch(what, folder, int(begin), int(end))
    return 0


def arm(dies: list[Any] | None, fails: list[Any] | None) -> None:
    """Let the process die (place, number, way) or an operation fail (place, number)."""
    if dies:
        _spoil(dies[0], dies[1], lambda whole, arguments: _die(dies[2], whole, arguments))
    if fails:
        _spoil(fails[0], fails[1], lambda whole, arguments: _fail(fails[0], arguments))


def _spoil(place: str, number: int, spoiled: Callable[[Any, Any], Any]) -> None:
    """Replace call `number` (from 0) of the operation; no later one of a failed disk succeeds."""
    owner, name = PLACES[place]
    whole = getattr(owner, name)
    seen = 0

    def watched(*arguments: Any) -> Any:
        nonlocal seen
        seen += 1
        return whole(*arguments) if seen <= number else spoiled(whole, arguments)

    setattr(owner, name, watched)


def _die(way: Way, whole: Callable[..., Any], arguments: Any) -> None:
    if way == "after":
        whole(*arguments)
    if way == "within":
        descriptor, data = arguments
        os.write(descriptor, data[: len(data) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def _fail(place: str, arguments: Any) -> None:
    if place == "commit":
        raise sqlite3.OperationalError("database or disk is full")
    if place == "write":
        descriptor, data = arguments
        # What a full disk does: it takes a part without a word.
        os.write(descriptor, data[: len(data) // 3])
    code = errno.EIO if "sync" in place else errno.ENOSPC
    raise OSError(code, os.strerror(code))


def shards_of(run_dir: Path) -> dict[str, bytes]:
    """The files that must not depend on how a run was made: shards and manifest."""
    found = [*sorted((run_dir / "shards").glob("*.jsonl")), run_dir / "MANIFEST.json"]
    return {path.name: path.read_bytes() for path in found if path.exists()}


def rows_alone(run_dir: Path) -> dict[str, bytes]:
    """The shards."""
    return {name: data for name, data in shards_of(run_dir).items() if name.endswith(".jsonl")}
