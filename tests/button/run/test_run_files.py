"""What a run leaves on its disk, and what it does where the disk is full or a file is lost."""

import json
import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from button.errors import RunDirectoryError, StorageError
from button.run.manifest import damages
from button.run.reading import RunReader
from button.run.runner import generate


async def make(world: ModuleType, run_dir: Path, **changes: Any) -> dict[str, bytes]:
    await generate(world.plan_for(run_dir, **changes), world.simulate)
    files: dict[str, bytes] = world.product(run_dir)
    return files


async def test_full_disk_is_a_storage_error(
    world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("button.run.atomic_write.os.fsync", full)
        with pytest.raises(StorageError, match="No space left on device"):
            await make(world, tmp_path / "a")
    assert await make(world, tmp_path / "a") == await make(world, tmp_path / "b")


async def test_full_database_is_a_storage_error_and_nothing_counts_as_done(
    world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = sqlite3.connect

    def small(*arguments: Any, **options: Any) -> sqlite3.Connection:
        connection = connect(*arguments, **options)
        connection.execute("PRAGMA max_page_count = 20")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr("button.run.database.sqlite3.connect", small)
        with pytest.raises(StorageError, match="full"):
            await make(world, tmp_path / "a")
    assert await make(world, tmp_path / "a") == await make(world, tmp_path / "b")


async def test_unrecorded_and_short_shards_are_written_again(
    world: ModuleType, tmp_path: Path
) -> None:
    few = await make(world, tmp_path, count=40)
    (tmp_path / "shards" / "accepted-00001.jsonl").write_bytes(b"torn")
    (tmp_path / "shards" / "accepted-00002.jsonl").write_bytes(b"never recorded")
    (tmp_path / "shards" / "accepted-00000.jsonl.tmp").write_bytes(b"left behind")
    assert list(damages(RunReader(tmp_path).layout, RunReader(tmp_path).manifest)) == [
        f"'{tmp_path}/shards/accepted-00001.jsonl' differs from its checksum"
    ]
    (tmp_path / "shards" / "accepted-00000.jsonl.tmp").unlink()
    again = await make(world, tmp_path, count=40)
    assert {name: again[name] for name in few} == few
    whole = await make(world, tmp_path, count=100)
    assert whole == await make(world, tmp_path / "whole")


async def test_lost_full_shard_is_named(world: ModuleType, tmp_path: Path) -> None:
    await make(world, tmp_path)
    (tmp_path / "shards" / "accepted-00000.jsonl").unlink()
    lost = f"'{tmp_path}/shards/accepted-00000.jsonl' is missing"
    assert RunReader(tmp_path).damages() == [lost]
    with pytest.raises(RunDirectoryError, match=r"accepted-00000\.jsonl' is missing"):
        await make(world, tmp_path)


async def test_paid_responses_are_kept_free_ones_on_request(
    world: ModuleType, tmp_path: Path
) -> None:
    def calls(run_dir: Path) -> dict[str, int]:
        connection = sqlite3.connect(run_dir / "run.db")
        query = "SELECT role, count(*) FROM call WHERE item < 40 GROUP BY role"
        counts = dict(connection.execute(query).fetchall())
        connection.close()
        return counts

    first = await make(world, tmp_path / "a")
    assert calls(tmp_path / "a") == {"human": 40}
    assert await make(world, tmp_path / "b", keep_calls=True) == first
    assert calls(tmp_path / "b") == {"human": 40, "tool": 40}


async def test_sealed_rows_leave_the_database(world: ModuleType, tmp_path: Path) -> None:
    await make(world, tmp_path)
    connection = sqlite3.connect(tmp_path / "run.db")
    left = connection.execute("SELECT item, position FROM outcome").fetchall()
    decided = connection.execute("SELECT max(decided) FROM shard").fetchone()[0]
    items = connection.execute("SELECT min(i) FROM item").fetchone()[0]
    connection.close()
    short = sum(shard["rows"] for shard in RunReader(tmp_path).manifest["shards"]) % 30
    assert short <= len(left) < 60
    assert items is None or items >= decided > 100


async def test_files_are_the_owners_only(world: ModuleType, tmp_path: Path) -> None:
    await make(world, tmp_path / "run")
    for path in [tmp_path / "run", *(tmp_path / "run").rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
    header = json.loads((tmp_path / "run" / "run.json").read_text())
    assert (header["format"], header["count"], header["code"]) == (4, 100, "bb")
