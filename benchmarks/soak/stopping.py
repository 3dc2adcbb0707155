"""Faults that end a run (key, model name, quota, redirect), and R12: no key in any text.

The server turns bad after a few answers; the command has to stop with 78 and reject nothing, and
with a server that is well again the same command ends with the bytes of an undisturbed run. The key
is a canary; some answers echo it. It must stand in no file, log, exception or output.
"""

import asyncio
import logging
import os
import pickle
import traceback
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory

from langchain_core.messages import HumanMessage

from benchmarks.soak.command import PATIENT, generate_flags, rows_of
from benchmarks.soak.goal import Measured
from benchmarks.soak.programs import rows_alone
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote
from button.context import Context, ModelSettings
from button.errors import ButtonError
from button.models.caller import CallKey, DirectCaller
from button.models.registry import build_model, close_models
from tests.faultserver.plan import Chosen
from tests.faultserver.server import FaultServer
from tests.faultserver.wire import STOPPING, WIRE, Exchange, reply

VARIABLE = "SOAK_KEY"
CANARY = "canary-7f3a9c51e2-not-to-be-seen"
REFUSED = 78
CALLS_BEFORE = 40
COUNT = 4
ECHOES = (400, 401, 403, 404, 429, 500, 503)


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """Each fault that ends a run, one after the other."""
    kinds = ["status_401_echo", *sorted(STOPPING - {"status_401_echo"})][: size.stopping_kinds]
    with TemporaryDirectory() as folder:
        wrong = asyncio.run(_stops(nest, Path(folder), kinds))
        hits = [
            str(path.relative_to(folder))
            for path in Path(folder).rglob("*")
            if path.is_file() and CANARY.encode() in path.read_bytes()
        ]
        files = sum(path.is_file() for path in Path(folder).rglob("*"))
    yield Measured(
        "R1 stopping faults",
        "exit 78, 0 rejects, continues to the same bytes",
        f"{len(kinds)} kinds, {len(wrong)} went wrong",
        not wrong,
        {"kinds": kinds, "wrong": wrong},
    )
    texts = asyncio.run(_texts())
    seen = [name for name, text in texts if CANARY in text]
    yield Measured(
        "R12 secrets",
        "0 hits of a canary key in run directories, output, logs, exceptions",
        f"{len(hits) + len(seen)} hits in {files} files and {len(texts)} texts",
        not hits and not seen and len(texts) > len(ECHOES),
        {"files": hits, "texts": seen},
    )


async def _stops(nest: Zygote, folder: Path, kinds: list[str]) -> list[str]:
    wrong: list[str] = []
    async with FaultServer() as server:
        arguments = _arguments(folder / "plain", server.base_url)
        await _command(nest, arguments, folder / "plain.log")
        for kind in kinds:
            out, log = folder / kind, folder / f"{kind}.log"
            first = server.count
            server.plan = Chosen(
                lambda key, attempt, number, kind=kind, first=first: (  # type: ignore[misc]
                    kind if number - first >= CALLS_BEFORE else None
                )
            )
            code = await _command(nest, _arguments(out, server.base_url), log)
            if code != REFUSED:
                wrong.append(f"{kind}: exit {code}")
            if list(rows_of(out, "rejected")):
                wrong.append(f"{kind}: something was rejected")
            server.plan = Chosen(lambda key, attempt, number: None)
            code = await _command(nest, _arguments(out, server.base_url), log)
            if code or rows_alone(out) != rows_alone(folder / "plain"):
                wrong.append(f"{kind}: continued with exit {code}, or to other bytes")
    return wrong


def _arguments(out: Path, base_url: str) -> list[str]:
    settings = PATIENT | {"default_model.api_key_env": VARIABLE}
    return generate_flags(out, base_url, settings, count=COUNT, concurrency=4, seed=2)


async def _command(nest: Zygote, arguments: list[str], log: Path) -> int:
    """The command, beside the server that runs in this process."""
    secret = {VARIABLE: CANARY}
    return await asyncio.to_thread(nest.run, "cli", arguments, log=log, environment=secret)


async def _texts() -> list[tuple[str, str]]:
    """All that a program sees of calls whose answer holds the key, with logs at their loudest."""
    texts: list[tuple[str, str]] = []
    heard = StringIO()
    handler = logging.StreamHandler(heard)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    os.environ[VARIABLE] = CANARY
    try:
        async with FaultServer(Chosen(lambda key, attempt, number: "status_500")) as server:
            for status in ECHOES:
                WIRE["status_500"], whole = _echo(status), WIRE["status_500"]
                try:
                    texts.append((f"exception {status}", await _asked(server.base_url)))
                finally:
                    WIRE["status_500"] = whole
    finally:
        del os.environ[VARIABLE]
        root.removeHandler(handler)
        root.setLevel(level)
    return [*texts, ("log", heard.getvalue())]


def _echo(status: int):  # type: ignore[no-untyped-def]
    async def fault(exchange: Exchange) -> None:
        body = f'{{"error": {{"message": "no: {exchange.authorization}", "code": "x"}}}}'
        await reply(exchange.writer, body.encode(), status=status)

    return fault


async def _asked(base_url: str) -> str:
    """What an exception of one call shows."""
    settings = ModelSettings(
        model="served", base_url=base_url, api_key_env=VARIABLE, max_attempts=2, max_outage_s=0
    )
    retry = {"first_backoff_s": 0.001, "longest_backoff_s": 0.01, "probe_every_s": 0.01}
    context = Context.model_validate({"default_model": settings, "retry": retry})
    key = CallKey(item=0, variant=0, agent="human", turn=0, attempt=0)
    try:
        await DirectCaller(context).call("human", key, [HumanMessage("Hello")])
    except ButtonError as error:
        shown = "".join(traceback.format_exception(error))
        return shown + repr(error) + repr(build_model(settings)) + str(pickle.dumps(str(error)))
    finally:
        await close_models()
    raise AssertionError("the server did not refuse")
