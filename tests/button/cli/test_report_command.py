"""`button report` as a person uses it, on runs made by the command line itself."""

import json
import shutil
import webbrowser
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from button.cli import app
from button.errors import InputError, RunDirectoryError


def button(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, [*map(str, arguments)], env={"COLUMNS": "200"})


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "small"
    done = button("generate", "--count", "6", "--out", folder)
    assert done.exit_code == 0
    assert f"button report {folder} --open" in done.output
    return folder


def test_it_lies_in_the_run_and_disturbs_nothing(run_dir: Path) -> None:
    done = button("report", run_dir)
    assert done.exit_code == 0
    assert f"{run_dir}/report.html (0." in done.output
    assert "6 rows)" in done.output
    page = (run_dir / "report.html").read_text(encoding="utf-8")
    assert "No endpoint was asked: no tokens, no money." in page
    assert "embedded (procedural)" in page
    assert button("verify", run_dir).exit_code == 0
    assert button("generate", "--count", "6", "--out", run_dir, "--quiet").exit_code == 0


def test_a_sample_is_said_and_the_browser_opened(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: bool(shown.append(address)))
    out = tmp_path / "page.html"
    done = button("report", run_dir, "--out", out, "--limit", "2", "--open")
    assert "a sample of 2 of 6 rows" in done.output
    assert shown == [out.as_uri()]
    assert "No browser was found here" in done.output


def test_other_files_and_what_is_no_run_are_refused(run_dir: Path, tmp_path: Path) -> None:
    shard = run_dir / "shards" / "accepted-00000.jsonl"
    before = shard.read_bytes()
    done = button("report", run_dir, "--out", shard)
    assert isinstance(done.exception, InputError)
    assert shard.read_bytes() == before
    assert isinstance(button("report", tmp_path).exception, RunDirectoryError)


def test_a_run_without_its_database_says_what_is_not_known(run_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    shutil.copytree(run_dir, copy)
    for file in copy.glob("run.db*"):
        file.unlink()
    assert button("report", copy).exit_code == 0
    assert "Not known: run.db is not there any more." in (copy / "report.html").read_text()


def test_a_run_of_given_functions_has_scenarios_in_place_of_domains(tmp_path: Path) -> None:
    names = ("lookup_rate", "send_parcel", "list_offers")
    city = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    catalogue = [
        {"type": "function", "function": {"name": name, "description": name, "parameters": city}}
        for name in names
    ]
    (tmp_path / "functions.json").write_text(json.dumps(catalogue))
    made = button("generate", "--functions", tmp_path / "functions.json", "--count", "2",
                  "--out", tmp_path / "run", "--quiet")  # fmt: skip
    assert made.exit_code == 0, made.output
    assert button("report", tmp_path / "run").exit_code == 0
    page = (tmp_path / "run" / "report.html").read_text()
    assert ">Scenarios <" in page
    assert ">Domains <" not in page
    assert any(name in page for name in names)
