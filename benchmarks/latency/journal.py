"""What the run directory costs in wall time: `make bench-journal`.

The whole pipeline against the stand-in endpoint, with journal, budget and shards (`run`) and with
nothing written (`bare`), alternating; the ratio is the median of the rounds' ratios.
"""

from statistics import median

from benchmarks.latency.contest import middle, ours
from benchmarks.latency.draw import Latency

CASES = (("lognormal:0.5:0.8", 64, 256), ("fixed:0.02", 64, 256))
"""Latency, limit and items: as with a model, and where nothing but CPU time is left."""
ROUNDS = 3


def main() -> None:
    print(f"medians of {ROUNDS} rounds                 run, wall s   bare   run against bare")
    for latency, limit, items in CASES:
        pairs = [
            (ours("run", latency, items, limit, seed), ours("bare", latency, items, limit, seed))
            for seed in range(1, ROUNDS + 1)
        ]
        ratio = median(run.wall_s / bare.wall_s for run, bare in pairs)
        run, bare = (middle(results).wall_s for results in zip(*pairs, strict=True))
        name = f"{Latency.parse(latency)}, limit {limit}"
        print(f"{name:40} {run:6.1f} {bare:6.1f} {ratio:12.2f} x", flush=True)


if __name__ == "__main__":
    main()
