"""R2, second half: killed before, within and after each operation on disk and database.

And R14: each of these operations fails, one after the other, as on a full or broken disk; what was
committed before is still there, the exit code says so, and the run continues to the same bytes.
"""

import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.goal import Measured
from benchmarks.soak.programs import PLACES, shards_of
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote
from button.run.layout import RunLayout

SIGKILLED = -9
DISK_FAILED = 74


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """Kill points, then failing operations."""
    with TemporaryDirectory() as folder:
        work = Path(folder)
        assert nest.run("world", [work / "undisturbed"]) == 0
        expected = shards_of(work / "undisturbed")
        tries = Tries(nest, work, expected)
        for place in PLACES:
            ways = ("before", "within", "after") if place == "write" else ("before", "after")
            for way in ways:
                tries.all_of(place, size.crash_stride, dies=way)
        yield Measured(
            "R2 crash points",
            "killed around each operation on disk and database: byte-identical",
            f"{tries.done} points, {len(tries.wrong)} differ",
            not tries.wrong and tries.done >= len(PLACES),
            {"wrong": tries.wrong, "points": tries.by_place},
        )
        tries = Tries(nest, work, expected)
        for place in PLACES:
            tries.all_of(place, size.disk_stride)
        yield Measured(
            "R14 disk full",
            "fail at each write: exit 74, 0 lost, continues to the same bytes",
            f"{tries.done} operations failed, {len(tries.wrong)} went wrong",
            not tries.wrong and tries.done >= len(PLACES),
            {"wrong": tries.wrong, "operations": tries.by_place},
        )


class Tries:
    """Runs that are spoiled at one point each and then continued."""

    def __init__(self, nest: Zygote, work: Path, expected: dict[str, bytes]) -> None:
        self.done = 0
        self.wrong: list[str] = []
        self.by_place: dict[str, int] = {}
        self._nest = nest
        self._work = work
        self._expected = expected

    def all_of(self, place: str, stride: int, dies: str | None = None) -> None:
        """Each `stride`-th call of an operation, until a run ends before it comes to it."""
        for number in count(0, stride):
            run_dir = self._work / "spoiled"
            shutil.rmtree(run_dir, ignore_errors=True)
            spoil = {"dies": [place, number, dies]} if dies else {"fails": [place, number]}
            code = self._nest.run("world", [run_dir], log=self._work / "log", **spoil)
            if code == 0:
                return
            self._judge(f"{dies or 'fails'} {place} {number}", run_dir, code, dies is not None)
            self.done += 1
            self.by_place[place] = self.by_place.get(place, 0) + 1

    def _judge(self, name: str, run_dir: Path, code: int, killed: bool) -> None:
        if code != (SIGKILLED if killed else DISK_FAILED):
            self.wrong.append(f"{name}: exit {code}")
        if not killed and RunLayout(run_dir).database.exists():
            self._require_whole(name, run_dir)
        again = self._nest.run("world", [run_dir, 16], log=self._work / "log")
        if again:
            self.wrong.append(f"{name}: continued with exit {again}")
        elif shards_of(run_dir) != self._expected:
            self.wrong.append(f"{name}: other bytes")

    def _require_whole(self, name: str, run_dir: Path) -> None:
        """What stands in shards after the failure is a beginning of what must stand there."""
        for shard, data in shards_of(run_dir).items():
            if shard.endswith(".jsonl") and not self._expected.get(shard, b"").startswith(data):
                self.wrong.append(f"{name}: shard {shard} is torn")
