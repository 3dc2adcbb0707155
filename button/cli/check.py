"""`button check`: a linter for datasets of tool calls, whoever made them."""

import sys
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Literal

import typer
from rich.console import Console

from button.checks import CODES
from button.checks.across import CODES as ACROSS
from button.checks.profile import PROFILES
from button.cli.check_files import DataFile, data_files
from button.cli.check_output import print_lines, print_summary_line, print_tables, verdict_json
from button.cli.output import print_error
from button.errors import InputError
from button.formats import FORMATS
from button.formats.files import conversation_texts, known_forms, load_definitions
from button.formats.linting import UNREADABLE_ROW, Linter, Reports, RowReport, linting
from button.formats.rows_across import DuplicateRows, read_benchmark
from button.formats.tally import Tally

UNKNOWN_ROWS = 100
"""Rows of no known form at the beginning of a file after which it is given up."""
_UNKNOWN = "unknown form"
_FormatName = Literal[("auto", *FORMATS)]  # type: ignore[valid-type]
_ProfileName = Literal[("auto", *PROFILES)]  # type: ignore[valid-type]


def check(
    files: Annotated[
        list[Path],
        typer.Argument(
            help="JSON Lines or JSON files, also gzipped, or Parquet; folders of them, run "
            "directories, or - for standard input."
        ),
    ],
    format: Annotated[
        _FormatName, typer.Option(help="What the rows are; auto: each row tells.")
    ] = "auto",
    tools: Annotated[
        Path | None, typer.Option(help="File of functions, for rows that define none.")
    ] = None,
    profile: Annotated[
        _ProfileName, typer.Option(help="How strict; auto: as the format asks for.")
    ] = "auto",
    codes: Annotated[
        str | None, typer.Option(help="Codes that count, with commas between; by default all.")
    ] = None,
    worst: Annotated[int, typer.Option(min=0, help="Examples to show of each code.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON object.")] = False,
    lines: Annotated[
        bool,
        typer.Option(
            "--lines",
            help="As lines: file:row:message code text; rows are counted from 1, messages from 0.",
        ),
    ] = False,
    max_errors: Annotated[
        int | None,
        typer.Option(min=0, help="Rows with errors that are accepted; 0 unless --threshold."),
    ] = None,
    threshold: Annotated[
        float | None,
        typer.Option(min=0, max=1, help="Share of rows with errors that is accepted."),
    ] = None,
    duplicates: Annotated[
        bool,
        typer.Option(
            "--duplicates",
            help="Also look for rows that are there already, exactly or nearly; keeps about 1 "
            "kB a row in memory.",
        ),
    ] = False,
    against: Annotated[
        list[Path] | None,
        typer.Option(help="Benchmark files that no row may be taken from. One or several."),
    ] = None,
    processes: Annotated[int, typer.Option(min=1, help="Processes that check.")] = 1,
) -> None:
    """Check files of conversations; exit code 1 where too many rows have errors."""
    if as_json and lines:
        raise typer.BadParameter("--json and --lines exclude each other")
    if max_errors is not None and threshold is not None:
        raise typer.BadParameter("--max-errors and --threshold exclude each other")
    linter = Linter(
        None if format == "auto" else format,
        None if profile == "auto" else profile,
        load_definitions(tools) if tools else None,
        _codes(codes),
        read_benchmark(against) if against else None,
        duplicates,
    )
    across = DuplicateRows(linter)
    tally = Tally(worst)
    with linting(linter, processes) as reports:
        for report in _all_reports(files, tools, linter, reports, tally):
            report = across.complete(tally.files[-1].name, report)
            tally.add(report)
            if lines:
                print_lines(tally.files[-1].name, report)
    allowed = (max_errors or 0) if threshold is None else int(threshold * tally.rows)
    failed = tally.rows_with_errors > allowed
    if as_json:
        sys.stdout.write(verdict_json(tally, allowed, failed=failed) + "\n")
    elif lines:
        print_summary_line(Console(stderr=True, emoji=False), tally, allowed, failed=failed)
    elif tally.rows:
        print_tables(Console(emoji=False), tally, allowed, failed=failed)
    _end(tally, failed=failed)


def _all_reports(
    files: Iterable[Path], tools: Path | None, linter: Linter, reports: Reports, tally: Tally
) -> Iterator[RowReport]:
    """The reports on all files; one that cannot be read does not keep the others from it."""
    if tools is not None:
        tally.begin(str(tools))
        yield linter.of_tools()
    with TemporaryDirectory(prefix="button-check-") as spool:
        for named in files:
            try:
                for data in data_files(named, Path(spool)):
                    yield from _reports(data, reports, tally)
            except InputError as error:
                tally.begin(str(named)).error = str(error)


def _reports(data: DataFile, reports: Reports, tally: Tally) -> Iterator[RowReport]:
    file = tally.begin(data.name)
    try:
        for count, report in enumerate(reports(conversation_texts(data.path)), 1):
            unknown = (report.unreadable or "").startswith(_UNKNOWN)
            if unknown and not file.read and count > UNKNOWN_ROWS:
                break
            yield report
        if file.unreadable[_UNKNOWN] and not file.read:
            file.error = (
                f"{data.name}: no row has a known form; first: {file.first_unreadable}. "
                f"Known: {known_forms()}"
            )
    except InputError as error:
        file.error = str(error).replace(str(data.path), data.name, 1)


def _codes(listed: str | None) -> frozenset[str] | None:
    if listed is None:
        return None
    known = [code.name for code in (*CODES, *ACROSS, UNREADABLE_ROW)]
    names = [name.strip() for name in listed.split(",") if name.strip()]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"did you mean {near[0]!r}?" if near else "docs/checks.md lists them"
            raise typer.BadParameter(f"--codes: no code {name!r}; {hint}")
    if not names:
        raise typer.BadParameter("--codes: names no code")
    return frozenset(names)


def _end(tally: Tally, *, failed: bool) -> None:
    errors = [file.error for file in tally.files if file.error]
    if errors:
        for error in errors[:-1]:
            print_error(error)
        raise InputError(errors[-1])
    if failed:
        raise typer.Exit(1)
