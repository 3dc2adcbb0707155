"""One generation step of 512 prompts, ours beside others: `make bench-one-step`.

Wall times include what each framework does to start and end a step, not its imports. Efficiency is
the sum of the latencies over limit times wall.
"""

import json
import sys
from pathlib import Path

from benchmarks.latency.contest import Result, middle, other, run_ours_one_step
from benchmarks.latency.environments import ONE_STEP, NotInstalledError, Peer, python_of

LATENCY = "fixed:0.5"
LIMITS, COUNT, ROUNDS = (64, 256), 512, 3


def main() -> None:
    pythons: dict[Peer, Path] = {}
    for peer in ONE_STEP:
        try:
            pythons[peer] = python_of(peer)
        except NotInstalledError as error:
            print(f"{peer.name}: skipped, it cannot be installed here: {error}")
    rows = []
    for limit in LIMITS:
        results: dict[str, list[Result]] = {}
        for seed in range(1, ROUNDS + 1):
            results.setdefault("ours", []).append(run_ours_one_step(LATENCY, COUNT, limit, seed))
            for peer, python in pythons.items():
                try:
                    made = other(python, peer.program, LATENCY, COUNT, limit, seed)
                except RuntimeError as error:
                    print(f"{peer.name}: skipped, it fails here: {error}", file=sys.stderr)
                    continue
                results.setdefault(peer.name, []).append(made)
        print(f"\n{COUNT} prompts, {LATENCY}, limit {limit}, medians of {ROUNDS}")
        print("                 wall s  efficiency  CPU ms/call   slower than ours")
        for name, found in results.items():
            print(line(name, middle(found), middle(results["ours"])), flush=True)
            rows += [{"who": name, **result._asdict()} for result in found]
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def line(name: str, result: Result, ours: Result) -> str:
    """A row of the table."""
    return (
        f"{name:15} {result.wall_s:7.2f} {result.busy:11.2f} {result.cpu_ms_a_call:12.2f} "
        f"{result.wall_s / ours.wall_s:16.2f} x"
    )


if __name__ == "__main__":
    main()
