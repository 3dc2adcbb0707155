"""Dates, times and durations that follow from known ones: check-in plus three nights."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations

from button.checks.sources import Derived, Source, amounts_in
from button.checks.surface import Surface, says_day

_MOST_MOMENTS = 24
_LONGEST_EVENT = 1440.0
"""In minutes: how far a time of day is reckoned from another."""
_NEIGHBOUR = re.compile(r" (?:day (?:before|after|earlier|later)|following day|next day) ")


def by_calendar(
    surface: Surface, sources: Sequence[Source], told: Sequence[Source] = ()
) -> Derived | None:
    """A day or time reached from a known one by a known duration: check-in plus three nights.

    `told` is what else may say what day and time it is now.
    """
    days, minute = surface.moment
    # A list in a fixed order: what is found first goes into the record.
    spans = [
        (span, source)
        for source in sources
        for span in sorted(
            {
                amount.value * amount.factor
                for amount, _ in amounts_in(source)
                if amount.dimension == "time"
            }
        )
    ]
    spans += [(1440.0, source) for source in sources if _NEIGHBOUR.search(source.passage.words)]
    for source in sources:
        for span, of in spans:
            if days and _day_reached(days, source.passage.dates, span):
                return Derived(f"date {span / 1440:+g} days", (source, of))
            if (
                not days
                and minute is not None
                and any(
                    (time + sign * span) % 1440 == minute
                    for time in source.passage.times
                    for sign in (1, -1)
                )
            ):
                return Derived(f"time {span:+g} minutes", (source, of))
    return _composed_moment(surface, sources) or _later_moment(surface, (*sources, *told), spans)


def by_duration(target: float, sources: Sequence[Source], unit: float) -> bool:
    """Whether `target` minutes, hours or days are part of a known duration.

    The time between two known moments is one. `unit` is in minutes; `2 hours 15 minutes` are parts
    of 135 minutes.
    """
    lengths = {
        amount.value * amount.factor
        for source in sources
        for amount, _ in amounts_in(source)
        if amount.dimension == "time"
    }
    days = {day for source in sources for day in source.passage.dates}
    times = {time for source in sources for time in source.passage.times}
    if len(days) <= _MOST_MOMENTS and len(times) <= _MOST_MOMENTS:
        lengths.update(abs((a - b).days) * 1440.0 for a, b in combinations(days, 2))
        lengths.update(float((a - b) % 1440) for a in times for b in times if a != b)
    below = {1.0: 60.0, 60.0: 24.0}.get(unit)
    return any(
        abs(length / unit - target) < 0.05
        or (below is not None and float(length // unit % below) == target)
        for length in lengths
    )


def _day_reached(days: frozenset[date], known: frozenset[date], span: float) -> bool:
    return span >= 1440 and any(
        abs(day.toordinal() - other.toordinal()) * 1440 == span for day in days for other in known
    )


def _composed_moment(surface: Surface, sources: Sequence[Source]) -> Derived | None:
    """A date and a time of day that were said in different places."""
    days, minute = surface.moment
    if not days or minute is None:
        return None
    for source in sources:
        for other in sources:
            if says_day(source.passage, days) and minute in other.passage.times:
                return Derived("date and time", (source, other))
    return None


def _later_moment(
    surface: Surface, sources: Sequence[Source], spans: Sequence[tuple[float, Source]]
) -> Derived | None:
    """A known duration before or after a known date and time: an hour after 2023-09-11 13:20."""
    days, minute = surface.moment
    if not days or minute is None:
        return None
    known: dict[float, Source] = {}
    for source in sources:
        for time in source.passage.times:
            known.setdefault(time, source)
    for span, of in spans if known else ():
        for sign in (1, -1) if span <= _LONGEST_EVENT else ():
            shift, time_before = divmod(minute - sign * span, 1440)
            start = known.get(time_before)
            if start is None:
                continue
            before = frozenset(day + timedelta(days=shift) for day in days if _has_neighbours(day))
            if any(says_day(source.passage, before) for source in sources):
                return Derived(f"time {sign * span:+g} minutes", (start, of))
    return None


def _has_neighbours(day: date) -> bool:
    return date.min < day < date.max
