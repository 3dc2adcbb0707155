"""Rows linted: read, checked, and told in a form that is small and goes from process to process."""

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from typing import NamedTuple

from button.checks import Conversation, lint
from button.checks.across import Benchmark, Fingerprint
from button.checks.codes import Code
from button.checks.profile import FOREIGN, PROFILES, Profile
from button.formats import FORMATS, Definitions, UnreadableRowError, as_row, detect
from button.formats.dialogue import Dialogue
from button.records import Finding
from tools.documents import RowText, parsed

UNREADABLE_ROW = Code(
    "unreadable_row", "error", "construction", "A row is no conversation in a known form."
)
BATCH = 64
"""Rows that go to another process together."""
_NEW_OBJECTS = 50_000
"""After how many the collector of garbage looks for circles; a row has about a thousand."""


class Remark(NamedTuple):
    """A finding as plain data."""

    code: str
    severity: str
    fault: str
    message: int | None
    text: str


class RowReport(NamedTuple):
    """What there is to say about one row."""

    row: int
    """Line or index in its file, from 1; 0 is the file of functions."""
    format: str | None = None
    unreadable: str | None = None
    """Why it is no conversation, `kind: detail`."""
    messages: int = 0
    calls: int = 0
    remarks: tuple[Remark, ...] = ()
    notes: tuple[str, ...] = ()
    functions: int = 0
    """Of the file of functions: how many it defines."""
    fingerprint: Fingerprint | None = None
    """What the row is compared with others by, where duplicates are looked for."""


@dataclass(frozen=True)
class Linter:
    """How rows are read and checked; a pure function of the row."""

    format: str | None = None
    """Name of the format; by default each row tells it."""
    profile: str | None = None
    """Name of the profile; by default that of the format."""
    tools: Definitions | None = None
    codes: frozenset[str] | None = None
    """The codes that count; by default all."""
    benchmark: Benchmark | None = None
    """What rows must not be taken from."""
    duplicates: bool = False
    """Whether rows get a fingerprint."""

    def __call__(self, text: RowText) -> RowReport:
        """Read and check one row."""
        try:
            name, talk = self._read(text)
        except UnreadableRowError as error:
            reason = str(error)
            remarks = self.remarks([UNREADABLE_ROW.found(reason)])
            return RowReport(text.number, unreadable=reason, remarks=remarks)
        found = list(lint(talk, self._profile(name)).findings)
        if self.benchmark:
            found += self.benchmark.compare(talk)
        return RowReport(
            text.number,
            name,
            None,
            len(talk.messages),
            sum(len(message.tool_calls or ()) for message in talk.messages),
            self.remarks(found),
            talk.reading.notes,
            fingerprint=Fingerprint.of(talk) if self.duplicates else None,
        )

    def _profile(self, format: str) -> Profile:
        return PROFILES[self.profile] if self.profile else FORMATS[format].profile

    def of_tools(self) -> RowReport:
        """The functions of the other file, judged once."""
        own = replace(self.tools or Definitions(), shared=False)
        talk = Dialogue(own).conversation()
        found = [
            each for each in lint(talk, FOREIGN).findings if (each.path or "").startswith("$.tools")
        ]
        return RowReport(
            0, remarks=self.remarks(found), notes=talk.reading.notes, functions=len(talk.tools)
        )

    def _read(self, text: RowText) -> tuple[str, Conversation]:
        row = parsed(text)
        if row.problem is not None:
            raise UnreadableRowError(row.problem)
        value = as_row(row.value)
        known = FORMATS[self.format] if self.format else detect(value)
        if self.format and not known.matches(value):
            keys = ", ".join(map(repr, list(value)[:8])) or "none"
            raise UnreadableRowError(f"not {known.name}: {known.form} expected, keys {keys:.200}")
        try:
            return known.name, known.read(value, self.tools)
        except RecursionError as error:
            raise UnreadableRowError("nested too deeply: no reader survives it") from error

    def remarks(self, findings: Iterable[Finding]) -> tuple[Remark, ...]:
        """The findings that count, as plain data."""
        return tuple(
            Remark(each.code, each.severity, each.fault, each.message, " ".join(each.text.split()))
            for each in findings
            if self.codes is None or each.code in self.codes
        )


Reports = Callable[[Iterable[RowText]], Iterator[RowReport]]


@contextmanager
def linting(linter: Linter, processes: int) -> Iterator[Reports]:
    """A function from rows to their reports, in order; the same with any number of processes."""
    if processes == 1:
        with _seldom_collected():
            yield lambda texts: map(linter, texts)
        return
    with ProcessPoolExecutor(processes, initializer=_begin, initargs=(linter,)) as pool:
        yield lambda texts: _spread(pool, texts, 4 * processes)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Fewer searches for garbage in circles: rows make none, and are freed as they pass by."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _spread(pool: ProcessPoolExecutor, texts: Iterable[RowText], most: int) -> Iterator[RowReport]:
    """Batches in flight, at most so many, so that memory does not grow with the file."""
    rows = iter(texts)
    waiting: deque[Future[list[RowReport]]] = deque()
    while batch := list(islice(rows, BATCH)):
        waiting.append(pool.submit(_linted, batch))
        if len(waiting) >= most:
            yield from waiting.popleft().result()
    while waiting:
        yield from waiting.popleft().result()


_linter = Linter()


def _begin(linter: Linter) -> None:
    global _linter
    _linter = linter
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *gc.get_threshold()[1:])


def _linted(batch: list[RowText]) -> list[RowReport]:
    return [_linter(text) for text in batch]
