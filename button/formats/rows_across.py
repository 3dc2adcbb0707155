"""Across the rows of files: duplicates named by file and row, benchmarks read from files."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from pathlib import Path

from button.checks import Conversation
from button.checks.across import Benchmark, Duplicates
from button.errors import InputError
from button.formats import UnreadableRowError, as_row, detect
from button.formats.files import conversation_texts
from button.formats.linting import Linter, RowReport
from tools.documents import parsed


def read_benchmark(files: Iterable[Path]) -> Benchmark:
    """What rows are compared with; rows of the files that are no conversation are left out.

    Raises:
        InputError: where a file is unreadable or holds no conversation.
    """
    return Benchmark(talk for path in files for talk in _conversations(path))


def _conversations(path: Path) -> Iterator[Conversation]:
    count = 0
    for text in conversation_texts(path):
        row = parsed(text)
        if row.problem is not None:
            continue
        try:
            value = as_row(row.value)
            talk = detect(value).read(value, None)
        except (UnreadableRowError, RecursionError):
            continue
        count += 1
        yield talk
    if not count:
        raise InputError(f"{path}: no row is a conversation in a known form")


class DuplicateRows:
    """Adds to the report on each row what it has in common with an earlier one of any file."""

    def __init__(self, linter: Linter) -> None:
        self._linter = linter
        self._seen = Duplicates(place=self._place)
        self._rows = array("Q")
        self._files: list[tuple[int, str]] = []

    def complete(self, file: str, report: RowReport) -> RowReport:
        """The report with the findings across rows."""
        if report.fingerprint is None:
            return report
        if not self._files or self._files[-1][1] != file:
            self._files.append((len(self._rows), file))
        self._rows.append(report.row)
        found = self._linter.remarks(self._seen.add(report.fingerprint))
        return report._replace(remarks=(*report.remarks, *found), fingerprint=None)

    def _place(self, number: int) -> str:
        at = bisect_right(self._files, number, key=lambda begun: begun[0]) - 1
        return f"{self._files[at][1]}:{self._rows[number]}"
