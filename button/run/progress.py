"""How far a run is, for whoever watches it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from button.models.spending import Spent
from button.run.summary import RunSummary

TELL_EVERY_S = 10.0
"""Seconds after which progress is told again, although no item has ended."""


class RunProgress(NamedTuple):
    """How far a run is, told after each item and in between."""

    summary: RunSummary
    """Decided rows; after a restart those of the earlier process are in it from the start."""
    in_flight: int
    """Items that are being simulated."""
    hopeful: int
    """Accepted rows, with those that wait for slower lower items counted as if all were kept."""
    settled: int
    """Items that have ended, those that wait for lower ones too."""
    spent: Mapping[str, Spent] = {}
    """What endpoints were asked and paid so far, by role, over all invocations."""
    calls_in_flight: int = 0
    """Requests to endpoints that wait for their answer."""


Progress = Callable[[RunProgress], None]


def silent(progress: RunProgress) -> None:
    """Nobody watches."""
