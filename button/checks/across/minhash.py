"""Near duplicates among millions of sets: MinHash signatures, found again by their bands.

One permutation hashing (Li, Owen, Zhang 2012) with empty bins filled from others (Shrivastava
2017): each feature is hashed once, however long the signature. Two sets that share 80 % of their
features meet in some band with a chance of 99.8 %; whether they are alike enough is then read from
the signatures. About 300 bytes a set; the same sets in the same order find the same everywhere,
also where the older ones lie elsewhere, such as in a file.
"""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Set
from typing import Protocol

from button.checks.across.numbers import Numbers

BINS = 48
ROWS = 4
"""Bins in a band."""
BANDS = BINS // ROWS
_LOW = (1 << 16) - 1
"""What is kept of each bin's minimum: the share of equal ones is the share of equal features."""
_MASK = (1 << 64) - 1
_EMPTY = 1 << 64
_SIGNATURE = struct.Struct(f"<{BINS}H")
SIGNATURE_BYTES = _SIGNATURE.size
_BANDS = struct.Struct(f"<{BANDS}Q")
"""The four bins of a band, read as one number: sets that are alike share one of them."""
_NUMBERED = struct.Struct(f"<Q{_SIGNATURE.size}s")


def signature(features: Set[int]) -> bytes | None:
    """What is kept of a set of 64-bit hashes, 96 bytes; None for an empty one."""
    if not features:
        return None
    minima = [_EMPTY] * BINS
    for feature in features:
        value, at = divmod(feature, BINS)
        if value < minima[at]:
            minima[at] = value
    return _SIGNATURE.pack(*(_filled(minima, at) & _LOW for at in range(BINS)))


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


class OlderSets(Protocol):
    """Sets that came before all others, wherever they are kept."""

    def find(self, band: int, key: int) -> int | None:
        """The lowest number of a set with this key in a band."""

    def signature_of(self, number: int) -> bytes | None:
        """The signature of a set; None where it is not among them."""


class NearDuplicates:
    """Signatures of numbered sets; the numbers rise."""

    def __init__(self, similarity: float = 0.8, older: OlderSets | None = None) -> None:
        self.similarity = similarity
        """Share of common features from which on two sets are near duplicates."""
        self._older = older
        self._numbers = array("Q")
        self._kept = bytearray()
        self._bands = [Numbers() for _ in range(BANDS)]

    def most_like(self, made: bytes, before: int) -> tuple[int, float] | None:
        """The set most like one with the signature `made`, and how much so.

        Only numbers below `before` count; None where none is alike enough.
        """
        candidates = {
            number
            for band, key in enumerate(band_keys(made))
            if (number := self._find(band, key)) is not None and number < before
        }
        found = max(((self._alike(made, each), -each) for each in candidates), default=None)
        if found is None or found[0] < self.similarity:
            return None
        return -found[1], found[0]

    def add(self, number: int, made: bytes) -> None:
        """Keep the signature of the set of a number, which is above all before."""
        self._numbers.append(number)
        self._kept += made
        for numbers, key in zip(self._bands, band_keys(made), strict=True):
            numbers.first(key, number)

    def _find(self, band: int, key: int) -> int | None:
        # Of a key the first set counts, so that the answer does not depend on where sets are kept.
        older = self._older.find(band, key) if self._older else None
        return self._bands[band].find(key) if older is None else older

    def _alike(self, made: bytes, number: int) -> float:
        pairs = zip(
            _SIGNATURE.unpack(made), _SIGNATURE.unpack(self._signature_of(number)), strict=True
        )
        same: int = sum(one == another for one, another in pairs)
        return same / BINS

    def _signature_of(self, number: int) -> bytes:
        place = bisect_left(self._numbers, number)
        if place == len(self._numbers) or self._numbers[place] != number:
            found = self._older.signature_of(number) if self._older else None
            if found is None:
                raise KeyError(number)
            return found
        start = place * SIGNATURE_BYTES
        return bytes(self._kept[start : start + SIGNATURE_BYTES])


def band_keys(made: bytes) -> tuple[int, ...]:
    """The key of a signature in each band."""
    return _BANDS.unpack(made)


def pack_signatures(signatures: Iterable[tuple[int, bytes]]) -> bytes:
    """Numbers with their signatures as bytes."""
    return b"".join(_NUMBERED.pack(*each) for each in signatures)


def unpack_signatures(packed: bytes) -> Iterator[tuple[int, bytes]]:
    """What `pack_signatures` packed."""
    return _NUMBERED.iter_unpack(packed)
