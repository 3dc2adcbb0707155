"""R2, first half, and R3: killed at random over real HTTP, started again, and nothing paid twice.

Every prompt carries a seed of its own, so a body that the server answered twice is a call that was
paid twice: its answer was on the way, or not yet on disk, when the process died.
"""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.soak.command import generate_flags
from benchmarks.soak.goal import Measured
from benchmarks.soak.programs import rows_alone
from benchmarks.soak.server import Weather, serving
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Child, Zygote
from button.canonical import derived_random
from tests.faultserver.process import Served

CONCURRENCY = 8
SEED = 11
LATENCY_S = (0.005, 0.04)
MOST_KILLS = 20
"""Of one run; the next kills meet another one."""
MOST_CALLS = 60
"""Calls between a start and a kill."""
AT_THE_START = 0.1
"""Share of kills that come before there can be calls."""


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """Runs that are killed until there were enough kills, each compared with one that was not."""
    kills, runs, repaid, most = 0, 0, 0, 0.0
    wrong: list[str] = []
    settings: dict[str, object] = {"default_model.max_in_flight": CONCURRENCY}
    flags = {"count": size.kill_count, "concurrency": CONCURRENCY, "seed": SEED}
    with TemporaryDirectory() as folder:
        work = Path(folder)
        expected: dict[str, bytes] = {}
        while kills < size.kills or not expected:
            # Each run has a server of its own, which counts.
            with serving(nest, Weather(latency_s=LATENCY_S)) as server:
                out = work / "run"
                shutil.rmtree(out, ignore_errors=True)
                arguments = generate_flags(out, server.base_url, settings, **flags)
                killer = Killer(nest, arguments, server, work / "log")
                # The first run is left alone: it says what all others must come to.
                due = min(MOST_KILLS, size.kills - kills) if expected else 0
                code = killer.to_the_end(due, derived_random("kills", runs))
                if code:
                    told = (work / "log").read_text(errors="replace")[-500:]
                    wrong.append(f"run {runs} ended with {code}: {told}")
                    break
                made = rows_alone(out)
                expected = expected or made
                if made != expected:
                    wrong.append(f"run {runs} after {killer.kills} kills")
                seen = server.stats()
                again = seen["requests"] - seen["bodies"]
                kills, runs, repaid = kills + killer.kills, runs + 1, repaid + again
                most = max(most, again / max(1, killer.kills))
    yield Measured(
        "R2 random kills",
        f"{size.kills} SIGKILLs at random: 0 byte differences",
        f"{kills} kills in {runs - 1} runs over HTTP, {len(wrong)} differ",
        kills >= size.kills and not wrong,
        {"wrong": wrong},
    )
    yield Measured(
        "R3 repaid calls",
        f"at most the concurrency ({CONCURRENCY}) a kill",
        f"{repaid / max(1, kills):.1f} a kill on average, {most:.1f} in the worst run",
        most <= CONCURRENCY and kills > 0,
        {"repaid": repaid, "kills": kills},
    )


class Killer:
    """Starts one run again and again, and kills it until it was left to end."""

    def __init__(self, nest: Zygote, arguments: list[str], server: Served, log: Path) -> None:
        self.kills = 0
        self._nest = nest
        self._arguments = arguments
        self._server = server
        self._log = log

    def to_the_end(self, kills: int, chance: Random) -> int:
        """The exit code of the process that was left to end, or ended before its time."""
        while True:
            child = self._nest.start("cli", self._arguments, log=self._log)
            if self.kills < kills:
                self._wait(child, chance)
                child.kill()
            code = child.wait()
            if code != -9:
                return code
            self.kills += 1

    def _wait(self, child: Child, chance: Random) -> None:
        """Until a drawn number of calls were made, so that a slow machine kills as late as a fast
        one; now and then a moment of the start."""
        if chance.random() < AT_THE_START:
            time.sleep(chance.uniform(0, 0.4))
            return
        enough = self._server.stats()["requests"] + chance.randint(1, MOST_CALLS)
        while self._server.stats()["requests"] < enough and not child.ended:
            time.sleep(0.004)
        time.sleep(chance.uniform(0, LATENCY_S[1]))
