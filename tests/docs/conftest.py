"""One furnished folder and one served model for all pages; each page gets a copy."""

import os
import re
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.docs.sandbox import COUNT, KEYS, PATIENCE_S, Sandbox, copied, furnish
from tests.forking import Child, load


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Child]:
    """Starts `button` in a process of its own."""
    load()
    return lambda *args, **how: Child(tmp_path_factory.mktemp("said"), *args, **how)


@pytest.fixture(scope="session")
def furnished(run: Callable[..., Child], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("furnished")
    first = run("generate", "--count", str(COUNT), "--out", "runs/first", "--quiet", cwd=folder)
    assert first.wait() == 0, first.errors.read_text()
    furnish(folder)
    return folder


@pytest.fixture(scope="session")
def served(run: Callable[..., Child], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `button serve`."""
    child = run("serve", "--port", "0", cwd=tmp_path_factory.mktemp("served"))
    try:
        yield address_of(child)
    finally:
        os.kill(child.pid, signal.SIGTERM)
        child.wait()


def address_of(server: Child) -> str:
    """Where it says that it serves."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and not server.ended:
        said = server.output.read_text() if server.output.exists() else ""
        if found := re.search(r"Serving at (\S+)", said):
            return found[1]
        time.sleep(0.02)
    pytest.fail("button serve did not say its address")


@pytest.fixture
def sandbox(
    furnished: Path,
    served: str,
    run: Callable[..., Child],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Sandbox]:
    for name in KEYS:
        monkeypatch.setenv(name, "a-key")
    monkeypatch.setenv("BROWSER", "true %s")
    yield Sandbox(copied(furnished, tmp_path / "here"), served, run)
    shutil.rmtree(tmp_path / "here")
