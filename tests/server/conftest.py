"""The real development server, once for all tests of this folder, in a folder of its own."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk import get_client
from langgraph_sdk.client import LangGraphClient

from button.context import Context
from graphs.bottom_up import graph as bottom_up

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
SEED = {"kind": "scenario", "source": "studio", "text": "booking a flight for a trip"}
SETTINGS: dict[str, Any] = {
    "strategy": "parallel_then_sequential",
    "composition_depth": 1,
    "scenario_variants": 3,
}
"""Four variants, so that some are accepted whatever becomes of one of them."""


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that serves `langgraph.json`; its files stay in a temporary folder.

    Switched off: analytics, the version check, tracing. So it connects to nothing.
    """
    pytest.importorskip("langgraph_api", reason="the extra `studio` is not installed")
    folder = tmp_path_factory.mktemp("server")
    shutil.copy(ROOT / "langgraph.json", folder)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "langgraph_cli", "dev", "--no-browser", "--no-reload",
        "--port", str(port), "--n-jobs-per-worker", "4",
    ]  # fmt: skip
    switches = {
        "LANGGRAPH_CLI_NO_ANALYTICS": "1", "LANGGRAPH_NO_VERSION_CHECK": "true",
        "LANGSMITH_TRACING": "false", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    log = folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **switches}, stdout=out, stderr=out
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_until_up(process, address, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_until_up(process: "subprocess.Popen[bytes]", address: str, log: Path) -> None:
    """Return once the server answers; fail with its log where it does not."""
    deadline = time.monotonic() + PATIENCE_S
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"{address}/ok").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the server did not start (status {process.poll()}):\n{log.read_text()[-3000:]}")


@pytest.fixture
async def client(server: str) -> AsyncIterator[LangGraphClient]:
    """The SDK's client; a key in the environment is not picked up."""
    async with get_client(url=server, api_key=None) as sdk:
        yield sdk


@pytest.fixture(scope="session")
def specification() -> dict[str, Any]:
    """A task with two parallel calls and one that needs both: what a conversation starts from."""
    made = asyncio.run(bottom_up.ainvoke({"item": 0, "seed": SEED}, context=Context(**SETTINGS)))
    whole = made["specifications"][0]
    return {key: whole[key] for key in ("task", "sub_tasks", "functions")}


@pytest.fixture
def seed() -> dict[str, Any]:
    """A seed as a person types it into Studio's form."""
    return dict(SEED)


@pytest.fixture
def settings() -> dict[str, Any]:
    """The settings under which `specification` was made."""
    return dict(SETTINGS)
