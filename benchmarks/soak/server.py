"""The fault server of tests/faultserver with a plan for soaking, in a process of its own."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.zygote import Zygote
from button.canonical import derived_random
from tests.faultserver.mutations import HARMLESS, MUTATIONS
from tests.faultserver.process import Served
from tests.faultserver.server import FaultServer
from tests.faultserver.wire import FINAL, PASSING, WIRE

RARE: Mapping[str, float] = {
    "hang": 0.02, "slow_loris": 0.02, "gzip_bomb": 0.01, "endless_chunks": 0.02, "big_body": 0.02,
    "json_deep": 0.1, "retry_after_1": 0.05, "retry_after_90": 0.05, "retry_after_3600": 0.05,
    "retry_after_date": 0.05,
}  # fmt: skip
"""Weights of what costs time; everything else weighs 1."""
PASSING_BY = (*PASSING, *HARMLESS)
"""Faults that change no answer: they pass, or a good answer stays good."""
TELLING = (*FINAL, *(name for name in MUTATIONS if name not in HARMLESS))
"""Faults that change what a row says: wrong answers, and refusals of one request."""


@dataclass(frozen=True)
class Weather:
    """Which faults come, by chance, the same for the same seed in whatever order requests come.

    `passing` ones are drawn for a request's body and how often it came; `telling` ones for the body
    alone: the same question gets the same wrong answer however often it is asked.
    """

    seed: int = 0
    passing_rate: float = 0.0
    telling_rate: float = 0.0
    passing: Sequence[str] = PASSING_BY
    telling: Sequence[str] = TELLING
    most_in_a_row: int = 3
    latency_s: Sequence[float] = (0, 0)
    latency_seed: int = 0
    script: Sequence[str] = ()
    """Instead of all that: these, one a request, round and round."""
    weights: Mapping[str, float] = field(default_factory=lambda: dict(RARE))

    def fault(self, key: str, attempt: int, number: int) -> str | None:
        """See `tests.faultserver.plan.Plan`."""
        if self.script:
            return self.script[number % len(self.script)]
        chance = derived_random("telling", self.seed, key)
        told = chance.random() < self.telling_rate
        if attempt < self.most_in_a_row:
            due = derived_random("passing", self.seed, key, attempt)
            if due.random() < self.passing_rate:
                # A harmless change of the answer would hide the telling one.
                kinds = [name for name in self.passing if not told or name in WIRE]
                return due.choices(kinds, [self.weights.get(name, 1.0) for name in kinds])[0]
        return chance.choice(list(self.telling)) if told else None


@contextmanager
def serving(nest: Zygote, weather: Weather) -> Iterator[Served]:
    """A server beside, so that a client's memory and death are its own affair."""
    with TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        child = nest.start("serve", [json.dumps(asdict(weather))], log=log)
        try:
            while not (log.exists() and log.read_text(encoding="utf-8").endswith("\n")):
                assert not child.ended, "the server did not start"
                time.sleep(0.005)
            yield Served(log.read_text(encoding="utf-8").split("\n")[0])
        finally:
            child.kill()
            child.wait()


async def serve(weather: Weather) -> None:
    """Serve until the process is killed; the first line says where."""
    low, high = weather.latency_s
    server = FaultServer(weather, latency_s=(low, high), latency_seed=weather.latency_seed)
    async with server:
        print(server.base_url, flush=True)
        await asyncio.Event().wait()
