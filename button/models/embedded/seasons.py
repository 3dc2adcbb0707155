"""What the season does to a place: its warmth and its daylight on a day of the year."""

from datetime import date
from math import cos, pi
from random import Random
from typing import Any

from button.models.embedded.wording import clock, minutes_of

WARMEST_DAY, LONGEST_DAY = 200, 172
"""Days of the year that stand for July in the tables of places."""
WHIM = 3
"""Degrees by which a day may be warmer or colder than usual."""
DAYS_IN_A_YEAR = 365


def seasonal(january: Any, july: Any, day: str, rng: Random) -> Any:
    """A temperature or a clock time between those of January and July, as it is on `day`.

    A day has its own temperature, a few degrees off what is usual, always the same one.
    """
    number = date.fromisoformat(day).timetuple().tm_yday
    if isinstance(january, str):
        winter, summer = minutes_of(january), minutes_of(july)
        return clock(round(_between(winter, summer, number - LONGEST_DAY)))
    return round(_between(january, july, number - WARMEST_DAY)) + rng.randint(-WHIM, WHIM)


def _between(winter: float, summer: float, days_from_summer: int) -> float:
    share = (1 + cos(2 * pi * days_from_summer / DAYS_IN_A_YEAR)) / 2
    return winter + (summer - winter) * share
