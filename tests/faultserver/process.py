"""The server in a process of its own, so that a client's memory and death are its own affair."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Served(NamedTuple):
    """A server that runs beside."""

    base_url: str

    def stats(self) -> dict[str, Any]:
        """What it has seen so far."""
        address = self.base_url.removesuffix("/v1") + "/stats"
        with urllib.request.urlopen(address, timeout=10) as response:
            found: dict[str, Any] = json.load(response)
        return found


@contextmanager
def started(**options: Any) -> Iterator[Served]:
    """Run `python -m tests.faultserver` with the options of its command line, such as seed=7."""
    flags = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faultserver", *flags], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        try:
            assert process.stdout is not None
            yield Served(json.loads(process.stdout.readline())["base_url"])
        finally:
            process.terminate()
