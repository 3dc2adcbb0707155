"""Another package that brings a module `agents` must be named, not silently used."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

import button

ROOT = Path(__file__).parents[2]


@pytest.fixture
def intruder(tmp_path: Path) -> Path:
    """A distribution with a package `agents`, as openai-agents brings one."""
    package = tmp_path / "other" / "agents"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('the stranger was run')\n")
    return package.parent


def imported(first: str, *path: Path) -> subprocess.CompletedProcess[str]:
    """Import `first` in a fresh interpreter with `path` before everything else."""
    joined = os.pathsep.join(str(each) for each in path)
    command = [sys.executable, "-P", "-c", f"import {first}"]
    return subprocess.run(
        command, env={**os.environ, "PYTHONPATH": joined}, capture_output=True, text=True,
        cwd=path[0], check=False,
    )  # fmt: skip


def test_a_stranger_is_named_with_its_place_and_never_run(intruder: Path) -> None:
    told = imported("button", intruder, ROOT)
    assert told.returncode == 1
    last = told.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: another package takes the place")
    assert f"'agents' from {intruder / 'agents'}" in last
    assert "one virtual environment per project" in last
    assert "the stranger was run" not in told.stderr


def test_a_stranger_behind_ours_does_no_harm(intruder: Path) -> None:
    assert imported("button", ROOT, intruder).returncode == 0


def test_here_all_packages_are_our_own() -> None:
    assert button.foreign_siblings() == {}
