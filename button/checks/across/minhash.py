"""Near duplicates among millions of sets: MinHash signatures, found again by their bands.

One permutation hashing (Li, Owen, Zhang 2012) with empty bins filled from others (Shrivastava
2017): each feature is hashed once, however long the signature. Two sets that share 80 % of their
features meet in some band with a chance of 99.8 %; whether they are alike enough is then read from
the signatures. About 300 bytes a set; the same sets in the same order find the same everywhere.
"""

from array import array
from bisect import bisect_left
from collections.abc import Sequence, Set
from typing import NamedTuple

BINS = 48
ROWS = 4
"""Bins in a band."""
BANDS = BINS // ROWS
_LOW = (1 << 16) - 1
"""What is kept of each bin's minimum to compare signatures."""
_BUCKETS = 256
_MASK = (1 << 64) - 1
_EMPTY = 1 << 64


class Signature(NamedTuple):
    """What is kept of a set: small enough to be sent to another process."""

    bands: tuple[int, ...]
    """A number for each band: sets that are alike share one of them."""
    bins: bytes
    """The low bits of each bin's minimum: the share of equal ones is the share of features."""


def signature(features: Set[int]) -> Signature | None:
    """The signature of a set of 64-bit hashes; None for an empty one."""
    if not features:
        return None
    minima = [_EMPTY] * BINS
    for feature in features:
        at, value = feature % BINS, feature // BINS
        if value < minima[at]:
            minima[at] = value
    filled = [_filled(minima, at) for at in range(BINS)]
    kept = array("H", (value & _LOW for value in filled))
    return Signature(tuple(_band(filled, band) for band in range(BANDS)), kept.tobytes())


def _filled(minima: list[int], at: int) -> int:
    """The minimum of a bin; that of another one, chosen by numbers only, where it is empty."""
    place, attempt = at, 0
    while minima[place] == _EMPTY:
        attempt += 1
        place = _mixed(at << 32 | attempt) % BINS
    return minima[place]


def _mixed(value: int) -> int:
    """A number scattered over 64 bits (the finalizer of SplitMix64)."""
    value = (value + 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ value >> 30) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ value >> 27) * 0x94D049BB133111EB) & _MASK
    return value ^ value >> 31


class NearDuplicates:
    """The signatures of all sets seen so far, numbered from 0."""

    def __init__(self, similarity: float = 0.8) -> None:
        self.similarity = similarity
        """Share of common features from which on two sets are near duplicates."""
        self._kept = array("H")
        self._bands = [Numbers() for _ in range(BANDS)]
        self.count = 0

    def add(self, made: Signature | None) -> tuple[int, float] | None:
        """Take the next set; returns an earlier one that is most like it, and how much so.

        None stands for an empty set, which is like no other.
        """
        number = self.count
        self.count += 1
        if made is None:
            self._kept.extend([0] * BINS)
            return None
        self._kept.frombytes(made.bins)
        candidates = {
            earlier
            for numbers, key in zip(self._bands, made.bands, strict=True)
            if (earlier := numbers.first(key, number)) != number
        }
        alike = max(((self._alike(number, each), -each) for each in candidates), default=None)
        if alike is None or alike[0] < self.similarity:
            return None
        return -alike[1], alike[0]

    def _alike(self, one: int, other: int) -> float:
        left = self._kept[one * BINS : (one + 1) * BINS]
        right = self._kept[other * BINS : (other + 1) * BINS]
        return sum(a == b for a, b in zip(left, right, strict=True)) / BINS


def _band(filled: Sequence[int], band: int) -> int:
    found = band
    for value in filled[band * ROWS : (band + 1) * ROWS]:
        found = _mixed(found ^ value)
    return found


class Numbers:
    """A map from 64-bit keys, evenly spread, to the number that came with a key first."""

    def __init__(self) -> None:
        self._keys = [array("Q") for _ in range(_BUCKETS)]
        self._numbers = [array("Q") for _ in range(_BUCKETS)]

    def first(self, key: int, number: int) -> int:
        """The number that `key` first came with: `number` where the key is new."""
        keys, numbers = self._keys[key >> 56], self._numbers[key >> 56]
        place = bisect_left(keys, key)
        if place < len(keys) and keys[place] == key:
            return numbers[place]
        keys.insert(place, key)
        numbers.insert(place, number)
        return number
