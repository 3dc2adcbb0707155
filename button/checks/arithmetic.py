"""Numbers that nobody said but that follow from numbers that were said: units, sums and their kin.

Only steps that a person would call obvious are tried, and only between quantities of one kind; the
wider the net, the more inventions would slip through.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from button.checks.quantities import as_number, conversions, unit_of_key
from button.checks.sources import Derived, Source, amounts_in
from button.checks.surface import Passage
from button.checks.text import vocabulary

_MONEY = frozenset(
    vocabulary(
        "price cost total amount fee fare rate balance budget subtotal tax salary payment charge "
        "deposit rent premium discount refund eur usd gbp"
    )
)
_MOST_OPERANDS = 60
_MOST_SUMMANDS = 12
_MOST_COUNTED = 100
"""Up to here a bare whole number is taken for a count (of people, nights, pieces)."""


class _Operand(NamedTuple):
    value: float
    kind: str | None
    source: Source
    path: str | None = None
    keys: tuple[str | int, ...] = ()
    unmarked: bool = False
    """Whether a result names it without a unit, so that it may as well be money."""


def by_unit(target: float, sources: Sequence[Source]) -> Derived | None:
    """The same amount in another unit: `90 minutes` -> 1.5, `5 %` -> 0.05."""
    decimals = _decimals(target)
    for source in sources:
        for amount, path in amounts_in(source):
            if any(_equal(each, target, decimals) for each in conversions(amount)):
                return Derived("unit", (source,), path)
    return None


def by_arithmetic(target: float, sources: Sequence[Source], decimals: int) -> Derived | None:
    """A sum, difference, product, quotient, mean or count of earlier numbers.

    At least one of them is from a result; the outcome is rounded to `decimals`.
    """
    operands = list(_operands(sources))[-_MOST_OPERANDS:]
    return (
        _by_column(target, sources, decimals)
        or _by_pair(target, operands, decimals)
        or _by_total(target, operands, decimals)
    )


def by_balance(target: float, sources: Sequence[Source], decimals: int) -> bool:
    """Whether a price of a result leaves so much of a sum that the human named, or is so far above.

    Narrower than `by_arithmetic`: a difference and nothing else, and of money only.
    """
    operands = list(_operands(sources))
    named = [each for each in operands if each.source.call is None and each.kind == "money"]
    priced = [each for each in operands if each.source.call and each.value not in (0, 1)]
    return any(
        _equal(abs(limit.value - price.value), target, decimals)
        for limit in named
        for price in priced
        if price.kind == "money" or price.unmarked
    )


def _operands(sources: Iterable[Source]) -> Iterator[_Operand]:
    for source in sources:
        if source.call is None:
            for value in sorted(source.passage.numbers):
                yield _Operand(value, _kind_said(value, source.passage), source)
        for leaf in source.leaves:
            number = as_number(leaf.value)
            if number is not None:
                unmarked = unit_of_key(leaf.key) is None
                yield _Operand(number, _kind(leaf.key), source, leaf.path, leaf.keys, unmarked)


def _kind_said(value: float, passage: Passage) -> str | None:
    """What a number that the human said counts; None where it may be anything."""
    if value in passage.prices:
        return "money"
    if any(each.value == value and each.dimension == "ratio" for each in passage.amounts):
        return "percent"
    return "count" if value.is_integer() and value <= _MOST_COUNTED else None


def _kind(key: str) -> str:
    tokens = re.sub(r"([a-z])([A-Z])", r"\1_\2", key).lower().split("_")
    return "money" if not _MONEY.isdisjoint(tokens) else tokens[-1]


def _by_column(target: float, sources: Iterable[Source], decimals: int) -> Derived | None:
    """Over one field of a list in a result: how many, their sum, their mean."""
    for source in sources:
        columns: dict[str, list[float]] = {}
        for leaf in source.leaves:
            if any(isinstance(key, int) for key in leaf.keys):
                column = re.sub(r"\[\d+\]", "[*]", leaf.path)
                columns.setdefault(column, []).append(as_number(leaf.value) or 0.0)
        for column, values in columns.items():
            for note, value in (
                ("count", float(len(values))),
                ("sum", sum(values)),
                ("mean", sum(values) / len(values)),
            ):
                if _equal(value, target, decimals) and (note == "count" or value):
                    return Derived(note, (source,), column)
    return None


def _by_pair(target: float, operands: list[_Operand], decimals: int) -> Derived | None:
    for left, right in combinations(operands, 2):
        if left.source.call is None and right.source.call is None:
            continue
        if left.value in (0, 1) or right.value in (0, 1):
            continue
        for note, value in _results(left, right):
            if _equal(value, target, decimals) and not _of_unlike_entries(left, right):
                path = left.path if left.source.call else right.path
                first, second = (left, right) if left.source.call else (right, left)
                return Derived(note, (first.source, second.source), path)
    return None


def _by_total(target: float, operands: list[_Operand], decimals: int) -> Derived | None:
    """The sum of three or four numbers of one kind, each from another result."""
    kinds: dict[str | None, list[_Operand]] = {}
    for operand in operands:
        if operand.source.call and operand.value not in (0, 1):
            kinds.setdefault(operand.kind, []).append(operand)
    for alike in kinds.values():
        for count in (3, 4):
            for chosen in combinations(alike[-_MOST_SUMMANDS:], count):
                if len({each.source.call for each in chosen}) == count and _equal(
                    sum(each.value for each in chosen), target, decimals
                ):
                    sources = tuple(each.source for each in chosen)
                    return Derived("sum", sources, chosen[0].path)
    return None


def _results(left: _Operand, right: _Operand) -> Iterator[tuple[str, float]]:
    a, b = left.value, right.value
    if left.kind == right.kind or None in (left.kind, right.kind) or _both_money(left, right):
        yield "sum", a + b
        yield "difference", abs(a - b)
    if left.kind != right.kind and (_is_count(left) or _is_count(right)):
        yield "product", a * b
        yield "quotient", a / b
        yield "quotient", b / a
    for share, of in ((left, right), (right, left)):
        if share.kind in (None, "percent", "percentage", "pct", "discount", "rate"):
            yield "share", of.value * share.value / 100
            yield "share", of.value * (1 - share.value / 100)
            yield "share", of.value * (1 + share.value / 100)


def _of_unlike_entries(left: _Operand, right: _Operand) -> bool:
    """Whether two entries of one list give a field each, and not the same one.

    The fee of one offer says nothing about the price or the length of another offer.
    """
    if left.source.call is None or left.source.call != right.source.call:
        return False
    for key, other in zip(left.keys, right.keys, strict=False):
        if key != other:
            entries = isinstance(key, int) and isinstance(other, int)
            return entries and _fields(left.keys) != _fields(right.keys)
    return False


def _fields(keys: tuple[str | int, ...]) -> list[str]:
    return [key for key in keys if isinstance(key, str)]


def _both_money(left: _Operand, right: _Operand) -> bool:
    """A sum of money that the human named, against a figure of a result that has no unit."""
    said, given = (left, right) if left.source.call is None else (right, left)
    return said.source.call is None and said.kind == "money" and given.unmarked


def _is_count(operand: _Operand) -> bool:
    return (
        operand.kind != "money"
        and operand.value.is_integer()
        and 1 < operand.value <= _MOST_COUNTED
    )


def _decimals(value: float) -> int:
    return len(f"{value:.10f}".rstrip("0").partition(".")[2])


def _equal(value: float, target: float, decimals: int) -> bool:
    """Whether `value`, rounded to the decimals that the target shows, is the target."""
    tolerance = 1e-9 * max(1.0, abs(target)) if decimals == 0 else 0.5 * 10**-decimals + 1e-9
    return abs(value - target) <= tolerance
