"""Commands in forked processes: real ones, that can be sent real signals, without the imports."""

import gc
import os
import sys
from importlib import import_module
from pathlib import Path

from button.cli import main
from button.cli.commands import PLACES, loaded
from button.run.builtin_seeds import builtin_seed
from graphs.versions import versions


def load() -> None:
    """Have at hand what each child would load for itself."""
    for name in PLACES:
        loaded(name)
    import_module("button.models.endpoint")
    import_module("button.models.transport")
    import_module("button.models.embedded.chat_model")
    import_module("button.models.embedded.reading").the_reader()
    builtin_seed(0, 0)
    versions()


def fork() -> int:
    """`os.fork`; the child's garbage collector leaves alone what the parent holds.

    It is no garbage of the child, and to look through it would copy the parent's whole memory.
    """
    child = os.fork()
    if child == 0:
        gc.freeze()
    return child


class Child:
    """`button` in a forked process: a real one, without seconds of imports."""

    def __init__(
        self, folder: Path, *args: str | Path, cwd: Path | None = None, given: Path | None = None
    ) -> None:
        self.output = folder / "output"
        self.errors = folder / "errors"
        self.pid = fork()
        if self.pid == 0:
            code = 70
            try:
                os.dup2(os.open(given or os.devnull, os.O_RDONLY), 0)
                _take_over(self.output, self.errors)
                if cwd:
                    os.chdir(cwd)
                sys.argv = ["button", *map(str, args)]
                main()
                code = 0
            except SystemExit as ended:
                code = int(ended.code or 0)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)

    @property
    def ended(self) -> bool:
        """Whether it has come to its end; `wait` tells how."""
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def wait(self) -> int:
        """The exit code."""
        pid, self.pid = self.pid, 0
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) if pid else 0


def _take_over(output: Path, errors: Path) -> None:
    for number, path in ((1, output), (2, errors)):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, number)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    sys.stdout = open(1, "w", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", closefd=False)  # noqa: SIM115
