"""Disks that are full, broken, read-only or gone: nothing committed is lost, the run goes on."""

import asyncio
import errno
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from button.errors import ButtonError, RunDirectoryError, StorageError
from button.run import disk, watch
from button.run.layout import RunLayout
from button.run.reading import RunReader
from button.run.runner import RunProgress, generate
from button.run.status import status_of
from button.run.store import open_store
from button.run.verify import verify
from tests.forking import fork

COUNT = 35
Make = Callable[..., dict[str, bytes]]


@pytest.fixture(scope="module")
def undisturbed(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return run(world, tmp_path_factory.mktemp("undisturbed"))


def run(world: ModuleType, run_dir: Path, **changes: Any) -> dict[str, bytes]:
    asyncio.run(generate(world.plan_for(run_dir, count=COUNT, **changes), world.simulate))
    files: dict[str, bytes] = world.product(run_dir)
    return files


def settled(run_dir: Path) -> set[int]:
    """Items that run.db says have ended."""
    if not RunLayout(run_dir).database.exists():
        return set()
    connection = sqlite3.connect(f"file:{run_dir / 'run.db'}?mode=ro", uri=True)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        if not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            return set()
        decided = connection.execute("SELECT max(decided) FROM shard").fetchone()[0] or 0
        return {row[0] for row in connection.execute("SELECT i FROM item")} | set(range(decided))
    finally:
        connection.close()


def failure_of(work: Callable[[], object]) -> ButtonError | None:
    try:
        work()
    except ButtonError as error:
        return error
    return None


def failing(place: str, number: int, code: int) -> Callable[..., Any]:
    """The operation, failing at its call `number` and at each one after it."""
    whole = getattr(disk, place)
    calls = count()

    def operation(*arguments: Any) -> Any:
        if next(calls) < number:
            return whole(*arguments)
        if place == "write_whole":
            os.write(arguments[0], arguments[1][: len(arguments[1]) // 3])
        raise OSError(code, os.strerror(code))

    return operation


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("create", errno.ENOSPC),
        ("write_whole", errno.ENOSPC),
        ("sync", errno.EIO),
        ("rename", errno.EIO),
        ("sync_folder", errno.EIO),
    ],
)
def test_a_failure_at_any_operation_on_files_loses_nothing(
    world: ModuleType,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
    place: str,
    code: int,
) -> None:
    failures = 0
    for number in count():
        run_dir = tmp_path / str(number)
        with monkeypatch.context() as patch:
            patch.setattr(disk, place, failing(place, number, code))
            error = failure_of(lambda to=run_dir: run(world, to))
        if error is None:
            break
        assert error.exit_code == 74, error
        assert os.strerror(code) in str(error)
        failures += 1
        before = settled(run_dir) if run_dir.exists() else set()
        assert run(world, run_dir) == undisturbed
        assert before <= settled(run_dir)
        shutil.rmtree(run_dir)
    assert failures >= 5


def test_a_sync_that_failed_is_not_tried_again(
    world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def broken(descriptor: int) -> None:
        calls.append(descriptor)
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(disk, "sync", broken)
    with pytest.raises(StorageError, match=r"cannot write '.*run\.json': Input/output error"):
        run(world, tmp_path / "run")
    assert len(calls) == 1


def test_a_short_write_is_completed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = os.write
    monkeypatch.setattr("button.run.disk.os.write", lambda to, data: write(to, data[:7]))
    descriptor = disk.create(tmp_path / "file")
    disk.write_whole(descriptor, b"x" * 100)
    os.close(descriptor)
    assert (tmp_path / "file").read_bytes() == b"x" * 100


def in_child(work: Callable[[], object]) -> int:
    """The exit code that `work` would give the command line, from a process of its own."""
    child = fork()
    if child == 0:
        code = 70
        try:
            work()
            code = 0
        except ButtonError as error:
            code = error.exit_code
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def test_files_that_may_not_grow_further_lose_nothing(
    world: ModuleType, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    """Writes of SQLite fail, now early, now late: the file would become larger than allowed."""
    codes = []
    for limit in count(4096, 7 * 4096):
        run_dir = tmp_path / str(limit)

        def work(run_dir: Path = run_dir, limit: int = limit) -> None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
            run(world, run_dir)

        codes.append(in_child(work))
        if codes[-1] == 0:
            break
        before = settled(run_dir)
        assert run(world, run_dir) == undisturbed
        assert before <= settled(run_dir)
        assert verify(RunLayout(run_dir)) == []
        shutil.rmtree(run_dir)
    assert set(codes[:-1]) == {74}
    assert len(codes) > 10


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of one megabyte."""
    point = tmp_path / "small"
    point.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(point)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can make a small disk")
    yield point
    subprocess.run(["umount", "--lazy", str(point)], check=True, capture_output=True)


def test_a_disk_that_fills_up_stops_the_run_which_goes_on_with_room(
    world: ModuleType, small_disk: Path, undisturbed: dict[str, bytes]
) -> None:
    ballast = small_disk / "ballast"
    for size in (930_000, 870_000, 800_000, 700_000):
        ballast.write_bytes(b"x" * size)
        run_dir = small_disk / "run"
        with pytest.raises(StorageError):
            run(world, run_dir)
        before = settled(run_dir)
        ballast.write_bytes(b"")
        assert run(world, run_dir) == undisturbed
        assert before <= settled(run_dir)
        shutil.rmtree(run_dir)


def test_a_read_only_disk_is_named_and_can_be_read(world: ModuleType, small_disk: Path) -> None:
    run_dir = small_disk / "run"
    run(world, run_dir)
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(StorageError, match=r"run(/LOCK|\.db.*)': Read-only file system"):
        run(world, run_dir)
    assert status_of(RunLayout(run_dir)).accepted == COUNT
    assert verify(RunLayout(run_dir)) == []
    assert len(list(RunReader(run_dir).rows())) == COUNT


def test_a_reserve_of_the_disk_stays_free(
    world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = dict.fromkeys(("f_frsize", "f_bavail", "f_blocks"), 0)
    fields |= {"f_frsize": 1 << 20, "f_bavail": 63, "f_blocks": 1 << 20}
    nearly_full = type("Room", (), fields)
    with monkeypatch.context() as patch:
        patch.setattr(watch.os, "statvfs", lambda _: nearly_full)
        with pytest.raises(StorageError, match=r"nearly full \(63 MB free, 64 MB are kept"):
            run(world, tmp_path / "run")
        run(world, tmp_path / "less", reserve_mb=63)
    run(world, tmp_path / "run")


@pytest.mark.parametrize("lost", ["run.db", "LOCK", "."])
def test_files_deleted_while_the_run_works_are_noticed(
    world: ModuleType, tmp_path: Path, lost: str
) -> None:
    run_dir = tmp_path / "run"

    def lose(progress: RunProgress) -> None:
        if progress.summary.items >= 10 and (run_dir / lost).exists():
            shutil.rmtree(run_dir) if lost == "." else (run_dir / lost).unlink()

    plan = world.plan_for(run_dir, count=COUNT)
    with pytest.raises(StorageError, match=r"was deleted or replaced while the run worked on it"):
        asyncio.run(generate(plan, world.simulate, lose))


def test_a_path_that_cannot_hold_a_run_is_named(world: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunDirectoryError, match="file' is a file"):
        run(world, tmp_path / "file")
    with pytest.raises((StorageError, RunDirectoryError), match="cannot make folder"):
        run(world, tmp_path / "file" / "run")


async def test_after_a_failed_commit_sqlite_writes_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Closing the last connection would write the log into the file, on a disk that has failed."""
    layout = RunLayout(tmp_path)
    store = open_store(layout, "identity", keep_calls=False)
    store.settle(0, [])
    await store.flush()
    before = layout.database.read_bytes(), layout.database_log.read_bytes()

    def broken(*_: object) -> None:
        raise sqlite3.OperationalError("disk I/O error")

    with monkeypatch.context() as patch:
        patch.setattr("button.run.writer._commit", broken)
        store.settle(1, [])
        with pytest.raises(StorageError, match=r"cannot write run\.db: disk I/O error"):
            await store.flush()
        await store.close()
    assert (layout.database.read_bytes(), layout.database_log.read_bytes()) == before
    assert not layout.database_sum.exists()
    store = open_store(layout, "identity", keep_calls=False)
    assert [item for item, _ in store.settled()] == [0]
    await store.close()
    assert layout.database_sum.exists()
    assert not layout.database_log.exists()
