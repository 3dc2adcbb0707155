"""R4: the same bytes whatever the concurrency, the order of the answers and the wall clock."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.command import generate_flags
from benchmarks.soak.goal import Measured
from benchmarks.soak.programs import shards_of
from benchmarks.soak.server import Weather, serving
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote

LATENCY_S = (0.0, 0.03)


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """One run for each concurrency, each against a server with other latencies."""
    made = {}
    jumped = None
    with TemporaryDirectory() as folder:
        for concurrency in size.order_concurrencies:
            out = Path(folder) / f"at-{concurrency}"
            weather = Weather(latency_s=LATENCY_S, latency_seed=concurrency)
            with serving(nest, weather) as server:
                flags = {"count": size.order_count, "concurrency": concurrency}
                code = nest.run("cli", generate_flags(out, server.base_url, {}, **flags))
                made[concurrency] = (code, shards_of(out))
                if jumped is None:
                    jumping = generate_flags(out.with_name("jumps"), server.base_url, {}, **flags)
                    code = nest.run("cli", jumping, jumps=True)
                    jumped = (code, shards_of(out.with_name("jumps")))
    first = next(iter(made.values()))
    different = [number for number, run in made.items() if run != first]
    yield Measured(
        "R4 order",
        f"concurrency {', '.join(map(str, made))} with shuffled latencies: same bytes",
        f"{size.order_count} rows, {len(different)} of {len(made)} runs differ",
        not different and first[0] == 0 and len(first[1]) > 1,
        {"different": different, "codes": {number: run[0] for number, run in made.items()}},
    )
    yield Measured(
        "clock jumps",
        "an hour back and a day ahead at each look at the clock: same bytes",
        "same bytes" if jumped == first else "other bytes",
        jumped == first,
        {"code": jumped and jumped[0]},
    )
