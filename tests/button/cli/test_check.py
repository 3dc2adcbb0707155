"""`button check` over small files, in real processes and in this one."""

import gzip
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from typer.testing import CliRunner

from button.cli import app
from button.errors import ButtonError

CLI = [sys.executable, "-c", "from button.cli import main; main()"]
TOOL = {"name": "ping", "description": "Pings.", "parameters": {"type": "object", "properties": {}}}


class Done(NamedTuple):
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


def process(*args: str | Path) -> Done:
    """In a process of its own, as a person starts it."""
    done = subprocess.run(
        [*CLI, "check", *map(str, args)], capture_output=True, text=True, timeout=300, check=False
    )
    return Done(done.returncode, done.stdout, done.stderr)


def check(*args: str | Path) -> Done:
    """The same command without the time that a process takes to start."""
    done = CliRunner().invoke(app, ["check", *map(str, args)], env={"COLUMNS": "80"})
    if isinstance(done.exception, ButtonError):
        return Done(
            done.exception.exit_code, done.stdout, f"{done.stderr}button: {done.exception}\n"
        )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Done(done.exit_code, done.stdout, done.stderr)


def chat(*names: str, tools: Any = (TOOL,)) -> dict[str, Any]:
    turns: list[dict[str, Any]] = [{"role": "user", "content": "Ping it."}]
    for name in names:
        turns.append({"role": "assistant", "function_call": {"name": name, "arguments": "{}"}})
        turns.append({"role": "function", "name": name, "content": "done"})
    turns.append({"role": "assistant", "content": "It is done."})
    return {"messages": turns, "tools": list(tools)}


def lines(path: Path, *rows: Any) -> Path:
    texts = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    path.write_text("\n".join(texts), encoding="utf-8")
    return path


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Two good rows, one with an unknown function, one broken, one of another form."""
    sharegpt = {"conversations": [{"from": "human", "value": "x"}, {"from": "gpt", "value": "y"}]}
    return lines(tmp_path / "mixed.jsonl", chat("ping"), chat("pong"), "{broken", sharegpt)


def test_a_clean_file_passes(tmp_path: Path) -> None:
    done = process(lines(tmp_path / "a.jsonl", chat("ping"), chat()))
    assert done.returncode == 0
    assert done.stderr == ""
    assert "a.jsonl: openai (2)" in done.stdout
    assert "0 of 2 rows have errors (0.0%), 0 are allowed: passed" in done.stdout
    assert "call without an id: one was derived" in done.stdout


def test_a_table_names_codes_rates_and_the_worst_rows(mixed: Path) -> None:
    done = check(mixed)
    assert done.returncode == 1
    assert "openai (2), sharegpt (1)" in done.stdout
    assert "1 unreadable: broken JSON" in done.stdout
    row = next(line for line in done.stdout.splitlines() if line.startswith("unknown_function"))
    assert row.split() == ["unknown_function", "error", "assistant", "1", "1", "25.00%"]
    assert f"{mixed}:2:1 unknown_function 'pong' is not one of ['ping']" in done.stdout
    counted = "file:row:message; rows are counted from 1, messages from 0"
    assert done.stdout.count(f"The worst rows ({counted}):") == 1
    assert "2 of 4 rows have errors (50.0%), 0 are allowed: failed" in done.stdout


def test_json_holds_everything(mixed: Path) -> None:
    done = check(mixed, "--json", "--worst", "1")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert (found["passed"], found["rows"], found["rows_with_errors"]) == (False, 4, 2)
    (file,) = found["files"]
    assert file["formats"] == {"openai": 2, "sharegpt": 1}
    assert file["unreadable"] == {"broken JSON": 1}
    code = next(each for each in found["codes"] if each["code"] == "unknown_function")
    assert code["worst"] == [
        {"file": str(mixed), "row": 2, "message": 1, "text": "'pong' is not one of ['ping']"}
    ]
    assert (code["severity"], code["findings"], code["rows"], code["rate"]) == ("error", 1, 1, 0.25)
    assert code["faults"] == {"assistant": 1}


def test_lines_are_one_finding_each(mixed: Path) -> None:
    done = check(mixed, "--lines", "--codes", "unknown_function,unreadable_row")
    assert done.returncode == 1
    first, second = done.stdout.splitlines()
    assert first == f"{mixed}:2:1 unknown_function 'pong' is not one of ['ping']"
    assert second.startswith(f"{mixed}:3:- unreadable_row broken JSON: ")
    assert "2 of 4 rows have errors" in done.stderr


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (["--max-errors", "2"], 0),
        (["--max-errors", "1"], 1),
        (["--threshold", "0.5"], 0),
        (["--threshold", "0.49"], 1),
        (["--codes", "role_order"], 0),
    ],
)
def test_the_exit_code_keeps_to_what_is_allowed(mixed: Path, options: list[str], code: int) -> None:
    assert check(mixed, *options).returncode == code


def test_lists_gzip_and_several_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([chat("ping"), chat()]))
    (tmp_path / "b.jsonl.gz").write_bytes(gzip.compress(json.dumps(chat("ping")).encode()))
    done = check(tmp_path / "a.json", tmp_path / "b.jsonl.gz", "--json")
    assert done.returncode == 0
    assert [file["read"] for file in json.loads(done.stdout)["files"]] == [2, 1]


def test_functions_of_another_file(tmp_path: Path) -> None:
    data = lines(tmp_path / "a.jsonl", chat("ping", tools=()))
    assert "no_tools" in check(data).stdout
    tools = lines(tmp_path / "tools.json", json.dumps([TOOL, TOOL]))
    done = check(data, "--tools", tools, "--lines")
    assert done.stdout == f"{tools}:0:- duplicate_function 'ping' again\n"
    (tmp_path / "none.json").write_text("[]")
    done = check(data, "--tools", tmp_path / "none.json")
    assert done.returncode == 65
    assert done.stderr == f"button: {tmp_path / 'none.json'}: no function in it\n"


def test_places_and_values_stand_as_they_are(tmp_path: Path) -> None:
    """No `:100:` becomes a picture, no `[red]` a colour."""
    rows = [chat("ping") for _ in range(99)]
    data = lines(tmp_path / "a.jsonl", *rows, chat("[red]pong"))
    done = check(data)
    assert "a.jsonl:100:" in done.stdout
    assert "[red]pong" in done.stdout


def test_processes_change_nothing(tmp_path: Path) -> None:
    rows = [chat(*["ping"] * (n % 3), *["pong"] * (n % 2)) for n in range(200)]
    data = lines(tmp_path / "a.jsonl", *rows, "{broken")
    for how in ("--json", "--lines"):
        alone, spread = check(data, how), process(data, how, "--processes", "2")
        assert (alone.stdout, alone.returncode) == (spread.stdout, spread.returncode)
        assert alone.returncode == 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "no such file"),
        ("", "is empty"),
        ("hello", "is not JSON"),
        ("[1, ", "is not JSON"),
        ("[]", "holds no row"),
    ],
)
def test_an_unreadable_file_is_one_line_and_65(
    tmp_path: Path, content: str | None, reason: str
) -> None:
    path = tmp_path / "a.json"
    if content is not None:
        path.write_text(content)
    done = check(path)
    assert done.returncode == 65
    assert done.stderr.startswith(f"button: {path}")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1


def test_an_unknown_form_names_the_keys_and_what_is_known(tmp_path: Path) -> None:
    path = lines(tmp_path / "a.jsonl", *[{"instruction": "x", "output": "y"}] * 300)
    done = check(path, "--lines")
    assert done.returncode == 65
    error = done.stderr.splitlines()[-1]
    assert "no row has a known form" in error
    assert "keys 'instruction', 'output'" in error
    assert "sharegpt: conversations of from and value" in error
    assert len(done.stdout.splitlines()) == 100


def test_a_bad_file_does_not_keep_the_others_from_being_checked(
    tmp_path: Path, mixed: Path
) -> None:
    done = check(tmp_path / "none.jsonl", mixed, "--json")
    assert done.returncode == 65
    assert json.loads(done.stdout)["rows"] == 4
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--codes", "unknown_funktion"], "did you mean unknown_function"),
        (["--codes", ","], "names no code"),
        (["--json", "--lines"], "exclude"),
        (["--max-errors", "1", "--threshold", "0.1"], "exclude"),
        (["--format", "parquet"], "openai"),
        (["--processes", "0"], "processes"),
    ],
)
def test_wrong_usage_is_2(mixed: Path, options: list[str], said: str) -> None:
    done = check(mixed, *options)
    assert done.returncode == 2
    assert said in " ".join(re.sub(r"[^\w:,. -]", " ", done.stderr).split())


def test_a_format_can_be_demanded(mixed: Path) -> None:
    done = check(mixed, "--format", "openai", "--lines", "--codes", "unreadable_row")
    assert len(done.stdout.splitlines()) == 2
    assert "not openai: messages of role and content expected" in done.stdout


def test_text_of_a_file_cannot_command_the_terminal(tmp_path: Path) -> None:
    data = lines(tmp_path / "a.jsonl", chat("pong\x1b[2J"), {"\x1b[31m": 1})
    for how in ([], ["--lines"]):
        done = check(data, *how)
        assert "\x1b" not in done.stdout + done.stderr
