"""A process that is killed for real, at moments of its own and of ours, and started again."""

import asyncio
import os
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from button.errors import RunDirectoryError
from button.run import disk, store, writer
from button.run.layout import RunLayout
from button.run.runner import generate
from button.run.verify import verify
from tests.forking import fork

COUNT = 35
PLACES: dict[str, tuple[Any, str]] = {
    "write": (disk, "write_whole"),
    "sync": (disk, "sync"),
    "rename": (disk, "rename"),
    "commit": (writer, "_commit"),
    "sum": (store, "write_database_sum"),
}
"""Operations on files and database, by name."""


def start(world: ModuleType, run_dir: Path, *arguments: object) -> int:
    """The pid of a forked process: a real one, without seconds of imports."""
    child = fork()
    if child == 0:
        try:
            asyncio.run(world.main(str(run_dir), *map(str, arguments)))
        finally:
            os._exit(0)
    return child


def code_of(child: int) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


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


def test_killed_at_any_moment_the_shards_come_out_the_same(
    world: ModuleType,
    tmp_path: Path,
    undisturbed: dict[str, bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    bill, run_dir, concurrency = tmp_path / "bill", tmp_path / "run", 8
    monkeypatch.setenv(world.BILL, str(bill))
    kills = 0
    for pause in (0.0, 0.02, 0.05, 0.1, 0.2, 0.3):
        child = start(world, run_dir, 100, concurrency, 0.05)
        wait_for(run_dir / "run.db")
        time.sleep(pause)
        os.kill(child, signal.SIGKILL)
        kills += code_of(child) == -signal.SIGKILL
    assert kills >= 3
    asyncio.run(generate(world.plan_for(run_dir, concurrency=32), world.simulate))
    assert world.product(run_dir) == undisturbed
    calls = bill.read_text().splitlines()
    assert len(calls) - len(set(calls)) <= kills * concurrency


def dies_in_child(world: ModuleType, run_dir: Path, place: str, point: int, way: str) -> bool:
    """Run in a forked process that dies at a call of an operation; False if it came to its end."""
    child = fork()
    if child == 0:
        owner, name = PLACES[place]
        setattr(owner, name, dying(getattr(owner, name), point, way))
        asyncio.run(generate(world.plan_for(run_dir, count=COUNT), world.simulate))
        os._exit(0)
    code = code_of(child)
    assert code in (0, -signal.SIGKILL)
    return code != 0


def dying(whole: Callable[..., Any], point: int, way: str) -> Callable[..., Any]:
    calls = count()

    def operation(*arguments: Any) -> Any:
        if next(calls) != point:
            return whole(*arguments)
        if way == "within":
            os.write(arguments[0], arguments[1][: len(arguments[1]) // 2])
        if way == "after":
            whole(*arguments)
        os.kill(os.getpid(), signal.SIGKILL)
        return None

    return operation


@pytest.mark.parametrize(
    ("place", "way", "stride"),
    [
        *((place, way, 1) for place in ("rename", "sync", "sum") for way in ("before", "after")),
        *(("write", way, 1) for way in ("before", "within", "after")),
        *(("commit", way, 4) for way in ("before", "after")),
    ],
)
def test_killed_at_every_named_point_the_shards_come_out_the_same(
    world: ModuleType, tmp_path: Path, small: dict[str, bytes], place: str, way: str, stride: int
) -> None:
    points = 0
    for point in count(0, stride):
        run_dir = tmp_path / str(point)
        if not dies_in_child(world, run_dir, place, point, way):
            break
        points += 1
        asyncio.run(generate(world.plan_for(run_dir, count=COUNT), world.simulate))
        assert world.product(run_dir) == small
        assert verify(RunLayout(run_dir)) == []
    assert points >= (1 if place == "sum" else 5)


@pytest.fixture(scope="module")
def small(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    run_dir = tmp_path_factory.mktemp("small")
    asyncio.run(generate(world.plan_for(run_dir, count=COUNT), world.simulate))
    product: dict[str, bytes] = world.product(run_dir)
    return product


def test_second_process_is_refused_and_the_first_goes_on(
    world: ModuleType, tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    child = start(world, tmp_path, 100, 2, 0.05)
    wait_for(tmp_path / "run.db")
    with pytest.raises(RunDirectoryError, match=f"in use by process {child} on "):
        asyncio.run(generate(world.plan_for(tmp_path), world.simulate))
    assert code_of(child) == 0
    assert world.product(tmp_path) == undisturbed
