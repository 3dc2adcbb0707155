"""How time and memory grow with the number of trajectories: `make bench-growth`.

For each size: a run of the embedded model in one process, then `button check`, `export` and
`report` over its rows; wall seconds and peak memory of each whole command.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

SIZES = (1_000, 10_000, 100_000)


class Cost(NamedTuple):
    """What one command took."""

    seconds: float
    peak_mb: float


def cost_of(*arguments: str) -> Cost:
    """Time and peak memory of a `button` command; its children count where they are larger.

    Raises:
        RuntimeError: it failed.
    """
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "button.cli", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"button {arguments[0]} ended with code {process.returncode}")
    return Cost(time.perf_counter() - began, used.ru_maxrss / 1024)


def costs_at(size: int, folder: Path) -> dict[str, Cost]:
    """What a run of `size` trajectories and the commands over its rows take."""
    run = folder / f"run-{size}"
    made = {"generate": cost_of("generate", "--count", str(size), "--out", str(run), "--quiet")}
    shards = sorted(str(path) for path in (run / "shards").glob("accepted-*.jsonl"))
    made["check"] = cost_of("check", *shards)
    out = str(folder / f"data-{size}")
    made["export"] = cost_of("export", str(run), "--to", "openai", "--out", out)
    made["report"] = cost_of("report", str(run), "--out", str(folder / f"report-{size}.html"))
    return made


def main() -> None:
    sizes = [int(size) for size in sys.argv[1].split(",")] if len(sys.argv) > 1 else SIZES
    rows = []
    print("     rows  command      wall s   ms a row   peak MB   peak against the smallest")
    with tempfile.TemporaryDirectory() as folder:
        first: dict[str, Cost] = {}
        for size in sizes:
            for name, cost in costs_at(size, Path(folder)).items():
                base = first.setdefault(name, cost)
                print(
                    f"{size:9,}  {name:10} {cost.seconds:8.1f} {1000 * cost.seconds / size:10.2f} "
                    f"{cost.peak_mb:9.0f} {cost.peak_mb / base.peak_mb:10.2f} x",
                    flush=True,
                )
                rows.append({"rows": size, "command": name, **cost._asdict()})
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
