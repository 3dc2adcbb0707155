"""`python -m tests.faultserver`: serve until the process is ended; the first line says where.

--port 0 --seed 0 --rate 0.3 --model-rate 0.1 --kinds a,b,c --latency 0,0.02 --most-in-a-row 3
"""

import argparse
import asyncio
import json

from tests.faultserver.plan import QUICK, Seeded
from tests.faultserver.server import FaultServer


async def _serve(options: argparse.Namespace) -> None:
    plan = Seeded(
        seed=options.seed, rate=options.rate, model_rate=options.model_rate,
        kinds=options.kinds.split(",") if options.kinds else QUICK,
        most_in_a_row=options.most_in_a_row,
    )  # fmt: skip
    low, high = map(float, options.latency.split(","))
    async with FaultServer(plan, port=options.port, latency_s=(low, high)) as server:
        print(json.dumps({"base_url": server.base_url}), flush=True)  # noqa: T201
        await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faultserver")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rate", type=float, default=0.3)
    parser.add_argument("--model-rate", type=float, default=0.1)
    parser.add_argument("--kinds", default="")
    parser.add_argument("--latency", default="0,0")
    parser.add_argument("--most-in-a-row", type=int, default=3)
    asyncio.run(_serve(parser.parse_args()))


if __name__ == "__main__":
    main()
