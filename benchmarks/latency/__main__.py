"""How close to the limit a run is, one process: `make bench-efficiency`.

For several limits and latencies: the whole pipeline (`button generate`'s way, run directory and
journal included) against a stand-in endpoint in a process of its own. The ideal is what a perfect
scheduler with the same limit would have needed for the very latencies that were drawn.
"""

import json
import sys
from pathlib import Path

from benchmarks.latency.contest import Result, ours
from benchmarks.latency.draw import Latency

LATENCIES = ("fixed:0.5", "lognormal:0.5:0.8", "lognormal:0.5:1.0")
LIMITS = (16, 64, 256, 1000)
CONVERSATIONS_A_SLOT = 8
LEAST, MOST = 256, 2048
HEAD = "limit    items  calls   ideal s  wall s  efficiency  busy   CPU ms/call   gap p50 / p99 ms"


def main() -> None:
    limits = [int(limit) for limit in sys.argv[1].split(",")] if len(sys.argv) > 1 else LIMITS
    rows = []
    for latency in LATENCIES:
        print(f"\n{Latency.parse(latency)}\n{HEAD}", flush=True)
        for limit in limits:
            items = min(MOST, max(LEAST, limit * CONVERSATIONS_A_SLOT)) // 2
            result = ours("run", latency, items, limit)
            rows.append({"latency": latency, "items": items, **result._asdict()})
            print(line(items, result), flush=True)
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


def line(items: int, result: Result) -> str:
    """A row of the table."""
    waits = f"{1000 * (result.gap_p50_s or 0):.0f} / {1000 * (result.gap_p99_s or 0):.0f}"
    return (
        f"{result.limit:5} {items:8} {result.calls:6} {result.ideal_s or 0:9.1f} "
        f"{result.wall_s:7.1f} {result.efficiency:11.2f} {result.busy:5.2f} "
        f"{result.cpu_ms_a_call:13.2f}   {waits:>16}"
    )


if __name__ == "__main__":
    main()
