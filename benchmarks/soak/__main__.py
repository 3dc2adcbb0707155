"""`python -m benchmarks.soak [--small] [--only MODULE ...]`: measure, print, exit 1 on a fail.

The numbers go to build/soak.json (build/soak-small.json), the table for the documentation to the
same name with .md.
"""

import argparse
import os
import platform
import time
from importlib import import_module
from pathlib import Path

from rich.console import Console

from benchmarks.soak.goal import Measured, markdown, show, write_report
from benchmarks.soak.sizes import FULL, SMALL
from benchmarks.soak.zygote import ROOT, zygote

MODULES = (
    "storm", "stopping", "kills", "crash_points", "order", "memory", "outage", "silence", "bounded",
    "budget", "disk", "others",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--small", action="store_true", help="what the test suite does")
    parser.add_argument("--only", nargs="+", choices=MODULES, default=MODULES, metavar="MODULE")
    options = parser.parse_args()
    console = Console(width=160)
    rows: list[tuple[Measured, float]] = []
    began = time.monotonic()
    with zygote() as nest:
        for name in options.only:
            console.print(f"{name} ...", highlight=False)
            started = time.monotonic()
            measured = import_module(f"benchmarks.soak.{name}").measure
            for row in measured(SMALL if options.small else FULL, nest):
                rows.append((row, time.monotonic() - started))
                console.print(f"  {row.goal}: {row.measured}", markup=False, highlight=False)
    passed = show(console, rows)
    seconds = round(time.monotonic() - began)
    name = "soak-small" if options.small else "soak"
    path: Path = ROOT / "build" / f"{name}.json"
    write_report(path, rows, seconds=seconds, python=platform.python_version(), cpus=os.cpu_count())
    about = f"{os.cpu_count()} cores ({platform.machine()}, Python {platform.python_version()})"
    text = f"{about}, {seconds / 60:.0f} minutes:\n\n{markdown(row for row, _ in rows)}"
    path.with_suffix(".md").write_text(text, encoding="utf-8")
    console.print(f"{seconds} s; {path.relative_to(ROOT)}", highlight=False)
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
