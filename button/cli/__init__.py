"""The command line. Exit codes: 0 done, 1 failed checks, 2 wrong usage, then by what went wrong.

64-78 follow sysexits.h and are listed in `docs/cli.md`; 130 and 143 mean stopped by a signal.
"""

import signal
import sys
from typing import Annotated

import typer

from button import __version__
from button.cli.commands import Commands
from button.cli.output import lasting_output, print_error
from button.cli.tracing import settle_tracing
from button.errors import ButtonError

app = typer.Typer(
    cls=Commands,
    help="BUTTON: verified multi-turn function-calling data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def version() -> None:
    """Print the version."""
    sys.stdout.write(f"{__version__}\n")


def _print_version(wanted: bool) -> None:
    if wanted:
        version()
        raise typer.Exit


@app.callback()
def common(
    wanted: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
    allow_tracing: Annotated[
        bool,
        typer.Option(
            "--allow-tracing", help="Leave LangSmith tracing on where the environment asks for it."
        ),
    ] = False,
) -> None:
    """BUTTON: verified multi-turn function-calling data."""
    told = settle_tracing(allowed=allow_tracing)
    if told:
        sys.stderr.write(f"button: {told}\n")


MANY = ("--seeds", "--functions", "--against", "--to", "--check-template")
"""Flags after which several values may stand."""


def with_repeated_flags(arguments: list[str]) -> list[str]:
    """`--seeds a b` as `--seeds a --seeds b`, so that a shell's `*.json` works."""
    flag: str | None = None
    expanded: list[str] = []
    for argument in arguments:
        if argument.startswith("-"):
            flag = argument if argument in MANY else None
            given = 0
        elif flag:
            given += 1
            if given > 1:
                expanded.append(flag)
        expanded.append(argument)
    return expanded


def leave_on_signals() -> None:
    """Until a run takes over, a signal ends the program in silence with its own exit code."""

    def leave(number: int, _: object) -> None:
        sys.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, leave)


def main() -> None:
    """Run a command; an error made on purpose is one line and its exit code."""
    lasting_output()
    leave_on_signals()
    try:
        app(args=with_repeated_flags(sys.argv[1:]))
    except ButtonError as error:
        print_error(error)
        sys.exit(error.exit_code)


__all__ = ["app", "main"]
