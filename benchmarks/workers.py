"""Many processes against one: `make bench-workers`.

The same run of the embedded model in one process, with two local workers, and with two workers of a
Ray cluster of this machine, alternating; the wall time of each run as it tells it, start of the
workers included. The shards must be equal byte for byte. Ray is skipped where it is not installed.
"""

import hashlib
import importlib.util
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

COUNT, ROUNDS = 2000, 3
WAYS: dict[str, tuple[str, ...]] = {
    "one process": (),
    "--workers 2": ("--workers", "2"),
    "--engine ray --workers 2": ("--engine", "ray", "--workers", "2"),
}


class Made(NamedTuple):
    """One run."""

    seconds: float
    digest: str


def run(flags: tuple[str, ...], count: int) -> Made:
    """Wall seconds of a whole command, and a hash over its shards."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "run"
        command = [sys.executable, "-m", "button.cli", "generate", "--quiet", "--count"]
        began = time.perf_counter()
        subprocess.run(
            [*command, str(count), "--out", str(out), *flags], check=True, stdout=subprocess.DEVNULL
        )
        seconds = time.perf_counter() - began
        digest = hashlib.sha256()
        for shard in sorted((out / "shards").iterdir()):
            digest.update(shard.name.encode() + shard.read_bytes())
    return Made(seconds, digest.hexdigest())


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    ways = dict(WAYS)
    if importlib.util.find_spec("ray") is None:
        print("Ray: skipped, it is not installed (extra `ray`)")
        del ways["--engine ray --workers 2"]
    runs: dict[str, list[Made]] = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, flags in ways.items():
            runs[way].append(run(flags, count))
    walls = {way: median(made.seconds for made in found) for way, found in runs.items()}
    alone = walls["one process"]
    print(f"{count} trajectories, whole command, median of {ROUNDS}")
    print("                             wall s   a second   against one process")
    for way, wall in walls.items():
        print(f"{way:27} {wall:7.1f} {count / wall:10.1f} {alone / wall:12.2f} x")
    same = len({made.digest for found in runs.values() for made in found}) == 1
    print("shards are byte for byte the same" if same else "SHARDS DIFFER")
    if len(sys.argv) > 2:
        rows = {way: [made._asdict() for made in found] for way, found in runs.items()}
        Path(sys.argv[2]).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if not same:
        sys.exit(1)


if __name__ == "__main__":
    main()
