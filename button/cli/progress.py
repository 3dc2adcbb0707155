"""The progress of a run: a live line in a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from button.models.circuit import duration
from button.run.progress import RunProgress

PLAIN_LINE_EVERY_S = 5.0
"""Seconds between two plain lines."""
LONG_S = 30.0
"""Seconds after which it is said that no item has ended."""


class ProgressDisplay:
    """Shows `RunProgress`; a context manager."""

    def __init__(self, console: Console, count: int | None, *, plain_lines: bool = True) -> None:
        self._console = console
        self._count = count
        self._live = console.is_terminal
        self._plain_lines = plain_lines
        self._bar = Progress(
            SpinnerColumn(),
            BarColumn(),
            TextColumn("{task.completed:.0f} accepted"),
            TextColumn("[red]{task.fields[rejected]}"),
            TextColumn("[dim]{task.fields[rate]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            refresh_per_second=8,
        )
        self._task = self._bar.add_task("generate", total=count, rejected="", rate="")
        self._began = time.monotonic()
        self._last_line = self._began
        self._before: int | None = None
        self._settled = 0
        self._last_end = self._began

    def __enter__(self) -> Self:
        if self._live:
            self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._bar.stop()

    def __call__(self, progress: RunProgress) -> None:
        """Show how far the run is."""
        summary = progress.summary
        rate = f"{self._pace(progress)}, {progress.in_flight} in flight"
        rejected = f"{summary.rejected_total} rejected" if summary.rejected_total else ""
        if self._live:
            self._bar.update(self._task, completed=summary.accepted, rejected=rejected, rate=rate)
        elif self._plain_lines and time.monotonic() - self._last_line >= PLAIN_LINE_EVERY_S:
            self._last_line = time.monotonic()
            of = f" of {self._count}" if self._count else ""
            line = ", ".join(filter(None, [f"{summary.accepted}{of} accepted", rejected, rate]))
            self._console.print(line, highlight=False)

    def _pace(self, progress: RunProgress) -> str:
        """How fast it goes since this process began, or for how long nothing has come of it."""
        now, accepted = time.monotonic(), progress.summary.accepted
        if self._before is None:
            self._before = accepted
        if progress.settled != self._settled:
            self._settled, self._last_end = progress.settled, now
        if now - self._last_end >= LONG_S:
            return f"nothing for {duration(now - self._last_end)}"
        rate = (accepted - self._before) / max(now - self._began, 1e-6)
        return f"{rate:.0f}/s" if rate >= 1 or not rate else f"{60 * rate:.1f}/min"
