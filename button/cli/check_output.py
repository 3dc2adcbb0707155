"""What `button check` prints: tables, one JSON object, or a line per finding."""

import json
import sys

from rich.console import Console
from rich.table import Table

from button.cli.rendering import printable
from button.formats.linting import RowReport
from button.formats.tally import CodeCount, Example, Tally

PLACES = "file:row:message; rows are counted from 1, messages from 0"
"""How to read what stands before a finding."""
_STYLE = {"error": "red", "warning": "yellow", "info": "dim"}


def print_lines(file: str, report: RowReport) -> None:
    """`file:row:message code text` for each finding; `-` where no message is meant."""
    for remark in report.remarks:
        place = Example(file, report.row, remark.message, remark.text).place
        sys.stdout.write(f"{printable(f'{place} {remark.code} {remark.text}')}\n")


def verdict_json(tally: Tally, allowed: int, *, failed: bool) -> str:
    """Everything as one JSON object."""
    found = {
        "passed": not failed,
        "rows": tally.rows,
        "rows_with_errors": tally.rows_with_errors,
        "rows_with_errors_allowed": allowed,
        "messages": tally.messages,
        "calls": tally.calls,
        "files": [file.to_json() for file in tally.files],
        "codes": [_code_json(code, tally.rows) for code in tally.codes],
        "notes": dict(tally.notes.most_common()),
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _code_json(code: CodeCount, rows: int) -> dict[str, object]:
    return {
        "code": code.code,
        "severity": code.severity,
        "faults": dict(code.faults.most_common()),
        "findings": code.findings,
        "rows": code.rows,
        "rate": round(code.rows / rows, 6) if rows else None,
        "worst": [example._asdict() for example in code.worst],
    }


def print_tables(console: Console, tally: Tally, allowed: int, *, failed: bool) -> None:
    """What was read, what was found, the worst of it, and whether it passes."""
    _print_files(console, tally)
    if tally.codes:
        _print(console, "")
        _print_codes(console, tally)
        if any(code.worst for code in tally.codes):
            _print(console, f"\nThe worst rows ({PLACES}):")
        _print_worst(console, tally)
    if tally.notes:
        _print(console, "\nMapped, filled in or left out while reading:")
        for note, count in tally.notes.most_common():
            _print(console, f"{count:>9,}  {note}")
    _print(console, "")
    print_summary_line(console, tally, allowed, failed=failed)


def print_summary_line(console: Console, tally: Tally, allowed: int, *, failed: bool) -> None:
    """`3 of 198 rows have errors (1.5 %), 0 are allowed: failed`."""
    share = f" ({tally.rows_with_errors / tally.rows:.1%})" if tally.rows else ""
    console.print(
        f"{tally.rows_with_errors:,} of {tally.rows:,} row{'' if tally.rows == 1 else 's'} "
        f"{'has' if tally.rows == 1 else 'have'} errors{share}, {allowed:,} "
        f"{'is' if allowed == 1 else 'are'} allowed: {'failed' if failed else 'passed'}",
        style="bold red" if failed else "bold green",
        highlight=False,
        soft_wrap=True,
    )


def _print_files(console: Console, tally: Tally) -> None:
    for file in tally.files:
        formats = ", ".join(f"{name} ({count:,})" for name, count in file.formats.most_common())
        _print(console, f"{file.name}: {formats or 'no conversation'}")
        for kind, count in file.unreadable.most_common():
            _print(console, f"  {count:,} unreadable: {kind}", "red")
        if file.first_unreadable:
            _print(console, f"  first: {file.first_unreadable}", "red")
    _print(
        console,
        ", ".join(
            f"{count:,} {what if count == 1 else f'{what}s'}"
            for count, what in (
                (tally.rows, "row"),
                (tally.messages, "message"),
                (tally.calls, "call"),
            )
        ),
        "bold",
    )


def _print(console: Console, text: str, style: str = "") -> None:
    console.print(printable(text), style=style, highlight=False, markup=False, soft_wrap=True)


def _print_codes(console: Console, tally: Tally) -> None:
    table = Table(title="Found", title_justify="left", box=None, padding=(0, 1), pad_edge=False)
    for name in ("code", "severity", "at fault"):
        table.add_column(name, no_wrap=name != "at fault")
    for name in ("findings", "rows", "rate"):
        table.add_column(name, justify="right", no_wrap=True)
    for code in tally.codes:
        rate = f"{code.rows / tally.rows:.2%}" if tally.rows else ""
        table.add_row(
            code.code,
            code.severity,
            ", ".join(code.faults),
            f"{code.findings:,}",
            f"{code.rows:,}",
            rate,
            style=_STYLE[code.severity],
        )
    console.print(table)


def _print_worst(console: Console, tally: Tally) -> None:
    for code in tally.codes:
        for example in code.worst:
            _print(console, f"{example.place} {code.code} {example.text}")
