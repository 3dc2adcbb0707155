"""Speed of the whole pipeline with the embedded model, one process: `make bench`.

Prints trajectories per second and CPU milliseconds per trajectory, and where the CPU time goes.
"""

import asyncio
import cProfile
import json
import platform
import pstats
import sys
import tempfile
import time
from pathlib import Path

from button.context import Context
from button.run.collector import calm_collector
from button.run.pipeline import plan_of, simulator_of
from button.run.runner import generate

COUNT = 600
WARM_UP = 60
PARTS = {
    "embedded model": "models/embedded/",
    "checks": "button/checks/",
    "agents and prompts": ("/agents/", "/prompts/", "jinja2"),
    "tools (gate, validation, ledger)": ("/tools/", "jsonschema"),
    "run directory": "button/run/",
    "LangGraph and LangChain": ("langgraph", "langchain", "langsmith"),
    "pydantic": "pydantic",
    "json": ("/json/", "canonical.py"),
    "asyncio": ("asyncio", "select"),
    "regular expressions": "/re/",
}


def make(count: int, concurrency: int = 16) -> tuple[float, float]:
    """Wall and CPU seconds for a run of `count` trajectories."""
    context = Context(root_seed=1)
    with tempfile.TemporaryDirectory() as folder:
        plan = plan_of(Path(folder) / "run", context, None, count=count, concurrency=concurrency)
        wall, cpu = time.perf_counter(), time.process_time()
        asyncio.run(generate(plan, simulator_of(context)))
        return time.perf_counter() - wall, time.process_time() - cpu


def part_of(file: str) -> str:
    """The part of the system that a file belongs to."""
    for part, marks in PARTS.items():
        if any(mark in file for mark in ([marks] if isinstance(marks, str) else marks)):
            return part
    return "other"


def shares(profile: cProfile.Profile) -> dict[str, float]:
    """Share of own CPU time by part; what is built into Python counts for the part that calls."""
    totals = dict.fromkeys([*PARTS, "other"], 0.0)
    stats = pstats.Stats(profile).stats  # type: ignore[attr-defined]
    for (file, _, _), (_, _, own, _, callers) in stats.items():
        if file != "~":
            totals[part_of(file)] += own
            continue
        for (caller, _, _), (_, _, own_for_it, _) in callers.items():
            totals[part_of(caller)] += own_for_it
    whole = sum(totals.values())
    return {part: own / whole for part, own in totals.items()}


def main() -> None:
    print("about a minute ...", flush=True)
    make(WARM_UP)
    calm_collector()
    runs = [make(COUNT) for _ in range(3)]
    wall, cpu = sorted(runs)[1]
    profile = cProfile.Profile()
    profile.runcall(make, WARM_UP * 2)
    parts = shares(profile)
    result = {
        "python": platform.python_version(),
        "trajectories": COUNT,
        "per_second": round(COUNT / wall, 1),
        "cpu_ms_each": round(1000 * cpu / COUNT, 2),
        "shares": {part: round(share, 3) for part, share in parts.items()},
    }
    print(f"{COUNT} checked trajectories, median of three runs, one process")
    print(f"  {result['per_second']} trajectories a second, {result['cpu_ms_each']} CPU ms each")
    print("  where the CPU time goes (profiled, own time):")
    for part, share in sorted(parts.items(), key=lambda pair: -pair[1]):
        print(f"    {part:34} {share:6.1%}")
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
