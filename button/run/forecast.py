"""What a run will take, from a few of its items: a ratio estimate with a prediction interval.

Each accepted trajectory takes R = (sum over items) / (accepted among them), so what rejected items
cost is in it. The interval is that of Student's t over the items (Cochran, Sampling Techniques, 3rd
edition, 6.4), for the error of R and the chance of the items to come. A few items that were all
accepted say little of how many are not: they are treated as if half of one more item had come to
nothing.
"""

from collections.abc import Sequence
from math import sqrt
from typing import NamedTuple

CONFIDENCE = 0.9
"""Share of runs that end within the interval."""
_T = (6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812)
"""The 95 % quantiles of Student's t for 1 to 10 degrees of freedom."""
HALF_AN_ITEM = 0.5


class Range(NamedTuple):
    """A forecast."""

    expected: float
    low: float
    high: float | None
    """None where one item alone says nothing of how far others are from it."""

    def times(self, factor: float) -> "Range":
        """In other units."""
        high = None if self.high is None else self.high * factor
        return Range(self.expected * factor, self.low * factor, high)


def forecast(costs: Sequence[float], accepted: Sequence[int], count: int) -> Range | None:
    """What `count` accepted trajectories will cost; None where no item was accepted.

    Args:
        costs: of each item of the pilot.
        accepted: accepted trajectories of each.
        count: accepted trajectories to make.
    """
    items, made = len(costs), sum(accepted)
    if not made:
        return None
    ratio = sum(costs) / made
    expected = ratio * count
    if items < 2:
        return Range(expected, 0.0, None)
    share, mean = made / items, sum(costs) / items
    squares = sum((cost - ratio * got) ** 2 for cost, got in zip(costs, accepted, strict=True))
    variance = (squares + HALF_AN_ITEM * mean**2) / (items - 1)
    error = _quantile(items - 1) * sqrt(variance * (count**2 / items + count * share)) / share
    return Range(expected, max(0.0, expected - error), expected + error)


def _quantile(freedom: int) -> float:
    """The 95 % quantile of Student's t, to three thousandths."""
    return _T[freedom - 1] if freedom <= len(_T) else 1.645 + 1.65 / freedom
