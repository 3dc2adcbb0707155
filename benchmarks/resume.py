"""How long a run of a million items takes until it goes on, and in how much memory.

`python -m benchmarks.resume [ITEMS]` builds the run directory that so many sealed items leave (one
kept response each), and opens it in a process of its own.
"""

import asyncio
import hashlib
import json
import resource
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from button.canonical import canonical_json
from button.context import Context
from button.run.call_journal import insert_calls
from button.run.database import open_database
from button.run.directory import open_directory
from button.run.gate import RowKey
from button.run.known_files import open_known_rows
from button.run.known_rows import KnownRow, pack_rows
from button.run.layout import SHARD_ROWS
from button.run.pipeline import plan_of
from button.run.plan import RunPlan
from button.run.row_check import checked
from button.run.runner import RunProgress, generate

ITEMS = 1_000_000
SHARD_BYTES = 1000
UNSEALED = 700
"""Items that were settled after the last shard."""


def plan_for(run_dir: Path, items: int) -> RunPlan:
    return plan_of(run_dir, Context(), None, count=items + 10 * SHARD_ROWS, concurrency=16)


def build(run_dir: Path, items: int) -> None:
    """What a run of accepted items leaves; the shard files are holes of the right size."""
    with open_directory(plan_for(run_dir, items)) as (layout, identity):
        layout.shards.mkdir()
        connection = open_database(layout, identity)
        connection.execute("BEGIN")
        for number in range(items // SHARD_ROWS):
            with layout.shard("accepted", number).open("wb") as stream:
                stream.truncate(SHARD_BYTES)
            of_shard = range(number * SHARD_ROWS, (number + 1) * SHARD_ROWS)
            connection.execute("INSERT INTO shard VALUES (?,?,?,?,?,?,?,?)", shard_row(of_shard))
            known = checked((number, *pack_rows(rows(of_shard))))
            connection.execute("INSERT INTO known VALUES (?,?,?,?)", known)
            insert_calls(
                connection, [(i, "0/human/0/0", "human", "h" * 64, "{}") for i in of_shard]
            )
        for item in range(items, items + UNSEALED):
            row = (item, 0, 1, None, digest(item).to_bytes(8, "big"), "sequential", 2, 2, 1)
            row = (*row, request(item))
            connection.execute("INSERT INTO item VALUES (?,?,?)", checked((item, 1)))
            connection.execute(
                "INSERT INTO outcome VALUES (?,?,?,?,?,?,?,?,?,?,?,?)", checked((*row, "{}" * 4000))
            )
        connection.execute("COMMIT")
        connection.close()
        make_known(layout.known, items)


def shard_row(items: range) -> tuple[str | int | bytes | None, ...]:
    numbers = {"accepted": len(items), "turns": 2, "calls": 2, "parallel": 1}
    totals = {"numbers": numbers, "rejected": {}, "strategies": {"sequential": len(items)}}
    head = ("accepted", items.start // SHARD_ROWS, len(items), SHARD_BYTES, "0" * 64)
    return checked((*head, items.stop, canonical_json(totals)))


def rows(items: range) -> list[KnownRow]:
    return [KnownRow(RowKey(item, 0).number, digest(item), request(item)) for item in items]


def make_known(folder: Path, items: int) -> None:
    """The files of a run that was never interrupted, as they come about from shard to shard."""

    def none(shard: int) -> list[KnownRow]:
        raise AssertionError(shard)

    longest, began = 0.0, time.perf_counter()
    with closing(open_known_rows(folder, [], none, make=True)) as known:
        for number in range(items // SHARD_ROWS):
            for row in rows(range(number * SHARD_ROWS, (number + 1) * SHARD_ROWS)):
                known.add(row)
            before = time.perf_counter()
            known.seal("0" * 64, row.number)
            longest = max(longest, time.perf_counter() - before)
    spent = time.perf_counter() - began
    size = sum(path.stat().st_size for path in folder.iterdir())
    print(
        f"rows are known: {1e3 * spent / items:.3f} ms a row with its files, the longest pause "
        f"{longest:.1f} s; {len(list(folder.iterdir()))} files, {size / items:.0f} bytes a row"
    )


def digest(item: int) -> int:
    return int.from_bytes(hashlib.sha256(b"%d" % item).digest()[:8], "big")


def request(item: int) -> bytes:
    """A signature that is like no other."""
    return hashlib.shake_128(b"%d" % item).digest(96)


def measure(run_dir: Path, items: int) -> None:
    """Continue the run until it would admit its first item, and print what that took."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, cpu = time.perf_counter(), time.process_time()
    ready: list[float] = []
    stop = asyncio.Event()

    def first(progress: RunProgress) -> None:
        if not ready:
            ready.extend((time.perf_counter() - began, time.process_time() - cpu))
            assert progress.summary.accepted == items + UNSEALED
        stop.set()

    async def never(item: int, seed: object) -> list[object]:
        await asyncio.Event().wait()
        return []

    plan = plan_for(run_dir, items)
    object.__setattr__(plan.handling, "drain_s", 0)
    asyncio.run(generate(plan, never, first, stop=stop))  # type: ignore[arg-type]
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {"s": ready[0], "cpu_s": ready[1], "mb": after / 1024, "mb_before": before / 1024}
        )
    )


def main() -> None:
    if sys.argv[1:2] == ["--measure"]:
        measure(Path(sys.argv[2]), int(sys.argv[3]))
        return
    items = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    with tempfile.TemporaryDirectory() as folder:
        run_dir = Path(folder) / "run"
        build(run_dir, items)
        command = [sys.executable, "-m", "benchmarks.resume", "--measure", str(run_dir), str(items)]
        made = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(made.stdout)
        size = (run_dir / "run.db").stat().st_size / 1e6
    print(f"{items:,} items, run.db {size:.0f} MB")
    print(
        f"ready after {found['s']:.2f} s, {found['cpu_s']:.2f} s of the processor; "
        f"{found['mb']:.0f} MB of memory at most"
    )
    print(f"({found['mb_before']:.0f} MB before the run was opened)")


if __name__ == "__main__":
    main()
