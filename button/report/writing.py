"""Writing the report of a run into one file."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from button.errors import InputError
from button.models.embedded.world import the_world
from button.report.chunks import CHUNK_ROWS, json_bytes, packed
from button.report.overview import overview
from button.report.page import GENERATOR, render
from button.report.sample import DEFAULT_LIMIT
from button.report.source import Source
from button.report.survey import Survey
from button.run.atomic_write import write_atomically

_HEAD = 1_000
"""Characters at the beginning of a report within which it says that it is one."""


class ReportFile(NamedTuple):
    """What was written."""

    path: Path
    size: int
    rows: int
    """Rows that the file holds."""
    of: int
    """Rows of the run."""


def write_report(source: Source, path: Path, limit: int = DEFAULT_LIMIT) -> ReportFile:
    """Write the report of a run; the same run gives the same bytes.

    Raises:
        InputError: at `path` is something that is no report.
        RunDirectoryError: rows of the run cannot be read.
        StorageError: the file cannot be written.
    """
    refuse_other_file(path)
    survey = Survey(source, domain_of, limit)
    written = write_atomically(path, page(source, survey))
    return ReportFile(path, written.size, len(survey.lines), sum(source.sealed.values()))


def page(source: Source, survey: Survey) -> Iterator[str]:
    """The text of the file, part by part."""
    values = {
        **overview(source, survey),
        "title": source.name,
        "state": source.state,
        "lines": packed(json_bytes(survey.lines)),
        "embedded": len(survey.lines),
        "chunk_rows": CHUNK_ROWS,
        "chunks": survey.chunks.packed,
    }
    return render(values)


def domain_of(function: str) -> str | None:
    """The domain of a function of the embedded world; None for any other."""
    known = the_world().functions.get(function)
    return known.domain if known else None


def refuse_other_file(path: Path) -> None:
    """Refuse to replace anything but a report.

    Raises:
        InputError: at `path` is something else, or its folder is missing.
    """
    if not path.parent.is_dir():
        raise InputError(f"--out: there is no folder {str(path.parent)!r}")
    if path.is_dir():
        raise InputError(f"--out: {str(path)!r} is a folder; name a file, such as report.html")
    if not path.exists():
        return
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise InputError(f"--out: cannot read {str(path)!r}: {error.strerror}") from error
    if GENERATOR.encode() not in head:
        raise InputError(f"--out: {str(path)!r} exists and is no report; choose another name")
