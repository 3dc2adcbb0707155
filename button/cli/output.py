"""Output that nobody reads any more: a run goes on when `head` or a closed terminal leaves it."""

import os
import sys
from typing import Any, TextIO

from rich.console import Console


class LastingStream:
    """A text stream that falls silent when its reader is gone, instead of raising."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or drop the text where nobody reads."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._fall_silent()
            return len(text)

    def flush(self) -> None:
        """Flush, or drop what is left where nobody reads."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._fall_silent()

    def _fall_silent(self) -> None:
        # What is buffered goes to the null device too, so that the end of the process is quiet.
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, self._stream.fileno())
        os.close(null)


def print_error(error: object) -> None:
    """One line on standard error."""
    Console(stderr=True, emoji=False).print(
        f"button: {error}", style="red", highlight=False, markup=False, soft_wrap=True
    )


def print_warning(text: str) -> None:
    """One line on standard error about what ends nothing."""
    Console(stderr=True, emoji=False).print(
        f"button: {text}", style="yellow", highlight=False, markup=False, soft_wrap=True
    )


def lasting_output() -> None:
    """Let standard output and standard error outlive their readers, also where they are closed."""
    sys.stdout = _lasting(sys.stdout)
    sys.stderr = _lasting(sys.stderr)


def _lasting(stream: TextIO | None) -> Any:
    if stream is None:
        # Closed before the process began; the program should not have to know.
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    # A terminal that knows ASCII only still gets the text, with question marks for the rest.
    stream.reconfigure(errors="replace")  # type: ignore[attr-defined]
    return LastingStream(stream)
