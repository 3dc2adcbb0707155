"""From the rows of a run to a folder of data sets: streamed, twice read, whole or not there."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from button.errors import InputError
from button.export.card import card
from button.export.chat import Chat, chat_of
from button.export.conformance import Conformance
from button.export.facts import Facts
from button.export.folder import whole_folder
from button.export.format import ExportFormat, Row, UnheldError
from button.export.splits import WHOLE, Split, assign, scenario_key
from button.export.switches import Switches
from button.export.told import read_back
from button.export.writers import JsonLines, Parquet, RowWriter
from button.records import Trajectory

Rows = Callable[[], Iterable[dict[str, Any]]]
"""Gives the rows of a run from the first, each time it is called."""


class Asked(NamedTuple):
    """One format and how it is to be written."""

    format: ExportFormat
    switches: Switches


@dataclass
class Written:
    """What became of the trajectories in one format."""

    asked: Asked
    rows: Counter[str] = field(default_factory=Counter)
    """Rows by split."""
    left_out: Counter[str] = field(default_factory=Counter)
    """Trajectories without a row, by reason."""


@dataclass(frozen=True, kw_only=True)
class Export:
    """What is to be exported, and where to."""

    out: Path
    formats: tuple[Asked, ...]
    splits: tuple[Split, ...] = WHOLE
    parquet: bool = False
    license: str | None = None
    title: str = "Function-calling trajectories"
    about: tuple[str, ...] = ()
    """What the card says of the run, one line each."""


@dataclass
class Outcome:
    """What an export made."""

    facts: Facts
    written: list[Written]


def export(rows: Rows, asked: Export, conformance: Conformance) -> Outcome:
    """Write the data sets and their card; nothing is left where a row loses something.

    Raises:
        InputError: a row is no trajectory, the place is taken, or a split would be empty.
        ConfigurationError: something that is needed is not installed.
        ConformanceError: a template loses a part of a row.
        StorageError: the folder could not be written.
    """
    facts = Facts()
    for record, _ in records(rows()):
        facts.add(record)
    if not facts.trajectories:
        raise InputError("the run has no accepted trajectory to export")
    places = assign(facts.scenarios, asked.splits)
    outcome = Outcome(facts, [Written(each) for each in asked.formats])
    with whole_folder(asked.out) as folder:
        with ExitStack() as stack:
            sinks = [_Sink(folder, each, asked, conformance, stack) for each in outcome.written]
            for group in _items(rows()):
                for sink in sinks:
                    sink.take(group, places)
        conformance.refuse_losses()
        _drop_empty(folder, outcome)
        _write_notes(folder, asked)
        text = card(asked, outcome, conformance)
        (folder / "README.md").write_text(text, encoding="utf-8")
    return outcome


def records(rows: Iterable[dict[str, Any]]) -> Iterator[tuple[Trajectory, str]]:
    """Trajectories with their ids.

    Raises:
        InputError: a row is none.
    """
    for number, row in enumerate(rows, 1):
        try:
            yield Trajectory.from_row(row), str(row["id"])
        except ValueError as error:
            reason = str(error).splitlines()[0]
            raise InputError(f"row {number} is no trajectory: {reason}") from error


def _items(rows: Iterable[dict[str, Any]]) -> Iterator[list[tuple[Trajectory, str]]]:
    """The trajectories of one item after the other; they stand beside each other in a run."""
    for _, group in groupby(records(rows), key=lambda pair: pair[0].seeds.item):
        yield list(group)


class _Sink:
    """Writes one format into its files."""

    def __init__(
        self,
        folder: Path,
        written: Written,
        asked: Export,
        conformance: Conformance,
        stack: ExitStack,
    ) -> None:
        self.written, self.conformance = written, conformance
        self.format, self.switches = written.asked
        kind = Parquet if asked.parquet else JsonLines
        (folder / self.format.name).mkdir()
        self._files: dict[str, RowWriter] = {}
        for split in asked.splits:
            path = folder / self.format.name / f"{split.name}{kind.suffix}"
            writer = kind(path, self.format.columns)
            stack.callback(writer.close)
            self._files[split.name] = writer

    def take(self, group: Sequence[tuple[Trajectory, str]], places: dict[str, str]) -> None:
        """Write the rows of the trajectories of one item."""
        paired: dict[str, list[Chat]] = {}
        for record, id in group:
            chat = chat_of(record, self.switches, id)
            split = places[scenario_key(record.scenario.text)]
            paired.setdefault(split, []).append(chat)
            try:
                rows = self._rows(chat)
            except UnheldError as error:
                self.written.left_out[str(error)] += 1
                continue
            self._add(rows, split, chat)
        if self.format.twins and len(group) > 1:
            for split, chats in paired.items():
                self._add(self.format.twins(chats, self.switches), split, chats[0])

    def _rows(self, chat: Chat) -> list[Row]:
        rows = self.format.write(chat, self.switches)
        read_back(self.format, self.switches, chat, rows)
        return rows

    def _add(self, rows: list[Row], split: str, chat: Chat) -> None:
        if self.format.renders:
            self.conformance.check(self.format.name, chat, self.switches, rows)
        for row in rows:
            self._files[split].add(row)
            self.written.rows[split] += 1


def _drop_empty(folder: Path, outcome: Outcome) -> None:
    """Take away files without a row, at which loading would fail."""
    for written in outcome.written:
        place = folder / written.asked.format.name
        for path in place.iterdir():
            if not written.rows[path.stem]:
                path.unlink()
        if not any(place.iterdir()):
            place.rmdir()
    if not any(written.rows for written in outcome.written):
        reason = next((r for w in outcome.written for r, _ in w.left_out.most_common(1)), "none")
        raise InputError(f"no trajectory has a row in these formats; most have: {reason}")


def _write_notes(folder: Path, asked: Export) -> None:
    suffix = (Parquet if asked.parquet else JsonLines).suffix
    for format, _ in asked.formats:
        place = folder / format.name
        if place.is_dir():
            for name, text in format.notes(f"{asked.splits[0].name}{suffix}").items():
                (place / name).write_text(text, encoding="utf-8")
