"""Numbers as the page shows them: formatted, and as parts of the charts."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import quote


class Bar(NamedTuple):
    """One bar of a chart; `link` leads to the trajectories it counts."""

    label: str
    amount: int
    share: str
    """Of the whole, in words."""
    width: float
    """Of the longest bar, 0 to 100."""
    link: str = ""


class Bars(NamedTuple):
    """A chart with what did not get a bar of its own."""

    shown: list[Bar]
    others: int
    """Labels without a bar."""
    others_count: int


def number(value: float) -> str:
    """`1,234`, or `2.65` for what is no whole number."""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}"


def percent(part: float, whole: float) -> str:
    """A share as nobody misreads it: `<0.1%` and `>99.9%` are neither nothing nor all."""
    if not whole:
        return "–"
    share = 100 * part / whole
    if 0 < share < 0.1:
        return "<0.1%"
    if 99.9 < share < 100:
        return ">99.9%"
    return f"{share:.1f}%" if 0 < share < 10 or 99 < share < 100 else f"{share:.0f}%"


def duration(seconds: float) -> str:
    """`41 s`, `6.2 min`, `3.4 h`."""
    if seconds < 100:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"


def words(name: str) -> str:
    """A name of the code as words: `parallel_then_sequential` reads `parallel then sequential`."""
    return name.replace("_", " ")


def rows_link(**wanted: Any) -> str:
    """The address within the page that lists what is wanted."""
    asked = "&".join(f"{key}={quote(_encodable(str(wanted[key])), safe='')}" for key in wanted)
    return f"#trajectories?{asked}"


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def bars(
    counts: Mapping[Any, int],
    whole: int,
    *,
    most: int = 12,
    ordered: bool = False,
    key: str = "",
    plain: bool = False,
) -> Bars:
    """A chart of counts, the most frequent first or by label where they are `ordered`.

    `key` is the filter that lists what a bar counts; `plain` labels are shown as they are.
    """
    found = sorted(counts.items()) if ordered else sorted(counts.items(), key=_frequent_first)
    tallest = max(counts.values(), default=0)
    shown = [
        Bar(
            label=str(label) if plain else words(str(label)),
            amount=count,
            share=percent(count, whole),
            width=round(100 * count / tallest, 2) if tallest else 0,
            link=rows_link(kind="accepted", **{key: label}) if key else "",
        )
        for label, count in found[:most]
    ]
    rest = found[most:]
    return Bars(shown, len(rest), sum(count for _, count in rest))


def _frequent_first(pair: tuple[Any, int]) -> tuple[int, str]:
    return (-pair[1], str(pair[0]))
