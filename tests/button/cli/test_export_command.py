"""`button export` as a person uses it: what it prints, what it refuses, the way to the Hub."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from button.cli import app, with_repeated_flags
from button.errors import ConfigurationError, EndpointError, RunDirectoryError


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs") / "small"
    done = CliRunner().invoke(app, ["generate", "--count", "10", "--out", str(folder), "--quiet"])
    assert done.exit_code == 0
    return folder


def run(*arguments: str | Path) -> Any:
    given = with_repeated_flags(["export", *map(str, arguments)])
    return CliRunner().invoke(app, given, env={"COLUMNS": "200"})


def test_several_formats_after_one_flag(run_dir: Path, tmp_path: Path) -> None:
    done = run(run_dir, "--to", "trl", "steps", "--out", tmp_path / "out")
    assert done.exit_code == 0
    assert "train 10" in done.output
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "README.md",
        "steps",
        "trl",
    ]


@pytest.mark.parametrize("file", [(), ("--parquet",)], ids=["lines", "parquet"])
def test_what_is_exported_passes_the_linter(
    run_dir: Path, tmp_path: Path, file: tuple[str, ...]
) -> None:
    if file:
        pytest.importorskip("pyarrow", reason="the export extra has it")
    formats = ["trl", "openai", "sharegpt", "hermes", "steps", "button", "xlam"]
    assert run(run_dir, "--to", *formats, *file, "--out", tmp_path / "out").exit_code == 0
    done = CliRunner().invoke(app, ["check", str(tmp_path / "out"), "--json"])
    assert done.exit_code == 0, done.output
    checked = {Path(each["file"]).parent.name: each for each in json.loads(done.output)["files"]}
    assert sorted(checked) == sorted(formats)
    assert not [each for each in checked.values() if each["unreadable"]]


def test_by_default_it_lies_beside_the_run(run_dir: Path) -> None:
    assert run(run_dir, "--target", "llamafactory").exit_code == 0
    assert (run_dir.parent / "small-export/sharegpt/train.jsonl").exists()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((), "name a format"),
        (("--to", "alpaca"), "no format 'alpaca'"),
        (("--to", "xlam", "--arguments", "string"), "--arguments changes nothing here"),
        (("--to", "trl", "--arguments", "yaml"), "'yaml' is not one of"),
    ],
)
def test_wrong_usage_is_said(run_dir: Path, arguments: tuple[str, ...], text: str) -> None:
    done = run(run_dir, *arguments)
    assert done.exit_code == 2
    assert text in " ".join(done.output.split())


def test_a_template_needs_a_format_with_messages(run_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "t.jinja").write_text("x")
    done = run(run_dir, "--to", "xlam", "--check-template", tmp_path / "t.jinja")
    assert done.exit_code == 2
    assert "for formats with messages" in " ".join(done.output.split())


def test_a_loss_ends_with_1_and_leaves_nothing(run_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "t.jinja").write_text("{% for m in messages %}{{ m.content }}{% endfor %}")
    out = tmp_path / "out"
    done = run(run_dir, "--to", "trl", "--out", out, "--check-template", tmp_path / "t.jinja")
    assert done.exception is not None
    assert getattr(done.exception, "exit_code", None) == 1
    assert "drops a call" in str(done.exception)
    assert not out.exists()


def test_a_damaged_run_is_not_exported(run_dir: Path, tmp_path: Path) -> None:
    copy = tmp_path / "run"
    copy.mkdir()
    for path in run_dir.rglob("*"):
        if path.is_file():
            target = copy / path.relative_to(run_dir)
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(path.read_bytes())
    shard = copy / "shards/accepted-00000.jsonl"
    shard.write_bytes(shard.read_bytes().replace(b"2026", b"2027", 1))
    done = run(copy, "--to", "trl")
    assert isinstance(done.exception, RunDirectoryError)
    assert "button verify" in str(done.exception)


def pretend_hub(upload: Callable[..., None]) -> SimpleNamespace:
    class HubError(Exception):
        pass

    class HfApi:
        def create_repo(self, name: str, **options: Any) -> str:
            assert options == {"repo_type": "dataset", "private": True, "exist_ok": True}
            return f"address of {name}"

        def upload_folder(self, **options: Any) -> None:
            upload(**options)

    return SimpleNamespace(HfApi=HfApi, errors=SimpleNamespace(HfHubHTTPError=HubError))


def test_the_folder_goes_to_the_hub(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[dict[str, Any]] = []
    hub = pretend_hub(lambda **options: taken.append(options))
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    done = run(run_dir, "--to", "trl", "--out", tmp_path / "out", "--push-to", "me/data")
    assert done.exit_code == 0
    assert "address of me/data" in done.output
    assert taken == [
        {"repo_id": "me/data", "repo_type": "dataset", "folder_path": str(tmp_path / "out")}
    ]


def test_what_the_hub_refuses_is_one_line(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_: Any) -> None:
        raise hub.errors.HfHubHTTPError("401\nnot you")

    hub = pretend_hub(refuse)
    monkeypatch.setitem(sys.modules, "huggingface_hub", hub)
    done = run(run_dir, "--to", "trl", "--out", tmp_path / "out", "--push-to", "me/data")
    assert isinstance(done.exception, EndpointError)
    assert "'me/data': 401 not you" in str(done.exception)
    assert (tmp_path / "out/README.md").exists()


def test_without_the_hub_s_library_nothing_is_begun(
    run_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    done = run(run_dir, "--to", "trl", "--out", tmp_path / "out", "--push-to", "me/data")
    assert isinstance(done.exception, ConfigurationError)
    assert "pip install huggingface_hub" in str(done.exception)
    assert not (tmp_path / "out").exists()
