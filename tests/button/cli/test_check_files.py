"""What can be named to `button check`: standard input, pipes, folders, runs, other kinds of it."""

import errno
import gzip
import json
import os
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from button.cli import app
from button.errors import ButtonError

ROW = {"messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello."}]}
TEXT = json.dumps(ROW) + "\n"


def check(*args: str | Path, given: bytes = b"") -> str:
    """What is printed, errors last."""
    done = CliRunner().invoke(app, ["check", *map(str, args)], input=given)
    if isinstance(done.exception, ButtonError):
        return f"{done.stdout}{done.exception}"
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done.stdout


@pytest.mark.parametrize("given", [TEXT.encode() * 3, gzip.compress(TEXT.encode() * 3)])
def test_standard_input_is_read_like_a_file(given: bytes) -> None:
    printed = check("-", given=given)
    assert "stdin: openai (3)" in printed
    assert "0 of 3 rows have errors" in printed
    assert "stdin:1:" in check("-", "--lines", given=b'{"messages": [{"role": "user"}]}')


def test_a_pipe_is_read_once(tmp_path: Path) -> None:
    ours, its = os.pipe()
    os.write(its, TEXT.encode())
    os.close(its)
    try:
        assert f"/dev/fd/{ours}: openai (1)" in check(f"/dev/fd/{ours}")
    finally:
        os.close(ours)


def test_no_room_for_a_copy_is_not_called_unreadable(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("button.cli.check_files.shutil.copyfileobj", full)
    assert "no room for a copy" in check("-", given=TEXT.encode())


def test_errors_name_what_was_given_and_not_its_copy() -> None:
    assert check("-").endswith("stdin: is empty")
    assert check("-", given=b"hello").endswith("stdin: is not JSON: neither a list nor an object")
    assert check("/dev/null").endswith("/dev/null: is empty")


def test_a_folder_stands_for_the_files_of_rows_in_it(tmp_path: Path) -> None:
    (tmp_path / "b.jsonl").write_text(TEXT)
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(TEXT.encode()))
    (tmp_path / "README.md").write_text("no rows")
    (tmp_path / "dataset_info.json").write_text('{"rows": {"file_name": "b.jsonl"}}')
    for name in ("more", ".cache", "none"):
        (tmp_path / name).mkdir()
        (tmp_path / name / ("c.jsonl" if name != "none" else "notes.txt")).write_text(TEXT)
    printed = check(tmp_path)
    assert printed.index("a.json.gz: openai (1)") < printed.index("b.jsonl: openai (1)")
    assert "more/c.jsonl: openai (1)" in printed
    assert "3 rows, 6 messages, 0 calls" in printed
    assert "is a folder without any file of rows" in check(tmp_path / "none")


def test_parquet_is_read_as_the_rows_it_holds(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow", reason="the export extra has it")
    parquet = pytest.importorskip("pyarrow.parquet", reason="the export extra has it")
    called = {"id": "a", "function": {"name": "f", "arguments": '{"x": null}'}}
    turns = [*ROW["messages"], {"role": "assistant", "content": "", "tool_calls": [called]}]
    parquet.write_table(
        arrow.Table.from_pylist([{"messages": turns}]), tmp_path / "structs.parquet"
    )
    texts = {"messages": [json.dumps(turn) for turn in turns], "more": None}
    parquet.write_table(arrow.Table.from_pylist([texts]), tmp_path / "texts.parquet")
    for name in ("structs.parquet", "texts.parquet"):
        assert f"{name}: openai (1)" in check(tmp_path / name)
        assert "1 row, 3 messages, 1 call" in check(tmp_path / name)


def test_what_is_no_parquet_and_what_there_is_no_reader_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("pyarrow", reason="the export extra has it")
    path = tmp_path / "rows.parquet"
    path.write_text(TEXT)
    assert "rows.parquet: cannot be read as Parquet: " in check(path)
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    assert "Parquet needs pyarrow: install button-simulator[export]" in check(path)


def test_a_run_stands_for_its_accepted_rows(tmp_path: Path) -> None:
    (tmp_path / "shards").mkdir()
    (tmp_path / "run.json").write_text("{}")
    assert "is a folder without any accepted rows" in check(tmp_path)
    (tmp_path / "shards" / "accepted-00000.jsonl").write_text(TEXT)
    (tmp_path / "shards" / "rejected-00000.jsonl").write_text('{"code": "x"}\n')
    assert "1 row, 2 messages, 0 calls" in check(tmp_path)


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"PAR1", "is Parquet; write its rows as JSON Lines first"),
        (b"PK\x03\x04", "is a zip archive; unpack it first"),
        (b"\x28\xb5\x2f\xfd", "is compressed with zstd; unpack it, or use gzip"),
        ("\ufeff{}".encode("utf-16-le"), "is UTF-16; UTF-8 is needed"),
    ],
)
def test_files_of_other_kinds_are_named_as_what_they_are(
    tmp_path: Path, head: bytes, what: str
) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_bytes(head + b"\x00" * 20)
    assert check(path) == f"{path}: {what}"


def test_a_file_of_functions_is_no_file_of_rows(tmp_path: Path) -> None:
    path = tmp_path / "tools.json"
    function = {"name": "ping", "description": "Pings.", "parameters": {"type": "object"}}
    path.write_text(json.dumps([{"type": "function", "function": function}]))
    assert "row 1: unknown form: a function, no conversation (see --tools)" in check(path)
