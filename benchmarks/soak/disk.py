"""R14 on a real disk that is full: file systems in memory, from far too small to large enough."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.goal import Measured
from benchmarks.soak.programs import rows_alone
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote

COUNT = 150
FULL = 74


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """Each size: until it is full, then with room again."""
    if not size.disk_sizes_mb:
        return
    with TemporaryDirectory() as folder:
        flags = ["generate", "--quiet", "--count", COUNT, "--out"]
        assert nest.run("cli", [*flags, f"{folder}/plain"]) == 0
        expected = rows_alone(Path(folder) / "plain")
        stops, wrong = 0, []
        for megabytes in size.disk_sizes_mb:
            with _small(Path(folder) / "small", megabytes) as disk:
                if disk is None:
                    yield Measured("R14 full file system", "", "no right to mount: left out", True)
                    return
                log = Path(folder) / "log"
                code = nest.run("cli", [*flags, disk / "run"], log=log)
                stops += code == FULL
                if code not in (0, FULL) or "Traceback" in log.read_text(encoding="utf-8"):
                    wrong.append(f"{megabytes} MB: exit {code}")
                _mount("remount,size=64m", disk)
                code = nest.run("cli", [*flags, disk / "run"], log=log)
                if code or rows_alone(disk / "run") != expected:
                    wrong.append(f"{megabytes} MB: continued with exit {code}, or to other bytes")
    yield Measured(
        "R14 full file system",
        "exit 74 without a traceback; with room again the same bytes",
        f"{stops} of {len(size.disk_sizes_mb)} sizes were full, {len(wrong)} went wrong",
        not wrong and stops > 0,
        {"wrong": wrong},
    )


@contextmanager
def _small(point: Path, megabytes: float) -> Iterator[Path | None]:
    point.mkdir(exist_ok=True)
    if os.geteuid() != 0 or not _mount(f"size={int(megabytes * 1024)}k", point):
        yield None
        return
    try:
        yield point
    finally:
        subprocess.run(["umount", str(point)], check=True)


def _mount(options: str, point: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(point)]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
