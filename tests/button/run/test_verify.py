"""Whatever is damaged in a run, `verify` names the file."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from button.canonical import derived_random
from button.errors import RunDirectoryError
from button.run.json_files import write_json
from button.run.layout import RunLayout
from button.run.row_check import TextBytes, is_sound, row_check
from button.run.runner import generate
from button.run.verify import verify

FLIPS = 1000


@pytest.fixture(scope="module")
def whole(world: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished run with given seeds and kept responses."""
    run_dir: Path = tmp_path_factory.mktemp("whole") / "run"
    make(world, run_dir)
    return run_dir


def make(world: ModuleType, run_dir: Path, **changes: Any) -> tuple[str, ...]:
    """Make or continue the run; what it mended."""
    seeds = [world.seed_of(item) for item in range(20)]
    configuration = {"root_seed": 0, "seeds": world.seeds_hash(seeds)}
    values = {"seeds": seeds, "configuration": configuration, "count": 70} | changes
    summary = asyncio.run(generate(world.plan_for(run_dir, **values), world.simulate))
    return summary.mended


def named(run_dir: Path) -> set[str]:
    return {damage.file for damage in verify(RunLayout(run_dir))}


def spoil(random: Random, data: bytes) -> bytes:
    """One bit flipped, or the end cut off."""
    if random.random() < 0.1:
        return data[: random.randrange(len(data))]
    place = random.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << random.randrange(8)]) + data[place + 1 :]


def test_each_of_a_thousand_flips_and_cuts_is_named(whole: Path) -> None:
    assert named(whole) == set()
    files = sorted(path for path in whole.rglob("*") if path.is_file() and path.name != "LOCK")
    names = [path.relative_to(whole).as_posix() for path in files]
    assert {"run.json", "run.db", "MANIFEST.json", "seeds.jsonl", "run.db.sha256"} < set(names)
    assert sum(name.startswith("shards/") for name in names) >= 4
    random = derived_random("flips")
    missed = []
    for number in range(FLIPS):
        place = random.randrange(len(files))
        data = files[place].read_bytes()
        try:
            files[place].write_bytes(spoil(random, data))
            if names[place] not in named(whole):
                missed.append((number, names[place]))
        finally:
            files[place].write_bytes(data)
    assert missed == []


def test_without_its_checksum_no_row_of_the_database_changes_unseen(
    whole: Path, tmp_path: Path
) -> None:
    """After a kill there is no checksum of the whole file; then each row has to tell by itself."""
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    (run_dir / "run.db.sha256").unlink()
    database = run_dir / "run.db"
    data, content = database.read_bytes(), rows_of(database)
    random = derived_random("rows")
    seen = 0
    for _ in range(200):
        database.write_bytes(spoil(random, data))
        if "run.db" in named(run_dir):
            seen += 1
        else:
            assert rows_of(database) == content
    assert seen > 50


def rows_of(database: Path) -> list[Any]:
    connection = sqlite3.connect(f"{database.as_uri()}?mode=ro&immutable=1", uri=True)
    tables = ("meta", "item", "outcome", "call", "recorded", "shard")
    try:
        return [connection.execute(f"SELECT * FROM {table}").fetchall() for table in tables]
    finally:
        connection.close()


def test_what_to_do_is_said(whole: Path, tmp_path: Path) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    (run_dir / "shards" / "accepted-00000.jsonl").write_bytes(b"")
    (damage,) = verify(RunLayout(run_dir))
    assert str(damage) == (
        "shards/accepted-00000.jsonl: differs from its checksum, 0 bytes long instead of "
        f"{(whole / 'shards' / 'accepted-00000.jsonl').stat().st_size}; restore it from a copy, or "
        f"make the run again from its journal with `button record replay {run_dir} NEW`"
    )
    (run_dir / "shards" / "accepted-00000.jsonl").unlink()
    assert "accepted-00000.jsonl: missing" in str(verify(RunLayout(run_dir))[0])


SHORT = ("shards/accepted-00002.jsonl", "shards/rejected-00001.jsonl")
"""Shards whose rows are in run.db as well."""


def remedies(run_dir: Path) -> dict[str, str]:
    return {damage.file: damage.remedy for damage in verify(RunLayout(run_dir))}


@pytest.mark.parametrize("file", [*SHORT, "MANIFEST.json", "run.db.sha256"])
def test_resume_is_named_where_it_mends_and_mends_every_flip(
    world: ModuleType, whole: Path, tmp_path: Path, file: str
) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    data = (run_dir / file).read_bytes()
    random = derived_random("mended", file)
    for _ in range(10):
        (run_dir / file).write_bytes(spoil(random, data))
        assert f"`button resume {run_dir}`" in remedies(run_dir)[file]
        assert make(world, run_dir) == (() if file == "run.db.sha256" else (file,))
        assert (run_dir / file).read_bytes() == data or file == "run.db.sha256"
        assert remedies(run_dir) == {}
    assert make(world, run_dir) == ()


def test_what_only_a_full_shard_holds_is_not_said_to_be_mended(
    world: ModuleType, whole: Path, tmp_path: Path
) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    full, short = "shards/accepted-00000.jsonl", SHORT[0]
    for file in (full, short):
        data = (run_dir / file).read_bytes()
        (run_dir / file).write_bytes(data[:99] + bytes([data[99] ^ 1]) + data[100:])
    told = remedies(run_dir)
    assert "button record replay" in told[full]
    assert "button resume" in told[short]
    assert make(world, run_dir) == (short,)
    assert set(remedies(run_dir)) == {full}
    # Of another length it keeps the run from going on, so that nothing is written again.
    (run_dir / full).write_bytes(b"")
    (run_dir / short).unlink()
    told = remedies(run_dir)
    assert ["button record replay" in told[file] for file in (full, short)] == [True, True]
    with pytest.raises(RunDirectoryError, match="cannot be continued"):
        make(world, run_dir)


def test_with_a_damaged_database_or_header_no_resume_is_named(whole: Path, tmp_path: Path) -> None:
    for name in ("run.db", "run.json"):
        run_dir = tmp_path / name
        shutil.copytree(whole, run_dir)
        (run_dir / name).write_bytes(b"{}")
        for file in ("MANIFEST.json", SHORT[0]):
            (run_dir / file).write_bytes(b"{}")
        told = remedies(run_dir)
        assert {name, "MANIFEST.json"} <= set(told)
        assert [file for file, remedy in told.items() if "button resume" in remedy] == []


def test_a_shard_that_was_written_and_not_recorded_is_no_damage_to_mend(
    world: ModuleType, whole: Path, tmp_path: Path
) -> None:
    """A process that is killed between the two leaves a longer shard than run.db knows."""
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    longer = tmp_path / "longer"
    shutil.copytree(whole, longer)
    make(world, longer, count=85)
    shutil.copy(longer / SHORT[0], run_dir / SHORT[0])
    assert (run_dir / SHORT[0]).read_bytes() != (whole / SHORT[0]).read_bytes()
    assert make(world, run_dir, count=85) == ()
    assert (run_dir / SHORT[0]).read_bytes() == (longer / SHORT[0]).read_bytes()


def test_a_damaged_manifest_is_written_again(
    world: ModuleType, whole: Path, tmp_path: Path
) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    (run_dir / "MANIFEST.json").write_bytes(b"{}")
    assert named(run_dir) == {"MANIFEST.json"}
    make(world, run_dir)
    assert (run_dir / "MANIFEST.json").read_bytes() == (whole / "MANIFEST.json").read_bytes()


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("UPDATE call SET response = '{}' WHERE item = 0", {"run.db"}),
        ("UPDATE outcome SET turns = turns + 1", {"run.db"}),
        ("DELETE FROM shard WHERE kind = 'accepted' AND number = 0", {"run.db", "MANIFEST.json"}),
    ],
)
def test_rows_changed_by_hand_are_seen(
    whole: Path, tmp_path: Path, statement: str, names: set[str]
) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    connection = sqlite3.connect(run_dir / "run.db")
    connection.execute(statement)
    connection.commit()
    connection.close()
    assert named(run_dir) & names


def test_rows_out_of_order_or_twice_are_seen_although_the_checksums_fit(
    world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from button.run import seal  # noqa: PLC0415

    write = seal.write_atomically

    def spoiled(change: Callable[[list[str]], list[str]]) -> Callable[..., Any]:
        return lambda path, lines: write(path, change(list(lines)))

    for number, (change, said) in enumerate(
        [
            (lambda lines: [lines[1], lines[0], *lines[2:]], "line 2: out of order"),
            (lambda lines: [lines[0], lines[0], *lines[2:]], "line 2: the same row stands twice"),
            (lambda lines: [lines[0].replace("Lyon", "Lion"), *lines[1:]], "id is not that of its"),
        ]
    ):
        with monkeypatch.context() as patch:
            patch.setattr(seal, "write_atomically", spoiled(change))
            make(world, tmp_path / str(number))
        assert said in str(verify(RunLayout(tmp_path / str(number)))[0])


def test_damaged_rows_are_refused_when_the_run_goes_on(
    world: ModuleType, whole: Path, tmp_path: Path
) -> None:
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    connection = sqlite3.connect(run_dir / "run.db")
    connection.execute("UPDATE outcome SET turns = turns + 1")
    connection.commit()
    connection.close()
    with pytest.raises(RunDirectoryError, match=r"run\.db' is damaged \(a row of table 'outcome'"):
        make(world, run_dir, count=90)


def test_a_row_keeps_its_neighbours_apart() -> None:
    assert row_check(("ab", "c")) != row_check(("a", "bc"))
    assert row_check((1, None)) != row_check((None, 1))
    assert row_check(("1",)) != row_check((1,))
    assert row_check(("x",)) != row_check((b"x",))
    assert is_sound((1, "é", b"x", None, row_check((1, TextBytes("é".encode()), b"x", None))))


def test_a_short_shard_that_grew_after_the_manifest_is_no_damage(
    world: ModuleType, whole: Path, tmp_path: Path
) -> None:
    """Between the rename of a shard and the next manifest a process may be killed, or looked at."""
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    short = run_dir / "shards" / "accepted-00002.jsonl"
    longer = short.read_bytes() + b"{}\n"
    manifest = json.loads((run_dir / "MANIFEST.json").read_text())
    write_json(run_dir / "MANIFEST.json", manifest | {"state": "running"})
    short.write_bytes(longer)
    assert verify(RunLayout(run_dir)) == []
    full = run_dir / "shards" / "accepted-00001.jsonl"
    full.write_bytes(full.read_bytes() + b"{}\n")
    assert named(run_dir) == {"shards/accepted-00001.jsonl"}
