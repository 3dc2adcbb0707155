"""What was found in files, counted as the rows pass by; nothing grows with their number."""

import heapq
from collections import Counter
from typing import Any, NamedTuple

from button.formats.linting import RowReport


class Example(NamedTuple):
    """One finding of a row that has many of its kind, or came first."""

    file: str
    row: int
    message: int | None
    text: str

    @property
    def place(self) -> str:
        """`file:row:message`, with `-` where no message is meant."""
        return f"{self.file}:{self.row}:{'-' if self.message is None else self.message}"


class CodeCount:
    """One code at one severity: how often, in how many rows, whose fault, where worst."""

    def __init__(self, code: str, severity: str, worst: int) -> None:
        self.code, self.severity = code, severity
        self.findings = self.rows = 0
        self.faults: Counter[str] = Counter()
        self._most = worst
        self._worst: list[tuple[int, int, Example]] = []

    def add(self, count: int, faults: Counter[str], order: int, first: Example) -> None:
        """Count the findings of one row."""
        self.findings += count
        self.rows += 1
        self.faults.update(faults)
        if self._most:
            heapq.heappush(self._worst, (count, -order, first))
            if len(self._worst) > self._most:
                heapq.heappop(self._worst)

    @property
    def worst(self) -> list[Example]:
        """From the rows with the most findings of it, the earlier first."""
        return [example for _, _, example in sorted(self._worst, reverse=True)]


class FileCount:
    """What one file held."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.read = 0
        self.formats: Counter[str] = Counter()
        self.unreadable: Counter[str] = Counter()
        """Rows that are no conversations, by kind of reason."""
        self.first_unreadable: str | None = None
        self.error: str | None = None
        """Why the file could not be read, or not to its end."""

    def to_json(self) -> dict[str, Any]:
        """As JSON-like data."""
        return {
            "file": self.name,
            "read": self.read,
            "formats": dict(self.formats),
            "unreadable": dict(self.unreadable),
            "first_unreadable": self.first_unreadable,
            "error": self.error,
        }


_ORDER = {"error": 0, "warning": 1, "info": 2}


class Tally:
    """The counts over all files."""

    def __init__(self, worst: int) -> None:
        self.files: list[FileCount] = []
        self.rows = self.messages = self.calls = 0
        self.rows_with_errors = 0
        self.notes: Counter[str] = Counter()
        self._worst = worst
        self._codes: dict[tuple[str, str], CodeCount] = {}

    @property
    def codes(self) -> list[CodeCount]:
        """Errors first, the most frequent first."""
        return sorted(
            self._codes.values(), key=lambda each: (_ORDER[each.severity], -each.rows, each.code)
        )

    def begin(self, file: str) -> FileCount:
        """The next file; reports that are added belong to it."""
        self.files.append(FileCount(file))
        return self.files[-1]

    def add(self, report: RowReport) -> None:
        """Count one row of the file begun last."""
        file = self.files[-1]
        if report.row:
            self.rows += 1
        else:
            file.formats["functions"] = report.functions
        if report.unreadable is not None:
            file.unreadable[report.unreadable.partition(":")[0]] += 1
            file.first_unreadable = (
                file.first_unreadable or f"row {report.row}: {report.unreadable}"
            )
        elif report.format is not None:
            file.read += 1
            file.formats[report.format] += 1
        self.messages += report.messages
        self.calls += report.calls
        for note in report.notes:
            kind, _, count = note.rpartition(" (")
            self.notes[kind] += int(count.rstrip(")"))
        self.rows_with_errors += any(remark.severity == "error" for remark in report.remarks)
        self._count(file.name, report)

    def _count(self, file: str, report: RowReport) -> None:
        by_code: dict[tuple[str, str], list[int]] = {}
        for index, remark in enumerate(report.remarks):
            by_code.setdefault((remark.code, remark.severity), []).append(index)
        for key, indices in by_code.items():
            first = report.remarks[indices[0]]
            example = Example(file, report.row, first.message, first.text)
            faults = Counter(report.remarks[index].fault for index in indices)
            counted = self._codes.setdefault(key, CodeCount(*key, self._worst))
            counted.add(len(indices), faults, self.rows, example)
