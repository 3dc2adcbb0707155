"""The whole pipeline over real HTTP against a server that is not ours, with an enemy for a model.

llama.cpp's server, and models of random weights that are steered to call always, to call never, or
to emit broken UTF-8 (docs/reliability.md says how to build both, in about eight minutes). What they
say fits the grammar and means nothing. So a run has to end, and what fails a check has to be
rejected with a reason.

Looked for in the folder that the environment variable BUTTON_LOCAL_LLM names, else in
~/.cache/button/local-llm: `llama-server`, `always.gguf`, `never.gguf`, `bytes.gguf`. With
BUTTON_LOCAL_URL any OpenAI-compatible server is tried besides, such as http://127.0.0.1:8000/v1
(BUTTON_LOCAL_MODEL names the model).
"""

import asyncio
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from benchmarks.audit import Audit
from button.context import Context, ModelSettings
from button.models.registry import close_models
from button.records import Seed, Trajectory
from button.run.builtin_seeds import builtin_seed
from button.run.pipeline import planned, simulator_of
from button.run.plan import Handling
from button.run.reading import read_rows
from button.run.runner import generate

FOLDER = Path(os.environ.get("BUTTON_LOCAL_LLM") or Path.home() / ".cache" / "button" / "local-llm")
SERVER = FOLDER / "llama-server"
URL = os.environ.get("BUTTON_LOCAL_URL")
MODEL = os.environ.get("BUTTON_LOCAL_MODEL", "tiny")
PATIENCE_S = 240
ITEMS = 2
RETRY = {"first_backoff_s": 0.05, "longest_backoff_s": 0.2, "probe_every_s": 0.2}

pytestmark = [pytest.mark.server, pytest.mark.slow]
needs_llama = pytest.mark.skipif(
    not SERVER.exists(),
    reason=f"no llama-server in {FOLDER}: docs/reliability.md says how to build it, "
    "BUTTON_LOCAL_LLM names another folder",
)


class Llama:
    """A server with one of the models, on a port that stays the same when it is started again."""

    def __init__(self, model: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._model = FOLDER / f"{model}.gguf"
        self.base_url = f"http://127.0.0.1:{self._port}/v1"
        self.start()

    def start(self) -> None:
        command = [SERVER, "-m", self._model, "--alias", "tiny", "--host", "127.0.0.1"]
        command += ["--port", self._port, "--jinja", "-c", 65536, "-np", 4, "-t", 1, "--offline"]
        self.process = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while True:
            assert time.monotonic() < deadline, "llama-server did not get ready"
            assert self.process.poll() is None, "llama-server ended at once"
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self._port}/health", timeout=5).close()
            except OSError:
                time.sleep(0.02)
            else:
                return

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextmanager
def llama(model: str) -> Iterator[Llama]:
    if not (FOLDER / f"{model}.gguf").exists():
        pytest.skip(f"no {model}.gguf in {FOLDER}: docs/reliability.md says how to make it")
    server = Llama(model)
    try:
        yield server
    finally:
        server.kill()


def context_for(roles: list[str], base_url: str, **settings: Any) -> Context:
    """The embedded model plays all roles but these; the world's own seeds suit it."""
    enemy = ModelSettings.model_validate(
        {"model": MODEL, "base_url": base_url, "max_tokens": 120, "timeout_s": 60} | settings
    )
    who: dict[str, Any] = {"models": dict.fromkeys(roles, enemy)}
    if roles == ["all"]:
        who = {"default_model": enemy}
    return Context.model_validate(who | {"retry": RETRY, "scenario_variants": 0})


async def made(context: Context, out: Path) -> tuple[list[Any], list[Any]]:
    """Accepted and rejected rows of a run that has to end, and to have judged each item."""
    seeds: list[Seed] = [builtin_seed(0, item) for item in range(ITEMS)]
    handling = Handling(concurrency=4)
    plan = planned(out, context, seeds, count=None, skipped={}, handling=handling)
    began = time.monotonic()
    try:
        async with asyncio.timeout(PATIENCE_S):
            summary = await generate(plan, simulator_of(context))
    finally:
        await close_models()
    accepted, rejected = list(read_rows(out)), list(read_rows(out, "rejected"))
    codes = Counter(row["code"] for row in rejected)
    print(f"{out.name}: {len(accepted)} accepted, {dict(codes)}, {time.monotonic() - began:.1f} s")
    assert summary.ended == "exhausted"
    assert {row["seeds"]["item"] for row in [*accepted, *rejected]} == set(range(ITEMS))
    assert all(row["code"] and row["detail"] for row in rejected)
    assert not codes.keys() & {"internal_error", "model_error"}
    audit = Audit()
    for row in accepted:
        assert Trajectory.from_row(row).to_row() == row
        audit.add(row)
    assert audit.broken == 0
    return accepted, rejected


CASES: dict[str, tuple[str, list[str], dict[str, Any]]] = {
    "plays everybody": ("always", ["all"], {}),
    "plays everybody in words": ("never", ["all"], {"structured": "text"}),
    "plays everybody in broken bytes": ("bytes", ["all"], {}),
    "always calls": ("always", ["assistant"], {}),
    "never calls": ("never", ["assistant"], {}),
    "is cut off in mid-call": ("always", ["assistant"], {"max_tokens": 14}),
    "calls by tags": ("never", ["assistant"], {"protocol": "button_tags"}),
    "speaks as the human": ("always", ["human"], {}),
}
"""What the enemy does: its model, its roles, its settings."""


@needs_llama
@pytest.mark.parametrize("case", CASES)
async def test_nothing_of_an_enemy_is_accepted(case: str, tmp_path: Path) -> None:
    model, roles, settings = CASES[case]
    with llama(model) as server:
        context = context_for(roles, server.base_url, **settings)
        accepted, rejected = await made(context, tmp_path / case)
    assert accepted == []
    assert len(rejected) >= ITEMS


@needs_llama
async def test_results_that_fit_their_schema_and_mean_nothing_are_at_least_sound(
    tmp_path: Path,
) -> None:
    # What a tool says cannot be wrong, only unsound: an accepted row has passed the audit above.
    with llama("always") as server:
        context = context_for(["tool"], server.base_url)
        accepted, rejected = await made(context, tmp_path / "results")
    assert len(accepted) + len(rejected) >= ITEMS


@needs_llama
async def test_a_server_that_is_killed_in_mid_generation_rejects_nothing_by_that(
    tmp_path: Path,
) -> None:
    with llama("always") as server:
        context = context_for(["assistant"], server.base_url)

        async def die_and_return() -> None:
            await asyncio.sleep(0.4)
            server.kill()
            await asyncio.sleep(0.5)
            await asyncio.to_thread(server.start)

        killing = asyncio.create_task(die_and_return())
        _, rejected = await made(context, tmp_path / "killed")
        await killing
    assert "endpoint_failure" not in {row["code"] for row in rejected}


@pytest.mark.skipif(URL is None, reason="BUTTON_LOCAL_URL names no running server")
async def test_a_running_server_gives_rows_that_hold_or_reasons(tmp_path: Path) -> None:
    assert URL is not None
    await made(context_for(["all"], URL, max_tokens=1000), tmp_path / "running")
