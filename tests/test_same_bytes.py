"""Same seed, same bytes: whatever the concurrency, and however often the run was killed."""

import os
import signal
import time
from pathlib import Path

import pytest

from tests.forking import Child, load

COUNT = 40


def start(out: Path, concurrency: int) -> Child:
    said = out.with_name(f"{out.name} said")
    said.mkdir(parents=True, exist_ok=True)
    flags = ("--count", COUNT, "--concurrency", concurrency, "--seed", 7, "--quiet")
    return Child(said, "generate", *map(str, flags), "--out", out)


def shards(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "shards").glob("*.jsonl"))}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    out = tmp_path_factory.mktemp("bytes") / "one"
    load()
    assert start(out, 1).wait() == 0
    made = shards(out)
    assert sum(data.count(b"\n") for name, data in made.items() if "accepted" in name) == COUNT
    return made


@pytest.mark.parametrize("concurrency", [4, 32])
def test_concurrency_changes_no_byte(
    concurrency: int, undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    assert start(tmp_path / "run", concurrency).wait() == 0
    assert shards(tmp_path / "run") == undisturbed


def test_a_killed_run_continues_to_the_same_bytes(
    undisturbed: dict[str, bytes], tmp_path: Path
) -> None:
    out = tmp_path / "run"
    killed = 0
    for settled in (1, 4, 9):
        killed += kill_when(start(out, 4), out, settled)
    assert killed >= 2
    assert start(out, 4).wait() == 0
    assert shards(out) == undisturbed


def kill_when(process: Child, out: Path, settled: int) -> bool:
    """SIGKILL the process once its journal has grown past a number of items."""
    deadline = time.monotonic() + 60
    while not process.ended and time.monotonic() < deadline:
        if settled_items(out) >= settled:
            os.kill(process.pid, signal.SIGKILL)
            return process.wait() == -signal.SIGKILL
        time.sleep(0.005)
    process.wait()
    return False


def settled_items(out: Path) -> int:
    """Less than the items on disk: the write-ahead log grows with each."""
    log = out / "run.db-wal"
    return log.stat().st_size // 25_000 if log.exists() else 0
