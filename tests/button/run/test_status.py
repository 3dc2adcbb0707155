"""What a look at a run says: while it works, after it was killed, without its database."""

import asyncio
import os
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from button.errors import BudgetError, EndpointError, RunDirectoryError
from button.run.file_systems import file_system_of
from button.run.layout import RunLayout
from button.run.runner import RunProgress, generate
from button.run.status import status_of
from button.run.store import open_store
from button.run.verify import verify
from tests.forking import fork


async def test_a_run_in_progress_is_seen_as_it_is(world: ModuleType, tmp_path: Path) -> None:
    seen = []

    def look(progress: RunProgress) -> None:
        if progress.summary.items == 50 and not seen:
            seen.append((status_of(RunLayout(tmp_path)), progress.summary))

    plan = world.plan_for(tmp_path, concurrency=1, skipped={})
    await generate(plan, world.simulate, look)
    status, summary = seen[0]
    assert status.state == "running"
    assert status.held_by.startswith(f"process {os.getpid()} on ")
    assert not status.can_continue
    assert status.count == 100
    assert 0 <= summary.items - status.items <= 2
    assert summary.accepted - status.accepted <= 6
    done = status_of(RunLayout(tmp_path))
    assert (done.state, done.held_by, done.accepted) == ("complete", None, 100)
    assert done.calls is not None
    assert done.calls > 100
    assert not done.can_continue


def kill_at(world: ModuleType, run_dir: Path, items: int) -> None:
    """Leave what a process leaves that is killed after a number of items."""
    child = fork()
    if child == 0:

        async def simulate(item: int, seed: Any) -> list[Any]:
            if item == items:
                await world.simulate(item, seed)
                os.kill(os.getpid(), signal.SIGKILL)
            return list(await world.simulate(item, seed))

        asyncio.run(generate(world.plan_for(run_dir, concurrency=1), simulate))
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def test_a_killed_run_is_stopped_and_its_items_in_flight_are_counted(
    world: ModuleType, tmp_path: Path
) -> None:
    kill_at(world, tmp_path, 60)
    status = status_of(RunLayout(tmp_path))
    assert (status.state, status.held_by, status.can_continue) == ("stopped", None, True)
    assert status.source == "run.db"
    assert 55 <= status.items <= 60
    assert (status.in_flight, status.waiting) == (1 + 60 - status.items, 0)
    assert verify(RunLayout(tmp_path)) == []
    asyncio.run(generate(world.plan_for(tmp_path), world.simulate))
    assert status_of(RunLayout(tmp_path)).state == "complete"


@pytest.fixture
def read_only(tmp_path: Path, world: ModuleType) -> Iterator[Path]:
    """A run that was killed, on a disk that cannot be written."""
    point = tmp_path / "disk"
    point.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(point)], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can make a read-only disk")
    kill_at(world, point / "run", 60)
    (point / "run" / "run.db-shm").unlink(missing_ok=True)
    subprocess.run(["mount", "-o", "remount,ro", str(point)], check=True)
    yield point / "run"
    subprocess.run(["umount", "--lazy", str(point)], check=True)


def test_where_the_database_cannot_be_read_the_manifest_tells(read_only: Path) -> None:
    status = status_of(RunLayout(read_only))
    assert status.state == "stopped"
    assert status.accepted >= 30
    assert (status.calls, status.spending) == (None, None)
    assert status.source.startswith("MANIFEST.json (cannot open ")


async def test_what_stopped_a_run_is_told_and_gone_when_it_goes_on(
    world: ModuleType, tmp_path: Path
) -> None:
    async def refused(item: int, seed: Any) -> list[Any]:
        if item == 20:
            raise EndpointError("401 for model 'x'\n with key [secret]")
        return list(await world.simulate(item, seed))

    with pytest.raises(EndpointError):
        await generate(world.plan_for(tmp_path), refused)
    status = status_of(RunLayout(tmp_path))
    assert (status.state, status.error) == ("failed", "401 for model 'x' with key [secret]")
    assert status.can_continue
    await generate(world.plan_for(tmp_path), world.simulate)
    assert status_of(RunLayout(tmp_path)).error == ""


async def test_a_budget_that_is_used_up_leaves_an_incomplete_run(
    world: ModuleType, tmp_path: Path
) -> None:
    ended = []

    async def limited(item: int, seed: Any) -> list[Any]:
        if item >= 20:
            raise BudgetError("calls", "budget.calls is used up: 20 of 20")
        await asyncio.sleep(0.01 * (item == 18))
        ended.append(item)
        return list(await world.simulate(item, seed))

    summary = await generate(world.plan_for(tmp_path / "a", concurrency=8, drain_s=30), limited)
    assert summary.ended == "incomplete:budget"
    assert "budget.calls is used up: 20 of 20" in summary.shortfall
    assert sorted(ended) == list(range(20))
    status = status_of(RunLayout(tmp_path / "a"))
    assert (status.state, status.items, status.can_continue) == ("incomplete:budget", 20, True)
    await generate(world.plan_for(tmp_path / "a"), world.simulate)
    await generate(world.plan_for(tmp_path / "b"), world.simulate)
    assert world.product(tmp_path / "a") == world.product(tmp_path / "b")


def test_a_copied_run_goes_on_by_itself(world: ModuleType, tmp_path: Path) -> None:
    kill_at(world, tmp_path / "a", 30)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    for name in ("a", "b", "c"):
        asyncio.run(generate(world.plan_for(tmp_path / name), world.simulate))
    made = [world.product(tmp_path / name) for name in ("a", "b", "c")]
    assert made[0] == made[1] == made[2]


MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
40 22 0:35 / /mnt/my\\040runs rw - nfs4 server:/export rw
41 40 0:36 / /mnt/my\\040runs/local rw shared:7 - tmpfs tmpfs rw
42 22 0:37 / /mnt/s3 rw - fuse.s3fs s3fs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/elsewhere/run", "ext4"),
        ("/mnt/my runs/run", "nfs4"),
        ("/mnt/my runs/local/run", "tmpfs"),
        ("/mnt/my runsx", "ext4"),
        ("/mnt/s3/run", "fuse.s3fs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_deepest_mount(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind


async def test_on_a_network_file_system_the_database_is_held_alone(
    world: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"22 1 254:0 / {tmp_path} rw - nfs4 server:/x rw\n")
    monkeypatch.setattr("button.run.file_systems.MOUNTS", mounts)
    await generate(world.plan_for(tmp_path / "run", count=5), world.simulate)
    warnings = [each.message for each in caplog.records if "network" in each.message]
    assert len(warnings) == 1
    assert "(nfs4): run.db is held by one process alone" in warnings[0]
    header = status_of(RunLayout(tmp_path / "run"))
    assert header.accepted == 5
    layout = RunLayout(tmp_path / "other")
    layout.root.mkdir()
    store = open_store(layout, "identity", keep_calls=False)
    await store.flush()
    assert not (layout.root / "run.db-shm").exists()
    reader = sqlite3.connect(f"file:{layout.database}?mode=ro", uri=True, timeout=0)
    with pytest.raises(sqlite3.OperationalError, match="locked|unable to open"):
        reader.execute("SELECT * FROM meta").fetchall()
    reader.close()
    await store.close()


def test_a_path_that_is_no_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunDirectoryError, match=r"is no run directory: no run\.json"):
        status_of(RunLayout(tmp_path))
