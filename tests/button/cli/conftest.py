"""Commands in forked processes: real ones, that can be sent real signals, without the imports."""

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.forking import Child, load


@pytest.fixture(scope="session")
def loaded() -> None:
    """What each child would load for itself."""
    load()


class Done(NamedTuple):
    code: int
    output: str
    errors: str


@pytest.fixture
def start(tmp_path_factory: pytest.TempPathFactory, loaded: None) -> Iterator[Callable[..., Child]]:
    """Starts a command and sees to its end."""
    started: list[Child] = []

    def begin(*args: str | Path) -> Child:
        started.append(Child(tmp_path_factory.mktemp("said"), *args))
        return started[-1]

    yield begin
    for child in started:
        if child.pid:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()


@pytest.fixture(scope="session")
def button(tmp_path_factory: pytest.TempPathFactory, loaded: None) -> Callable[..., Done]:
    """Runs a command to its end."""

    def run(*args: str | Path, cwd: Path | None = None, given: Path | None = None) -> Done:
        child = Child(tmp_path_factory.mktemp("said"), *args, cwd=cwd, given=given)
        code = child.wait()
        return Done(code, child.output.read_text(), child.errors.read_text())

    return run
