"""A byte of a shard changes: whoever reads it says so, `verify` names the remedy, and it helps."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Button = Callable[..., Any]
NAME = "shards/accepted-00000.jsonl"


@pytest.fixture(scope="module")
def whole(button: Button, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "run"
    assert button("generate", "--count", "3", "--out", out, "--quiet").code == 0
    return out


@pytest.fixture
def flipped(whole: Path, tmp_path: Path) -> Path:
    """A copy with one letter changed, which is still good JSON of the same length."""
    run_dir = tmp_path / "run"
    shutil.copytree(whole, run_dir)
    shard = run_dir / NAME
    data = bytearray(shard.read_bytes())
    data[data.index(b'"content":"') + 12] ^= 1
    shard.write_bytes(data)
    return run_dir


def what_to_do(run_dir: Path) -> str:
    return (
        f"button: '{run_dir}/{NAME}' differs from its checksum; `button verify {run_dir}` says "
        "what to do\n"
    )


@pytest.mark.parametrize("command", [("show",), ("show", "--stats"), ("report",)])
def test_whoever_reads_a_damaged_shard_says_so_in_one_line(
    button: Button, whole: Path, flipped: Path, command: tuple[str, ...]
) -> None:
    name, *more = command
    done = button(name, flipped, *more)
    assert (done.code, done.errors) == (0, what_to_do(flipped))
    assert button(name, whole, *more).errors == ""


def test_a_row_that_is_not_that_of_its_id_is_not_explained(button: Button, flipped: Path) -> None:
    done = button("explain", flipped, "0.0")
    warned, refused = done.errors.splitlines(keepends=True)
    assert (done.code, warned) == (73, what_to_do(flipped))
    assert refused.startswith("button: row '0.0' cannot be explained: id '")


def test_a_row_that_is_not_that_of_its_id_is_not_played(button: Button, flipped: Path) -> None:
    first = (flipped / NAME).read_text().splitlines()[0]
    done = button("play", flipped, json.loads(first)["id"])
    warned, refused = done.errors.splitlines(keepends=True)
    assert (done.code, warned) == (73, what_to_do(flipped))
    assert re.fullmatch(r"button: row '\w+' cannot be played: id '\w+' does not .*\n", refused)


def test_an_export_of_a_damaged_shard_is_refused_in_one_line(button: Button, flipped: Path) -> None:
    done = button("export", flipped, "--to", "trl")
    assert (done.code, done.errors) == (73, what_to_do(flipped))
    (flipped / NAME).unlink()
    assert (
        f"'{flipped}/{NAME}' is missing; `button verify"
        in button("export", flipped, "--to", "trl").errors
    )


@pytest.mark.parametrize("continued", ["resume", "generate"])
def test_what_verify_names_mends_it_and_says_so_once(
    button: Button, whole: Path, flipped: Path, continued: str
) -> None:
    told = button("verify", flipped)
    assert told.code == 1
    assert told.output == (
        f"{NAME}: differs from its checksum; `button resume {flipped}` writes it again from "
        "run.db\n"
    )
    command = (
        ("resume", flipped)
        if continued == "resume"
        else ("generate", "--count", "3", "--out", flipped)
    )
    line = f"Mended: {NAME} was damaged and is written again from run.db."
    done = button(*command)
    assert done.code == 0
    assert done.output.splitlines().count(line) == 1
    assert (flipped / NAME).read_bytes() == (whole / NAME).read_bytes()
    assert button("verify", flipped).output == f"{flipped} is whole.\n"
    assert "Mended" not in button(*command).output
