"""Which rows a report holds, where there are more than it may."""

from button.canonical import derived_random

DEFAULT_LIMIT = 5_000
"""Rows of each kind that are embedded."""


def sampled(kind: str, rows: int, limit: int) -> frozenset[int] | None:
    """The places of the rows to embed, the same for the same numbers; None for all of them."""
    if rows <= limit:
        return None
    return frozenset(derived_random("report", kind, rows).sample(range(rows), limit))
