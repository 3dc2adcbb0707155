"""Processes that begin at once: a process that has imported everything forks for each program.

A kill needs a process of its own, and two hundred times two seconds of imports are no test. What is
forked runs `button.cli.main` as the command does, or the pretended run of
tests/button/run/run_world.py, and dies by real signals.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.forking import fork

ROOT = Path(__file__).parents[2]


class Child:
    """A forked program."""

    def __init__(self, nest: "Zygote", pid: int) -> None:
        self.pid = pid
        self._nest = nest
        self._status: int | None = None

    @property
    def ended(self) -> bool:
        """Whether it is a zombie that only waits for `wait`."""
        state = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
        return state.split()[0] == "Z"

    def kill(self) -> None:
        """SIGKILL; until `wait` a program that has ended is a zombie, so the pid is its own."""
        os.kill(self.pid, signal.SIGKILL)

    def wait(self) -> int:
        """Its exit code, or minus the signal that ended it."""
        if self._status is None:
            self._status = self._nest.ask({"wait": self.pid})
        return self._status


class Zygote:
    """Forks programs."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._asked, self._told = process.stdin, process.stdout

    def ask(self, what: Mapping[str, Any]) -> int:
        """Send one line, read one number."""
        self._asked.write(json.dumps(what) + "\n")
        self._asked.flush()
        return int(self._told.readline())

    def start(
        self,
        program: str,
        arguments: Sequence[object],
        *,
        log: Path | None = None,
        environment: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Child:
        """Fork and run a function of `benchmarks.soak.programs`; what it prints goes to `log`."""
        asked = {
            "program": program,
            "arguments": [str(argument) for argument in arguments],
            "options": options,
            "log": str(log or os.devnull),
            "environment": dict(environment or {}),
        }
        return Child(self, self.ask(asked))

    def run(self, program: str, arguments: Sequence[object], **options: Any) -> int:
        """Start and wait."""
        return self.start(program, arguments, **options).wait()


@contextmanager
def zygote() -> Iterator[Zygote]:
    """A process to fork from, while the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.soak.zygote"],
        cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        yield Zygote(process)


def _fork(asked: Mapping[str, Any]) -> int:
    pid = fork()
    if pid:
        return pid
    code = 70
    try:
        os.environ.update(asked["environment"])
        log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(source, target)
        programs = importlib.import_module("benchmarks.soak.programs")
        code = getattr(programs, asked["program"])(*asked["arguments"], **asked["options"])
    except BaseException:  # noqa: BLE001 - the process ends here, whatever it was
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    importlib.import_module("benchmarks.soak.programs").warm()
    while line := sys.stdin.readline():
        asked = json.loads(line)
        if "wait" in asked:
            told = os.waitstatus_to_exitcode(os.waitpid(asked["wait"], 0)[1])
        else:
            told = _fork(asked)
        print(told, flush=True)


if __name__ == "__main__":
    main()
