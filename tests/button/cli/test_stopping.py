"""Real processes that are stopped, refused, left by their reader, looked at and continued."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from button.cli import running
from button.run.layout import RunLayout
from button.run.runner import generate
from button.run.status import RunStatus, status_of
from button.run.summary import RunSummary

ROOT = Path(__file__).parents[3]
CLI = [sys.executable, "-c", "from button.cli import main; main()"]
COUNT = "40"


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of an endpoint that takes connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


def wait_until(condition: Callable[[], bool]) -> None:
    last = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < last, "it never came"
        time.sleep(0.01)


def generate_at(address: str, out: Path) -> list[str | Path]:
    sets = (f"default_model.base_url={address}", "default_model.model=m")
    return ["generate", *(word for each in sets for word in ("--set", each)), "--out", out]


def shards(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "shards").iterdir())}


def status(out: Path) -> RunStatus:
    return status_of(RunLayout(out))


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, bytes]]:
    """The shards of a run that nothing disturbs, made once."""
    out = tmp_path_factory.mktemp("undisturbed") / "run"

    def made(button: Callable[..., Any]) -> dict[str, bytes]:
        if not out.exists():
            assert button("generate", "--count", COUNT, "--out", out, "--quiet").code == 0
        return shards(out)

    return made


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_run_cleanly_and_resume_gives_the_same_bytes(
    number: signal.Signals,
    tmp_path: Path,
    start: Callable[..., Any],
    button: Callable[..., Any],
    undisturbed: Callable[..., dict[str, bytes]],
) -> None:
    out, log = tmp_path / "run", tmp_path / "run" / "run.db-wal"
    child = start("generate", "--count", COUNT, "--concurrency", "2", "--out", out)
    wait_until(lambda: log.exists() and log.stat().st_size > 60_000)
    os.kill(child.pid, number)
    assert child.wait() == 128 + number, child.errors.read_text()
    assert "a second signal stops at once" in child.output.read_text()
    found = status(out)
    assert (found.state, found.held_by, found.can_continue) == ("interrupted", None, True)
    assert 0 < found.accepted < int(COUNT)
    assert button("verify", out) == (0, f"{out} is whole.\n", "")
    assert button("resume", out, "--concurrency", "8", "--quiet").code == 0
    assert shards(out) == undisturbed(button)


@pytest.mark.server
def test_a_second_signal_ends_it_at_once(
    tmp_path: Path, start: Callable[..., Any], button: Callable[..., Any], silent: str
) -> None:
    out = tmp_path / "run"
    child = start(*generate_at(silent, out), "--drain-s", "3000")
    wait_until((out / "MANIFEST.json").exists)
    os.kill(child.pid, signal.SIGINT)
    wait_until(lambda: "Stopping" in child.output.read_text())
    told = json.loads(button("status", out, "--json").output)
    assert told["state"] == "running"
    assert told["held_by"].startswith(f"process {child.pid} on ")
    os.kill(child.pid, signal.SIGTERM)
    assert child.wait() == 128 + signal.SIGTERM
    assert status(out).state == "stopped"


@pytest.mark.server
def test_waiting_for_items_in_flight_is_bounded(
    tmp_path: Path, start: Callable[..., Any], silent: str
) -> None:
    out = tmp_path / "run"
    child = start(*generate_at(silent, out), "--drain-s", "0.1")
    wait_until((out / "MANIFEST.json").exists)
    os.kill(child.pid, signal.SIGTERM)
    assert child.wait() == 128 + signal.SIGTERM
    assert "Traceback" not in child.errors.read_text()
    assert status(out).state == "interrupted"


def test_a_run_that_reached_its_count_is_done_whatever_signals_came(
    tmp_path: Path, button: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def signalled(*args: Any, **kwargs: Any) -> RunSummary:
        summary = await generate(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGINT)
        await kwargs["stop"].wait()
        return summary

    monkeypatch.setattr(running, "generate", signalled)
    done = button("generate", "--count", "2", "--out", tmp_path / "run")
    assert done.code == 0, done.errors
    assert "The dataset is in" in done.output


def test_a_replay_that_was_stopped_says_what_continues_it(
    tmp_path: Path, button: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    run, new = tmp_path / "run", tmp_path / "new"
    assert button("generate", "--count", "2", "--out", run, "--keep-calls", "--quiet").code == 0

    async def stopped(*args: Any, **kwargs: Any) -> RunSummary:
        os.kill(os.getpid(), signal.SIGTERM)
        await kwargs["stop"].wait()
        return await generate(*args, **kwargs)

    with monkeypatch.context() as patched:
        patched.setattr(running, "generate", stopped)
        done = button("record", "replay", run, new)
    assert done.code == 128 + signal.SIGTERM
    words = " ".join(done.output.split())
    assert "0 of 2 trajectories accepted from 0 items: interrupted; " in words
    command = f"button resume {new}"
    assert f"Continue with: {command}" in words
    assert button(*command.split()[1:], "--quiet").code == 0
    assert shards(new) == shards(run)


@pytest.mark.server
def test_a_second_process_is_refused_and_the_first_goes_on(
    tmp_path: Path, start: Callable[..., Any], button: Callable[..., Any], silent: str
) -> None:
    out = tmp_path / "run"
    child = start(*generate_at(silent, out), "--drain-s", "0")
    wait_until((out / "MANIFEST.json").exists)
    for command in (generate_at(silent, out), ["resume", out], ["record", "prune", out]):
        done = button(*command)
        assert done.code == 73, done.errors
        assert f"in use by process {child.pid} on {os.uname().nodename}" in done.errors
        assert done.errors.count("\n") == 1
    assert os.waitpid(child.pid, os.WNOHANG) == (0, 0)


def test_closed_output_does_not_end_a_run(tmp_path: Path) -> None:
    command = [*CLI, "generate", "--count", "5", "--out", str(tmp_path / "run")]
    closed = ["/bin/sh", "-c", 'exec "$@" >&- 2>&-', "sh", *command]
    assert subprocess.run(closed, cwd=ROOT, timeout=120, check=False).returncode == 0
    assert len(shards(tmp_path / "run")) == 1


def test_a_reader_that_leaves_does_not_end_a_run(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [*CLI, "generate", "--count", "5", "--out", str(tmp_path / "run")],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert (process.wait(timeout=60), errors) == (0, "")


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["status", "nowhere"], 73, "no run directory"),
        (["resume", "nowhere"], 73, "no run directory"),
        (["verify", "nowhere"], 73, "no run directory"),
        (["fork", "nowhere", "new"], 65, "'nowhere' is not there"),
        (["record", "export", "README.md", "x"], 65, "'README.md' is damaged"),
        (["generate", "--out", "README.md"], 73, "'README.md' is a file"),
        (["status", "README.md"], 73, "'README.md' is a file"),
    ],
)
def test_what_is_no_run_is_named_in_one_line(
    args: list[str], code: int, said: str, button: Callable[..., Any]
) -> None:
    done = button(*args)
    assert done.code == code, done.errors
    assert said in done.errors
    assert done.errors.count("\n") == 1
