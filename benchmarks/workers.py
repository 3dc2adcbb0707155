"""Many processes against one: `make bench-workers`.

The same run of the embedded model in one process, with two local workers, with two workers of a Ray
cluster that is up, and of one that is started for the run, alternating; the wall time of the whole
command, start of the workers included. The shards must be equal byte for byte. Ray is skipped where
it is not installed.
"""

import hashlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

COUNT, ROUNDS = 2000, 5
TWO = ("--workers", "2")
START_S = 60.0
"""Longest wait for a Ray cluster."""


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


@contextmanager
def ways() -> Iterator[dict[str, tuple[str, ...]]]:
    """Flags by the way to run; within the block a Ray cluster is up."""
    found: dict[str, tuple[str, ...]] = {"one process": (), "--workers 2": TWO}
    if importlib.util.find_spec("ray") is None:
        print("Ray: skipped, it is not installed (extra `ray`)")
        yield found
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    # A machine may have a token, which `ray start` then asks for.
    os.environ["RAY_AUTH_MODE"] = "token"
    start = f"--head --block --port {port} --num-cpus 2 --include-dashboard=false".split()
    ray = str(Path(sys.executable).with_name("ray"))
    with subprocess.Popen(
        [ray, "start", *start, "--disable-usage-stats"], stdout=subprocess.DEVNULL
    ) as head:
        try:
            _await_cluster(port)
            engine = ("--engine", "ray", *TWO)
            yield {
                **found,
                "Ray, cluster that is up": (*engine, "--address", f"127.0.0.1:{port}"),
                "Ray, cluster of its own": engine,
            }
        finally:
            head.terminate()


def _await_cluster(port: int) -> None:
    until = time.monotonic() + START_S
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > until:
                sys.exit(f"Ray: no cluster within {START_S:g} s")
            time.sleep(0.5)
        else:
            time.sleep(5)  # until its node takes actors
            return


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with ways() as found:
        runs: dict[str, list[Made]] = {way: [] for way in found}
        for _ in range(ROUNDS):
            for way, flags in found.items():
                runs[way].append(run(flags, count))
    tell(count, runs)


def tell(count: int, runs: dict[str, list[Made]]) -> None:
    """Print the table, and write the file that the command line names.

    A ratio is the median of the ratios within the rounds: the speed of a machine drifts.
    """
    print(f"{count} trajectories, whole command, medians of {ROUNDS} rounds")
    print("                             wall s   a second   against one process   two workers")
    for way, found in runs.items():
        wall = median(made.seconds for made in found)
        alone, two = (
            _times_as_fast(found, runs[other]) for other in ("one process", "--workers 2")
        )
        print(f"{way:27} {wall:7.1f} {count / wall:10.1f} {alone:19.2f} x {two:11.2f} x")
    same = len({made.digest for found in runs.values() for made in found}) == 1
    print("shards are byte for byte the same" if same else "SHARDS DIFFER")
    if len(sys.argv) > 2:
        rows = {way: [made._asdict() for made in found] for way, found in runs.items()}
        Path(sys.argv[2]).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if not same:
        sys.exit(1)


def _times_as_fast(these: list[Made], others: list[Made]) -> float:
    return median(other.seconds / this.seconds for this, other in zip(these, others, strict=True))


if __name__ == "__main__":
    main()
