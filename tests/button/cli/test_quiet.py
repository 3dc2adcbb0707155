"""What a run says at its end: a table and advice, or with --quiet one line and what went wrong."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from button.cli.closing import print_end, print_line, print_trouble
from button.cli.progress import ProgressDisplay
from button.run.summary import RunSummary

Button = Callable[..., Any]


def said(print_: Callable[..., None], summary: RunSummary) -> list[str]:
    written = io.StringIO()
    print_(Console(file=written, width=40), Path("runs/[a]"), summary)
    return written.getvalue().splitlines()


def test_a_quiet_run_says_one_line(button: Button, tmp_path: Path) -> None:
    out = tmp_path / "run"
    for _ in range(2):
        done = button("generate", "--count", "3", "--out", out, "--quiet")
        assert done.code == 0, done.errors
        assert done.output == (
            f"3 accepted, 0 rejected; the dataset is in {out}/shards/accepted-*.jsonl\n"
        )
        assert done.errors == ""


def test_a_quiet_run_tells_what_went_wrong(button: Button, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.jsonl"
    seeds.write_text('{"scenario": "taming a griffin"}\n{broken\n')
    done = button("generate", "--seeds", seeds, "--out", tmp_path / "run", "--quiet")
    assert done.code == 75
    inputs, nothing, line = done.output.splitlines()
    assert inputs == "Input: 2 total, 1 used, 1 skipped (1 broken JSON)"
    assert nothing.startswith("Nothing was accepted; most frequent reason: ")
    assert line.startswith("0 accepted, ")
    assert "dataset" not in line


def test_a_shortfall_and_how_to_go_on_are_told_in_any_case() -> None:
    stopped = RunSummary(accepted=2, items=3, count=9, ended="interrupted")
    assert said(print_trouble, stopped) == [
        "2 of 9 trajectories accepted from 3 ",
        "items: interrupted; the run can be ",
        "continued",
        "Continue with: button resume runs/[a]",
    ]
    assert said(print_trouble, RunSummary(accepted=2)) == []
    assert said(print_line, RunSummary(accepted=2, rejected={"x": 1})) == [
        "2 accepted, 1 rejected; the dataset is in runs/[a]/shards/accepted-*.jsonl"
    ]


def test_each_command_to_try_next_has_a_line_of_its_own() -> None:
    lines = said(print_end, RunSummary(accepted=2))
    commands = lines[lines.index("Next:") + 1 :]
    assert [line.split("  ")[1] for line in commands] == [
        "button report runs/[a] --open",
        "button show runs/[a]",
        "button show runs/[a] --stats",
        "button graph pipeline",
        "button generate --help",
    ]
    assert len({line.rindex("  ") for line in commands}) == 1


@pytest.mark.parametrize("terminal", [True, False])
def test_a_quiet_display_shows_nothing(terminal: bool) -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=terminal, width=80)
    with ProgressDisplay(console, 10, quiet=True) as display:
        display._last_line -= 10
        assert not display._is_live
    assert written.getvalue() == ""
