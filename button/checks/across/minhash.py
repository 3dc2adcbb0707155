"""Near duplicates among millions of sets: MinHash signatures, found again by their bands.

One permutation hashing (Li, Owen, Zhang 2012) with empty bins filled from others (Shrivastava
2017): each feature is hashed once, however long the signature. Two sets that share 80 % of their
features meet in some band with a chance of 99.8 %; whether they are alike enough is then read from
the signatures. About 300 bytes a set; the same sets in the same order find the same everywhere.
"""

from array import array
from bisect import bisect_left
from collections.abc import Set

BINS = 48
ROWS = 4
"""Bins in a band."""
BANDS = BINS // ROWS
_BITS = 16
"""Of each bin's minimum, kept to compare signatures."""
_BUCKETS = 256
_MASK = (1 << 64) - 1
_EMPTY = 1 << 64


def signature(features: Set[int]) -> tuple[int, ...]:
    """The signature of a set of 64-bit hashes that is not empty."""
    minima = [_EMPTY] * BINS
    for feature in features:
        at, value = feature % BINS, feature // BINS
        if value < minima[at]:
            minima[at] = value
    return tuple(_filled(minima, at) for at in range(BINS))


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

    def add(self, features: Set[int]) -> tuple[int, float] | None:
        """Take the next set; returns an earlier one that is most like it, and how much so.

        An empty set is like no other.
        """
        number = self.count
        self.count += 1
        if not features:
            self._kept.extend([0] * BINS)
            return None
        made = signature(features)
        self._kept.extend(value & (1 << _BITS) - 1 for value in made)
        candidates = {
            earlier
            for band, numbers in enumerate(self._bands)
            if (earlier := numbers.first(_band(made, band), number)) != number
        }
        alike = max(((self._alike(number, each), -each) for each in candidates), default=None)
        if alike is None or alike[0] < self.similarity:
            return None
        return -alike[1], alike[0]

    def _alike(self, one: int, other: int) -> float:
        left = self._kept[one * BINS : (one + 1) * BINS]
        right = self._kept[other * BINS : (other + 1) * BINS]
        return sum(a == b for a, b in zip(left, right, strict=True)) / BINS


def _band(made: tuple[int, ...], band: int) -> int:
    found = band
    for value in made[band * ROWS : (band + 1) * ROWS]:
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
