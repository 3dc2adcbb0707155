"""Requests that are nearly those of earlier rows are dropped or marked in item order, always."""

import asyncio
import errno
import json
import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from button.canonical import derived_random
from button.checks.across import request_signature
from button.errors import RunDirectoryError, StorageError
from button.records import Seed
from button.run import disk
from button.run.gate import NEAR_DUPLICATE, Decision, Gate, RowKey
from button.run.known_files import KnownFiles, open_known_rows, parts_of
from button.run.known_rows import KnownRow, KnownRows
from button.run.layout import RunLayout
from button.run.plan import NearPolicy, Outcome
from button.run.row_facts import RowFacts, message_digest
from button.run.runner import generate
from button.run.sorted_tables import TablesFile
from button.run.status import status_of
from button.run.verify import verify

WORDS = [f"w{number}" for number in range(40)]


def request(family: int, change: int) -> str:
    """Of one family all are alike, the less so the further apart their changes are."""
    said = [f"{word}x{family}" for word in WORDS]
    said[:change] = [f"other{number}" for number in range(change)]
    return " ".join(said)


def facts(family: int, change: int) -> RowFacts:
    said = request(family, change)
    return RowFacts(True, digest=message_digest(said), near=request_signature(said))


rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), min_size=1, max_size=25)
policies = st.sampled_from(["drop", "mark", "keep"])


@settings(max_examples=30)
@given(rows, policies, st.integers(0, 25), st.integers(0, 25))
def test_a_run_that_goes_on_decides_as_one_that_was_never_stopped(
    drawn: list[tuple[int, int]], policy: NearPolicy, kept: int, lost: int
) -> None:
    """What is sealed is known by its accepted rows alone; the rest is decided again."""
    keyed = [(RowKey(item, 0), facts(*each)) for item, each in enumerate(drawn)]
    whole = Gate(None, policy).replay(keyed)
    accepted = [each for each in whole if each.kind == "accepted"][:kept]
    rejected = [each for each in whole if each.kind == "rejected"][:lost]
    gone = {each.key for each in (*accepted, *rejected)}
    shards = [accepted[start : start + 2] for start in range(0, len(accepted), 2)]
    known = [
        [KnownRow(each.key.number, digest(each), each.facts.near) for each in shard]
        for shard in shards
    ]
    with TemporaryDirectory() as folder:
        opened = open_known_rows(Path(folder), ["s"] * len(known), known.__getitem__, make=True)
        with closing(opened) as rows:
            again = Gate(None, policy, accepted=len(accepted), known=rows)
            left = ((key, each) for key, each in keyed if key not in gone)
            rest = again.replay(left)
    assert rest == [each for each in whole if each.key not in gone]


def digest(decision: Decision) -> int:
    return int.from_bytes(decision.facts.digest or b"", "big")


def test_a_dropped_row_hides_none_and_the_most_similar_one_is_named() -> None:
    near, far = facts(1, 2), facts(1, 12)
    gate = Gate(None)
    made = gate.replay((RowKey(n, 0), each) for n, each in enumerate([facts(1, 0), near, far]))
    assert [(each.code, each.duplicate_of) for each in made] == [
        (None, None), (NEAR_DUPLICATE, RowKey(0, 0)), (None, None)
    ]  # fmt: skip
    (last,) = gate.replay([(RowKey(3, 0), facts(1, 11))])
    assert last.duplicate_of == RowKey(2, 0)
    assert gate.accepted == 2


async def play(world: ModuleType, run_dir: Path, policy: str, **changes: Any) -> dict[str, bytes]:
    async def simulate(item: int, seed: Seed) -> list[Outcome]:
        random = derived_random("near", item)
        said = request(random.randrange(40), random.randrange(4))
        outcome: Outcome = world.accepted(world.row_of(item, 0, said, findings=[]))
        return [outcome]

    configuration = {"root_seed": 0, "near_duplicates": policy}
    changes = {"shard_rows": 7} | changes
    plan = world.plan_for(run_dir, configuration=configuration, **changes)
    await generate(plan, simulate)
    assert verify(RunLayout(run_dir)) == []
    product: dict[str, bytes] = world.product(run_dir)
    return product


def rows_of(product: dict[str, bytes], kind: str) -> list[dict[str, Any]]:
    files = [text for name, text in sorted(product.items()) if name.startswith(kind)]
    return [json.loads(line) for text in files for line in text.splitlines()]


@pytest.mark.parametrize("policy", ["drop", "mark"])
async def test_a_run_that_is_continued_has_the_same_bytes(
    world: ModuleType, tmp_path: Path, policy: str
) -> None:
    whole = await play(world, tmp_path / "whole", policy, count=30, concurrency=16)
    for count in (4, 17, 30):
        await play(world, tmp_path / "parts", policy, count=count, concurrency=3)
    assert world.product(tmp_path / "parts") == whole
    accepted, rejected = rows_of(whole, "accepted"), rows_of(whole, "rejected")
    marked = [row for row in accepted if row["findings"]]
    told = [row["detail"] for row in rejected if row["code"] == NEAR_DUPLICATE]
    if policy == "mark":
        told = [row["findings"][-1]["text"] for row in marked]
        assert all(row["findings"][-1]["code"] == NEAR_DUPLICATE for row in marked)
    assert told
    assert bool(marked) == (policy == "mark")
    assert told[0].startswith("what the human says is nearly that of item ")
    assert status_of(RunLayout(tmp_path / "whole")).rejected == {
        code: sum(row["code"] == code for row in rejected)
        for code in {row["code"] for row in rejected}
    }


def known_row(number: int, shift: int = 0) -> KnownRow:
    """First messages come again after 60 rows, two in three requests are nearly the one before."""
    said = request(number // 3, number % 3 + shift)
    return KnownRow(number, 10**17 * (number % 60), request_signature(said))


def answers(known: KnownRows, numbers: int) -> list[Any]:
    probes = [known_row(number, shift=1) for number in range(0, numbers, 2)]
    return [
        (known.first(each.first), [known.most_like(each.near or b"", numbers // n) for n in (1, 2)])
        for each in probes
    ]


def test_what_is_in_files_is_found_as_what_is_in_memory(tmp_path: Path) -> None:
    """Rows go to files shard by shard, are read from them, or made again from the database."""
    shards = 4 * 4 * 4 + 4 + 2
    kept = [[known_row(3 * shard + place) for place in range(3)] for shard in range(shards)]
    sums = [f"sum {shard}" for shard in range(shards)]
    rows = [row for each in kept for row in each]

    def none(shard: int) -> list[KnownRow]:
        raise AssertionError(shard)

    plain = KnownRows()
    for row in rows:
        plain.add(row)
    expected = answers(plain, len(rows) + 10)
    assert {found for found, _ in expected} == set(range(0, 60, 2))
    assert any(one and one[1] < 1 for _, (one, _) in expected)
    with closing(open_known_rows(tmp_path / "grown", [], none, make=True)) as grown:
        for text, each in zip(sums, kept, strict=True):
            for row in each:
                grown.add(row)
            grown.seal(text, each[-1].number)
        assert answers(grown, len(rows) + 10) == expected
    names = ["00000-00063.tables", "00064-00067.tables"]
    files = {path.name: path.read_bytes() for path in (tmp_path / "grown").iterdir()}
    assert sorted(files) == names
    with closing(open_known_rows(tmp_path / "made", sums, kept.__getitem__, make=True)) as made:
        assert answers(made, len(rows) + 10) == expected
    assert {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()} == files
    (tmp_path / "made" / names[0]).write_bytes(b"no tables")
    for make in (False, True):
        opened = open_known_rows(tmp_path / "made", sums, kept.__getitem__, make=make)
        with closing(opened) as again:
            assert answers(again, len(rows) + 10) == expected
        whole = {path.name: path.read_bytes() for path in (tmp_path / "made").iterdir()} == files
        assert whole == make
    other = ["another sum", *sums[1:]]
    with closing(KnownFiles(tmp_path / "made", other, kept.__getitem__)) as strange:
        strange.open(make=False)
        assert strange.shards == 0


@given(st.integers(0, 5000))
def test_files_hold_each_shard_once_and_are_few(shards: int) -> None:
    parts = list(parts_of(range(shards)))
    held = [shard for part in parts for shard in part]
    assert held == list(range(shards - shards % 4))
    assert len(parts) <= 3 * 6


def pieces(run_dir: Path) -> set[str]:
    return {path.name for path in (run_dir / "known").iterdir()}


async def test_files_that_are_lost_or_damaged_change_no_byte(
    world: ModuleType, tmp_path: Path
) -> None:
    async def made(name: str, count: int) -> dict[str, bytes]:
        return await play(world, tmp_path / name, "drop", count=count, shard_rows=1)

    whole = await made("whole", 23)
    assert pieces(tmp_path / "whole") == {"00000-00015.tables", "00016-00019.tables"}
    await made("parts", 9)
    folder = tmp_path / "parts" / "known"
    assert pieces(tmp_path / "parts") == {"00000-00003.tables", "00004-00007.tables"}
    shutil.rmtree(folder)
    before = status_of(RunLayout(tmp_path / "parts")).accepted
    assert (before, folder.exists()) == (9, False)
    await made("parts", 14)
    spoil(folder / "00004-00007.tables", lambda data: data[:-1])
    (folder / "00008-00011.tables").unlink()
    (folder / "00012-00015.tables.tmp").write_bytes(b"half")
    assert [each.file for each in verify(RunLayout(tmp_path / "parts"))] == [
        "known/00004-00007.tables"
    ]
    assert await made("parts", 23) == whole
    assert pieces(tmp_path / "parts") == pieces(tmp_path / "whole")


def spoil(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def test_no_byte_of_a_file_changes_unseen(tmp_path: Path) -> None:
    rows = [[known_row(40 * shard + place) for place in range(40)] for shard in range(4)]
    open_known_rows(tmp_path, ["s"] * 4, rows.__getitem__, make=True).close()
    (path,) = tmp_path.iterdir()
    data = path.read_bytes()
    random = derived_random("known")
    for _ in range(300):
        place, bit = random.randrange(len(data)), random.randrange(8)
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << bit]) + data[place + 1 :])
        with pytest.raises(RunDirectoryError, match="is damaged"):
            TablesFile(path).check()
        path.write_bytes(data[:place])
        with pytest.raises(RunDirectoryError, match="is damaged"):
            TablesFile(path).check()
    path.write_bytes(data)
    TablesFile(path).check()


def test_a_damaged_page_is_refused_where_it_is_read(world: ModuleType, tmp_path: Path) -> None:
    asyncio.run(play(world, tmp_path, "drop", count=9, shard_rows=1))
    for path in (tmp_path / "known").iterdir():
        spoil(path, lambda data: bytes([data[0] ^ 1]) + data[1:])
    spoiled = [str(each) for each in verify(RunLayout(tmp_path))]
    assert spoiled == [
        f"known/{name}.tables: differs from its checksums; remove it; `button resume` makes it "
        "again from run.db"
        for name in ("00000-00003", "00004-00007")
    ]
    with pytest.raises(RunDirectoryError, match=r"tables' is damaged; remove it, `button resume`"):
        asyncio.run(play(world, tmp_path, "drop", count=15, shard_rows=1))


def test_a_run_that_stops_at_any_file_goes_on_to_the_same_bytes(
    world: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(name: str) -> dict[str, bytes]:
        return asyncio.run(play(world, tmp_path / name, "drop", count=17, shard_rows=1))

    whole, put = made("whole"), disk.rename
    for number in range(5):
        written: list[Path] = []

        def rename(source: Path, target: Path, last: int = number) -> None:
            if target.suffix == ".tables":
                written.append(target)  # noqa: B023
                if len(written) > last:  # noqa: B023
                    raise OSError(errno.EIO, "broken")
            put(source, target)

        with monkeypatch.context() as patch:
            patch.setattr(disk, "rename", rename)
            with pytest.raises(StorageError, match=r"cannot write .*\.tables': broken"):
                made(str(number))
        assert made(str(number)) == whole
        # To join files takes long in a large run, so it waits for the next shards.
        assert len(pieces(tmp_path / str(number))) == (4 if number >= 3 else 1)
