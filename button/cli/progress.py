"""The progress of a run: live lines in a terminal, plain lines elsewhere."""

import time
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from button.cli.pace import Pace, PaceMeter
from button.run.progress import RunProgress

PLAIN_LINE_EVERY_S = 5.0
"""Seconds between two plain lines."""
BAR = 20
"""Columns of the bar; the line fits 80 of them."""


class ProgressDisplay:
    """Shows `RunProgress`; a context manager. A `quiet` one shows nothing."""

    def __init__(self, console: Console, count: int | None, *, quiet: bool = False) -> None:
        self._console = console
        self._is_live = console.is_terminal and not quiet
        self._is_quiet = quiet
        self._meter = PaceMeter(count)
        self._pace: Pace | None = None
        self._bar = Progress(
            SpinnerColumn(),
            BarColumn(BAR),
            TextColumn("{task.description}"),
            TimeElapsedColumn(),
            console=console,
        )
        self._task = self._bar.add_task("", total=count)
        self._live = Live(
            console=console, get_renderable=self._drawn, transient=True, refresh_per_second=8
        )
        self._last_line = time.monotonic()

    def __enter__(self) -> Self:
        if self._is_live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_live:
            self._live.stop()

    def __call__(self, progress: RunProgress) -> None:
        """Show how far the run is."""
        self._pace = self._meter.read(progress)
        if self._is_live:
            self._bar.update(self._task, completed=progress.summary.accepted)
        elif not self._is_quiet and time.monotonic() - self._last_line >= PLAIN_LINE_EVERY_S:
            self._last_line = time.monotonic()
            self._console.print(self._pace.line, highlight=False, soft_wrap=True)

    def _drawn(self) -> RenderableType:
        return drawn(self._bar, self._pace)


def drawn(bar: Progress, pace: Pace | None) -> RenderableType:
    """The bar, with what else there is to say below it: at most three lines."""
    if pace is None:
        return bar
    for task in bar.tasks:
        task.description = f"{pace.made}  [dim]{pace.left}[/]"
    below = [
        ", ".join(filter(None, [pace.yielded, pace.speed])),
        pace.calls,
        pace.cost,
    ]
    return Group(
        bar,
        *(Text(f"  {line}", "dim", no_wrap=True, overflow="ellipsis") for line in below if line),
    )
