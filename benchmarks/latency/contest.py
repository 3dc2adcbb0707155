"""One contestant against a fresh stand-in endpoint: what it needed, beside what was possible."""

import json
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from benchmarks.latency.chains import critical_path, gaps, ideal_wall, items_of, named
from benchmarks.latency.ours import ROOT_SEED

ROOT = Path(__file__).resolve().parents[2]


class Result(NamedTuple):
    """What one run of a contestant came to; times in seconds."""

    wall_s: float
    cpu_s: float
    calls: int
    latency_s: float
    """Sum of the latencies of all its calls."""
    limit: int
    conversations: int
    ideal_s: float | None = None
    """Wall time of a perfect scheduler, where it is known which call waits for which."""
    longest_s: float | None = None
    """The longest chain alone; no scheduler is faster."""
    gap_p50_s: float | None = None
    """Between what a call waits for and the call."""
    gap_p99_s: float | None = None

    @property
    def busy(self) -> float:
        """Share of the slots that were in use: latency over limit times wall."""
        return self.latency_s / (self.limit * self.wall_s)

    @property
    def efficiency(self) -> float:
        """Ideal over measured wall time."""
        return (self.ideal_s or 0.0) / self.wall_s

    @property
    def cpu_ms_a_call(self) -> float:
        return 1000 * self.cpu_s / self.calls


@contextmanager
def slow_endpoint(latency: str, seed: int = 1) -> Iterator[str]:
    """The address of a stand-in endpoint in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.latency.server"]
    command += ["--latency", latency, "--seed", str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["address"]
        finally:
            process.terminate()


def ours(way: str, latency: str, items: int, limit: int, seed: int = 1) -> Result:
    """`items` seeds of two conversations each through the whole pipeline."""
    with slow_endpoint(latency, seed) as address, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "benchmarks.latency.ours", way, address]
        told = run_json([*command, str(items), str(limit), folder])
        calls = _log(address)
    plain = _result(told, calls, limit)
    if "steps" not in told:
        return plain
    chains = items_of(named(calls, [(item, step) for item, step in told["steps"]], ROOT_SEED))
    waits = sorted(gaps(chains))
    return plain._replace(
        ideal_s=ideal_wall(chains, limit),
        longest_s=critical_path(chains),
        gap_p50_s=waits[len(waits) // 2],
        gap_p99_s=waits[len(waits) * 99 // 100],
    )


def run_ours_one_step(latency: str, count: int, limit: int, seed: int) -> Result:
    """`count` prompts through our endpoint machinery."""
    with slow_endpoint(latency, seed) as address:
        command = [sys.executable, "-m", "benchmarks.latency.ours_one_step", address]
        told = run_json([*command, str(count), str(limit), "-"])
        return _result(told, _log(address), limit)


def other(python: Path, program: str, latency: str, count: int, limit: int, seed: int) -> Result:
    """`count` pieces of work of a program of this folder, in the environment of `python`."""
    with slow_endpoint(latency, seed) as address, tempfile.TemporaryDirectory() as folder:
        script = ROOT / "benchmarks" / "latency" / program
        told = run_json([str(python), str(script), address, str(count), str(limit), folder], folder)
        return _result(told, _log(address), limit)


def run_json(command: Sequence[str], folder: str | Path = ROOT) -> dict[str, Any]:
    """The JSON object in the last line of what a command prints.

    Raises:
        RuntimeError: the command failed.
    """
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[:3])}: {done.stderr.strip().splitlines()[-1:]}")
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def middle(results: Sequence[Result]) -> Result:
    """The result with the median wall time."""
    wall = median(result.wall_s for result in results)
    return min(results, key=lambda result: abs(result.wall_s - wall))


def _result(told: dict[str, Any], calls: list[tuple[int, float, float]], limit: int) -> Result:
    latency = sum(latency for _, _, latency in calls)
    return Result(told["wall_s"], told["cpu_s"], len(calls), latency, limit, told["conversations"])


def _log(address: str) -> list[tuple[int, float, float]]:
    with urllib.request.urlopen(f"{address}/log", timeout=30) as response:
        return [(seed, came, latency) for seed, came, latency in json.load(response)["calls"]]
