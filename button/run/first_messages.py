"""Which row said a first message first: 16 bytes a row, so that millions fit into memory."""

import struct
from array import array
from bisect import bisect_left
from collections.abc import Iterable

BUCKETS = 256
_PAIR = struct.Struct("<QQ")


class FirstMessages:
    """A map from message digest to row, both 64-bit numbers.

    Digests are spread evenly, so their first eight bits choose a bucket; a bucket is two sorted
    columns. What is loaded is sorted when it is first looked at.
    """

    def __init__(self) -> None:
        self._digests = [array("Q") for _ in range(BUCKETS)]
        self._rows = [array("Q") for _ in range(BUCKETS)]
        self._unsorted: set[int] = set()

    def load(self, packed: bytes) -> None:
        """Add what `pack` made of other pairs; none of them is known yet."""
        for digest, row in _PAIR.iter_unpack(packed):
            bucket = digest >> 56
            self._digests[bucket].append(digest)
            self._rows[bucket].append(row)
        self._unsorted.update(range(BUCKETS))

    def setdefault(self, digest: int, row: int) -> int:
        """The row that said it first: `row` where the digest is new."""
        bucket = digest >> 56
        if bucket in self._unsorted:
            self._sort(bucket)
        digests, rows = self._digests[bucket], self._rows[bucket]
        place = bisect_left(digests, digest)
        if place < len(digests) and digests[place] == digest:
            return rows[place]
        digests.insert(place, digest)
        rows.insert(place, row)
        return row

    def _sort(self, bucket: int) -> None:
        pairs = sorted(zip(self._digests[bucket], self._rows[bucket], strict=True))
        self._digests[bucket] = array("Q", (digest for digest, _ in pairs))
        self._rows[bucket] = array("Q", (row for _, row in pairs))
        self._unsorted.discard(bucket)


def pack(pairs: Iterable[tuple[int, int]]) -> bytes:
    """Pairs of digest and row as bytes."""
    return b"".join(_PAIR.pack(digest, row) for digest, row in pairs)
