"""R11: whoever reads the log of a run sees that it lives, even where no endpoint says a word.

The real command without a terminal, against an endpoint that takes connections and never answers.
"""

import socket
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.soak.command import generate_flags
from benchmarks.soak.goal import Measured
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote

LONGEST_SILENCE_S = 30.0
LOOK_EVERY_S = 0.1


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """The longest time in which nothing was written."""
    if not size.silence_s:
        return
    with TemporaryDirectory() as folder, socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(64)
        gap = _longest_gap(nest, Path(folder), silent.getsockname()[1], size.silence_s)
    yield Measured(
        "R11 no silence in the log",
        f"a line at least each {LONGEST_SILENCE_S:.0f} s (real clock, no terminal)",
        f"longest silence {gap:.1f} s while an endpoint said nothing for {size.silence_s:.0f} s",
        gap <= LONGEST_SILENCE_S,
    )


def _longest_gap(nest: Zygote, folder: Path, port: int, seconds: float) -> float:
    log, settings = folder / "log", {"default_model.timeout_s": 10 * seconds}
    flags = generate_flags(folder / "run", f"http://127.0.0.1:{port}/v1", dict(settings), count=3)
    flags.remove("--quiet")
    child = nest.start("cli", flags, log=log)
    began = last = time.monotonic()
    longest, written = 0.0, 0
    while (now := time.monotonic()) < began + seconds:
        if log.exists() and log.stat().st_size > written:
            written, last = log.stat().st_size, now
        longest = max(longest, now - last)
        time.sleep(LOOK_EVERY_S)
    child.kill()
    child.wait()
    return longest
