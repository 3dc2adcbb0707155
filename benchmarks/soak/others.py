"""Goals that have a program or tests of their own: R6, R7, R8, R9's money, run from here."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import hostile_schemas, resume
from benchmarks.soak.goal import Measured
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import ROOT, Zygote

READY_S, READY_MB = 3.0, 250.0
TRIES = 3
TESTS = {
    "R7 no socket, no file": ["tests/tools/test_hostile_schemas.py"],
    "R8 semantics": ["tests/tools/test_engines_agree.py", "tests/real/test_json_schema_suite.py"],
    "R9 tokens and money": ["tests/button/models/test_budget.py"],
    "damage named": ["tests/button/run/test_verify.py"],
}


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """Only in the full set: the test suite has these tests anyway."""
    if size.resume_items:
        yield _resumed(size.resume_items)
    if size.hostile:
        command = [sys.executable, "-m", "benchmarks.hostile_schemas"]
        made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        slowest = next((line for line in made.stdout.splitlines() if " as " in line), "")
        cases = len(list(hostile_schemas.cases()))
        yield Measured(
            "R7 hostile schemas",
            f">= 300 cases, each < {hostile_schemas.GOAL_MS} ms",
            f"{cases} cases, slowest: {' '.join(slowest.strip('│ ').replace('│', ' ').split())}",
            made.returncode == 0 and cases >= 300,
            {"output": made.stderr[-500:]},
        )
        for goal, files in TESTS.items():
            yield _tested(goal, files)


def _resumed(items: int) -> Measured:
    with TemporaryDirectory() as folder:
        run_dir = Path(folder) / "run"
        resume.build(run_dir, items)
        command = [sys.executable, "-m", "benchmarks.resume", "--measure", str(run_dir), str(items)]
        # The best of three: what else the machine does can only make it slower.
        tries = [
            subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
            for _ in range(TRIES)
        ]
        found = min(map(json.loads, tries), key=lambda measured: float(measured["s"]))
    return Measured(
        "R6 resume",
        f"{items:,} items: ready within {READY_S:g} s, {READY_MB:g} MB",
        f"{found['s']:.2f} s ({found['cpu_s']:.2f} s of CPU), {found['mb']:.0f} MB",
        found["s"] <= READY_S and found["mb"] <= READY_MB,
        found,
    )


def _tested(goal: str, files: list[str]) -> Measured:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    last = made.stdout.strip().splitlines()[-1:]
    return Measured(
        goal, "all tests pass", f"{', '.join(files)}: {''.join(last)}", made.returncode == 0,
        {"output": made.stdout[-1500:]} if made.returncode else {},
    )  # fmt: skip
