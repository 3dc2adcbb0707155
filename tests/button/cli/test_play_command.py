"""`button play` as a process, with lines on its standard input."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

CLI = [sys.executable, "-c", "from button.cli import main; main()"]
SITUATION = "booking a flight for a trip"


def test_a_conversation_is_played_saved_and_played_again(
    button: Callable[..., Any], tmp_path: Path
) -> None:
    lines = tmp_path / "lines"
    lines.write_text("\n" * 20)
    rows = tmp_path / "rows.jsonl"
    played = button("play", "--as", "tool", "--seed-text", SITUATION, "--save", rows, given=lines)
    assert played.code == 0, played.errors
    assert "give back" in played.output
    assert "The checks accept it." in played.output
    row = json.loads(rows.read_text())
    assert row["models"]["tool"] == {"name": "person and embedded", "kind": "person"}
    checked = button("check", rows)
    assert checked.code == 0, checked.output

    run = tmp_path / "run"
    assert button("generate", "--count", "2", "--quiet", "--out", run).code == 0
    kept = next((run / "shards").glob("accepted-*")).read_text().splitlines()
    first = json.loads(kept[0])
    again = button("play", run, first["id"][:10], "--as", "human", given=lines)
    assert again.code == 0, again.errors
    assert first["task"]["text"][:40] in again.output


def test_a_place_where_nothing_can_be_saved_is_told_before_anybody_plays(
    button: Callable[..., Any], tmp_path: Path
) -> None:
    refused = button("play", "--save", tmp_path / "missing" / "rows.jsonl")
    assert refused.code == 74
    assert refused.output == ""
    assert refused.errors.rstrip().endswith("its folder is missing")


def test_the_end_of_input_is_a_polite_end(button: Callable[..., Any], tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    left = button("play", "--save", tmp_path / "rows", given=empty)
    assert (left.code, left.errors) == (0, "")
    assert left.output.splitlines()[-1] == "You left; nothing was saved."
    assert not (tmp_path / "rows").exists()


def test_ctrl_c_is_one_line_and_130() -> None:
    with subprocess.Popen(
        [*CLI, "play"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith("you ›"):
                break
        process.send_signal(signal.SIGINT)
        output, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert output.splitlines()[-1] == "You left; nothing was saved."
    assert errors == ""


def test_half_a_choice_is_refused(button: Callable[..., Any], tmp_path: Path) -> None:
    done = button("play", tmp_path)
    assert done.code == 78
    assert "give a run and the id of one of its trajectories" in done.errors
