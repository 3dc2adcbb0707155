"""Checks across rows: duplicates within a dataset, and contamination with benchmarks.

Rows are taken one after the other in their order, so that a dataset of any size can be gone
through; the same rows in the same order give the same findings on every machine.
"""

from collections.abc import Iterable, Iterator

from button.checks.across import contamination, duplicates
from button.checks.across.contamination import Benchmark
from button.checks.across.duplicates import Duplicates, Fingerprint, request_signature
from button.checks.across.minhash import NearDuplicates
from button.checks.codes import Code
from button.checks.conversation import Conversation
from button.records import Finding

CODES: tuple[Code, ...] = (*duplicates.CODES, *contamination.CODES)
"""Everything that can be found across rows."""

__all__ = [
    "CODES",
    "Benchmark",
    "Duplicates",
    "Fingerprint",
    "NearDuplicates",
    "request_signature",
    "scan",
]


def scan(
    talks: Iterable[Conversation], *, duplicates: bool = True, benchmark: Benchmark | None = None
) -> Iterator[list[Finding]]:
    """The findings of each row in turn, against those before it and against a benchmark."""
    seen = Duplicates() if duplicates else None
    for talk in talks:
        found = seen.add(Fingerprint.of(talk)) if seen else []
        yield [*found, *(benchmark.compare(talk) if benchmark else ())]
