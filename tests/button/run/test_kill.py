"""A process that is killed for real, at moments of its own and of ours, and started again."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

from button.errors import RunDirectoryError
from button.run.runner import generate

ROOT = Path(__file__).parents[3]
PROGRAM = Path(__file__).with_name("run_world.py")


def start(run_dir: Path, *arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(PROGRAM), str(run_dir), *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline, f"{path} never came"
        time.sleep(0.005)


@pytest.fixture(scope="module")
def undisturbed(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    run_dir = tmp_path_factory.mktemp("undisturbed")
    asyncio.run(generate(world.plan_for(run_dir), world.simulate))
    product: dict[str, bytes] = world.product(run_dir)
    return product


async def test_killed_at_any_moment_the_shards_come_out_the_same(
    world: ModuleType, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    kills = 0
    for pause in (0.0, 0.02, 0.05, 0.1, 0.2, 0.3):
        process = start(tmp_path, 100, 8, 0.05)
        wait_for(tmp_path / "run.db")
        await asyncio.sleep(pause)
        process.send_signal(signal.SIGKILL)
        kills += process.wait() == -signal.SIGKILL
    assert kills >= 3
    await generate(world.plan_for(tmp_path, concurrency=32), world.simulate)
    assert world.product(tmp_path) == undisturbed


@pytest.mark.parametrize(
    ("place", "point"),
    [
        *(("rename", point) for point in range(16)),
        *(("commit", point) for point in (0, 1, 2, 3, 10, 11, 40, 41)),
    ],
)
async def test_killed_at_a_named_point_the_shards_come_out_the_same(
    world: ModuleType, tmp_path: Path, undisturbed: dict[str, bytes], place: str, point: int
) -> None:
    process = start(tmp_path, 100, 8, 0.001, place, point)
    assert process.wait(timeout=60) == -signal.SIGKILL
    await generate(world.plan_for(tmp_path), world.simulate)
    assert world.product(tmp_path) == undisturbed


async def test_second_process_is_refused_and_the_first_goes_on(
    world: ModuleType, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    process = start(tmp_path, 100, 2, 0.05)
    wait_for(tmp_path / "run.db")
    with pytest.raises(RunDirectoryError, match=f"in use by process {process.pid} on "):
        await generate(world.plan_for(tmp_path), world.simulate)
    assert process.wait(timeout=60) == 0
    assert world.product(tmp_path) == undisturbed
