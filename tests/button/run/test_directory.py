import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from button.errors import InputError, RunDirectoryError, StorageError
from button.records import Versions
from button.run.lock import exclusive
from button.run.reading import RunReader, read_rows
from button.run.row_check import checked
from button.run.runner import generate

MODEL = {"model": "m", "temperature": 0.5, "timeout_s": 120}
CONFIGURATION: dict[str, Any] = {"root_seed": 7, "default_model": MODEL, "models": {}}


async def begin(world: ModuleType, run_dir: Path, **changes: Any) -> None:
    plan = world.plan_for(run_dir, **({"configuration": CONFIGURATION, "count": 3} | changes))
    await generate(plan, world.simulate)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        (
            {"configuration": CONFIGURATION | {"root_seed": 8}},
            "root_seed is 7 there and 8 here;",
        ),
        (
            {"configuration": CONFIGURATION | {"default_model": MODEL | {"model": "n"}}},
            'default_model.model is "m" there and "n" here;',
        ),
        (
            {"configuration": CONFIGURATION | {"models": {"human": MODEL | {"temperature": 1}}}},
            "begun otherwise: human.temperature is 0.5 there and 1 here;",
        ),
        (
            {"configuration": CONFIGURATION | {"seeds": "hash"}},
            'seeds is not set there and "hash" here;',
        ),
        (
            {"versions": Versions(prompts={"human": "changed"}, code="bb")},
            'prompts.human is "aa" there and "changed" here;',
        ),
        (
            {"versions": Versions(prompts={"human": "aa"}, code="cc")},
            'code is "bb" there and "cc" here;',
        ),
        ({"shard_rows": 31}, "shard_rows is 30 there and 31 here;"),
        ({"count": 2}, "was begun with count 3; it cannot be lowered to 2"),
    ],
)
async def test_other_plan_is_refused_with_what_differs(
    world: ModuleType, tmp_path: Path, changes: dict[str, Any], text: str
) -> None:
    await begin(world, tmp_path)
    before = world.product(tmp_path)
    with pytest.raises(RunDirectoryError) as refusal:
        await begin(world, tmp_path, **changes)
    assert text in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert world.product(tmp_path) == before


async def test_unlimited_count_is_the_highest(world: ModuleType, tmp_path: Path) -> None:
    few = {"seed_of": lambda item: world.seed_of(item) if item < 9 else None}
    await begin(world, tmp_path, **few)
    await begin(world, tmp_path, count=None, **few)
    with pytest.raises(RunDirectoryError, match="begun with count unlimited; it cannot be lowered"):
        await begin(world, tmp_path, count=10**9, **few)


async def test_neutral_settings_may_change(world: ModuleType, tmp_path: Path) -> None:
    await begin(world, tmp_path)
    slower = {name: MODEL | {"timeout_s": 300, "max_attempts": 9} for name in ("human", "tool")}
    other = CONFIGURATION | {"models": slower, "budget": {"calls": 3}}
    await begin(world, tmp_path, configuration=other, keep_calls=True, concurrency=9, count=4)
    header = RunReader(tmp_path).header
    assert header["count"] == 4
    assert header["handling"]["concurrency"] == 9
    assert header["configuration"]["models"]["tool"]["timeout_s"] == 300


async def test_moved_run_can_be_continued(world: ModuleType, tmp_path: Path) -> None:
    await begin(world, tmp_path / "here")
    (tmp_path / "here").rename(tmp_path / "there")
    await begin(world, tmp_path / "there", count=5)
    assert len(list(read_rows(tmp_path / "there"))) == 5


async def test_folder_of_something_else_is_refused(world: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    with pytest.raises(RunDirectoryError, match=r"holds no run \(found 'letter\.txt'\)"):
        await begin(world, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["letter.txt"]
    with pytest.raises(RunDirectoryError, match="is a file"):
        await begin(world, tmp_path / "letter.txt")
    with pytest.raises(StorageError, match="cannot make folder"):
        await begin(world, tmp_path / "letter.txt" / "run")


async def test_damaged_files_are_named(world: ModuleType, tmp_path: Path) -> None:
    await begin(world, tmp_path)
    header = (tmp_path / "run.json").read_text()
    (tmp_path / "run.json").write_text(header[:50])
    with pytest.raises(RunDirectoryError, match=r"run\.json' is damaged"):
        await begin(world, tmp_path)
    (tmp_path / "run.json").write_text(header.replace('"format": 4', '"format": 5'))
    with pytest.raises(RunDirectoryError, match="has format 5; this version knows 4"):
        await begin(world, tmp_path)
    (tmp_path / "run.json").write_text(header.replace('"count": 3', '"count": 2'))
    with pytest.raises(RunDirectoryError, match=r"run\.json' is damaged: it differs from its chec"):
        await begin(world, tmp_path)
    (tmp_path / "run.json").write_text(header)
    database = (tmp_path / "run.db").read_bytes()
    (tmp_path / "run.db").write_bytes(b"not a database, by no means" * 100)
    with pytest.raises(RunDirectoryError, match=r"run\.db' is damaged"):
        await begin(world, tmp_path)
    (tmp_path / "run.db").unlink()
    with pytest.raises(RunDirectoryError, match=r"run\.db' is missing"):
        await begin(world, tmp_path)
    (tmp_path / "run.db").write_bytes(database)
    connection = sqlite3.connect(tmp_path / "run.db")
    connection.execute("UPDATE meta SET value = ?, crc = ?", checked(("identity", "another"))[1:])
    connection.commit()
    connection.close()
    with pytest.raises(RunDirectoryError, match="belongs to another run"):
        await begin(world, tmp_path)


async def test_reading_names_what_is_wrong(world: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(RunDirectoryError, match=r"is no run directory: no run\.json"):
        read_rows(tmp_path)
    await begin(world, tmp_path)
    shard = tmp_path / "shards" / "accepted-00000.jsonl"
    lines = shard.read_bytes().splitlines(keepends=True)
    shard.write_bytes(b"".join(lines[:2]))
    with pytest.raises(RunDirectoryError, match="2 of 3 rows are there"):
        list(read_rows(tmp_path))
    shard.write_bytes(lines[0] + b"{torn\n" + lines[2])
    with pytest.raises(RunDirectoryError, match="is damaged at line 2"):
        list(read_rows(tmp_path))
    shard.unlink()
    with pytest.raises(RunDirectoryError, match="cannot read"):
        list(read_rows(tmp_path))
    with pytest.raises(InputError, match="'odd': known are accepted, rejected"):
        list(read_rows(tmp_path, "odd"))  # type: ignore[arg-type]


async def test_rows_are_found_by_the_beginning_of_their_id(
    world: ModuleType, tmp_path: Path
) -> None:
    await begin(world, tmp_path)
    reader = RunReader(tmp_path)
    row = list(reader.rows())[1]
    assert reader.find(row["id"][:12]) == row
    with pytest.raises(InputError, match="no trajectory begins with id 'zz'"):
        reader.find("zz")
    with pytest.raises(InputError, match="3 trajectories begin with id ''"):
        reader.find("")


def test_lock_file_left_behind_locks_nothing(tmp_path: Path) -> None:
    path = tmp_path / "LOCK"
    path.write_text("process 1 on a machine long gone")
    with (
        exclusive(path),
        pytest.raises(RunDirectoryError, match="in use by process"),
        exclusive(path),
    ):
        pass
    with exclusive(path):
        pass
