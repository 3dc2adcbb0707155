"""Which row came first with a 64-bit key: 16 bytes a key, so that millions fit into memory."""

import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator

_BUCKETS = 256
_PAIR = struct.Struct("<QQ")


class Numbers:
    """A map from 64-bit keys, evenly spread, to the number that came with a key first.

    The first eight bits of a key choose a bucket; a bucket is two sorted columns.
    """

    def __init__(self) -> None:
        self._keys = [array("Q") for _ in range(_BUCKETS)]
        self._numbers = [array("Q") for _ in range(_BUCKETS)]

    def find(self, key: int) -> int | None:
        """The number that `key` first came with; None where the key is new."""
        bucket, place = self._place(key)
        keys = self._keys[bucket]
        return self._numbers[bucket][place] if place < len(keys) and keys[place] == key else None

    def first(self, key: int, number: int) -> int:
        """The number that `key` first came with: `number`, which is kept, where the key is new."""
        bucket, place = self._place(key)
        keys, numbers = self._keys[bucket], self._numbers[bucket]
        if place < len(keys) and keys[place] == key:
            return numbers[place]
        keys.insert(place, key)
        numbers.insert(place, number)
        return number

    def _place(self, key: int) -> tuple[int, int]:
        bucket = key >> 56
        return bucket, bisect_left(self._keys[bucket], key)


def columns(packed: bytes) -> "array[int]":
    """Packed 64-bit numbers, the same on every machine."""
    found = array("Q", packed)
    if sys.byteorder == "big":
        found.byteswap()
    return found


def pack(pairs: Iterable[tuple[int, int]]) -> bytes:
    """Pairs of key and number as bytes."""
    return b"".join(_PAIR.pack(key, number) for key, number in pairs)


def unpack(packed: bytes) -> Iterator[tuple[int, int]]:
    """What `pack` packed."""
    return _PAIR.iter_unpack(packed)
