"""The command line as a person uses it: real processes, what they print, how they exit."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from string import ascii_letters
from typing import Any

import pytest

from button.cli.commands import PLACES
from button.cli.rendering import printable
from button.cli.settings import read_settings
from button.errors import ConfigurationError

CLI = [sys.executable, "-c", "from button.cli import main; main()"]
Button = Callable[..., Any]
"""Runs a command in a forked process: what is imported already need not be imported again."""


@pytest.fixture(scope="module")
def run_dir(button: Button, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "small"
    done = button("generate", "--count", "12", "--out", out)
    assert done.code == 0, done.errors
    return out


def rows(run_dir: Path, kind: str = "accepted") -> list[dict[str, object]]:
    files = sorted((run_dir / "shards").glob(f"{kind}-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_generate_makes_the_count_and_says_where_it_lies(tmp_path: Path) -> None:
    command = [*CLI, "generate", "--count", "5", "--out", str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0
    assert len(rows(tmp_path / "run")) == 5
    assert "embedded (procedural)" in done.stdout
    assert "accepted-*.jsonl" in done.stdout.replace("\n", "")
    assert "button show" in done.stdout


@pytest.mark.parametrize(
    "names",
    ["check show status explain verify export report", "generate resume"],
    ids=["what only reads a run", "what has workers simulate it"],
)
def test_who_needs_no_graph_loads_none(names: str) -> None:
    code = f"""
import sys
from button.cli.commands import loaded
for name in {names.split()}:
    loaded(name)
print(*({{name.split(".")[0] for name in sys.modules}} & {{"langgraph", "openai", "langsmith"}}))
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=True
    )
    assert done.stdout == "\n"


def test_help_lists_every_command_and_loads_the_one_asked_for(button: Button) -> None:
    whole = button("--help").output
    assert all(f" {name} " in whole for name in PLACES)
    for name in PLACES:
        told = button(name, "--help").output
        assert f"button {name}" in told
        assert "-completion " not in told.replace("prompt-completion", "")


def test_switches_take_no_value_in_the_help_and_options_tell_their_type(button: Button) -> None:
    told = {name: button(*name, "--help").output for name in ((), ("report",), ("version",),
            ("models", "check"), ("record", "replay"))}  # fmt: skip
    for output in told.values():
        assert "<bool>" not in output
        assert "--help" in output
    assert re.search(r"--open +Open it", told["report",])
    assert re.search(r"--out +<path>", told["report",])


def test_a_slip_of_the_pen_gets_a_guess(button: Button) -> None:
    done = button("staus")
    assert done.code == 2
    assert "Did you mean 'status'?" in done.errors


def test_called_again_it_continues(button: Button, run_dir: Path) -> None:
    before = rows(run_dir)
    done = button("generate", "--count", "14", "--out", run_dir)
    assert done.code == 0
    assert len(rows(run_dir)) == 14
    assert rows(run_dir)[:12] == before[:12]


def test_another_seed_is_another_run(button: Button, run_dir: Path) -> None:
    done = button("generate", "--count", "20", "--seed", "5", "--out", run_dir)
    assert done.code == 73
    assert "root_seed is 0 there and 5 here" in done.errors
    assert done.errors.count("\n") == 1


def test_show_finds_a_trajectory_by_the_beginning_of_its_id(button: Button, run_dir: Path) -> None:
    row = rows(run_dir)[3]
    done = button("show", run_dir, str(row["id"])[:10])
    assert done.code == 0
    assert str(row["id"])[:12] in done.output
    assert "said by the human" in done.output


def test_show_prints_how_varied_a_run_is(button: Button, run_dir: Path) -> None:
    done = button("show", run_dir, "--stats")
    assert "distinct functions called" in done.output
    assert "after masking values and numbers" in done.output


@pytest.mark.parametrize("name", ["bottom_up", "conversation", "pipeline"])
def test_graph_prints_mermaid(button: Button, name: str) -> None:
    assert "graph TD" in button("graph", name).output


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["generate", "--seeds", "missing.jsonl"], 65, "missing.jsonl"),
        (["generate", "--functions", "missing.json"], 65, "missing.json"),
        (["generate", "--config", "missing.yaml"], 78, "missing.yaml"),
        (["generate", "--seeds", "a", "--functions", "b"], 78, "cannot be given together"),
        (["show", "nowhere"], 73, "nowhere"),
        (["generate", "--count", "0"], 2, "count"),
        (["graph", "nothing"], 2, "nothing"),
    ],
)
def test_bad_input_gets_one_clear_line(
    button: Button, args: list[str], code: int, said: str, tmp_path: Path
) -> None:
    done = button(*args, cwd=tmp_path)
    assert done.code == code
    assert said in done.errors
    assert "Traceback" not in done.errors


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_calls: 0\n", "settings.yaml:1: max_calls"),
        ("\nmax_cals: 3\n", "settings.yaml:2: unknown setting 'max_cals'"),
        ("strategy: mixed\nstrategy: mixed\n", "settings.yaml:2: key 'strategy' stands twice"),
        ("a: [\n", "settings.yaml:2"),
        ("- 1\n", "settings.yaml:1: settings are a mapping"),
        ("today: &d '2026-01-01'\nx: *d\n", "settings.yaml:2: aliases"),
        ("today: 2026-02-31\n", "settings.yaml:1: today"),
        ("max_calls: 3\x07\n", "settings.yaml: unacceptable character"),
        ("models: " + "[" * 40_000, "settings.yaml: nested too deeply"),
    ],
)
def test_a_broken_setting_is_named_with_its_line(
    button: Button, text: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(text)
    done = button("generate", "--config", path, "--out", tmp_path / "run")
    assert done.code == 78
    assert said in done.errors
    assert not (tmp_path / "run").exists()


def test_settings_of_a_file_are_used(button: Button, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("strategy: parallel_then_sequential\ncomposition_depth: 1\n")
    done = button("generate", "--count", "4", "--config", path, "--out", tmp_path / "run")
    assert done.code == 0, done.errors
    made = rows(tmp_path / "run")
    assert {row["strategy"] for row in made} == {"parallel_then_sequential"}


def test_settings_are_written_as_the_flags_are(tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text("parallel_calls: off\ntoday: 2026-05-04\n")
    context = read_settings(path, {"root_seed": None})
    assert (context.parallel_calls, context.today) == ("off", "2026-05-04")


def test_a_flag_out_of_bounds_is_named_as_it_was_given() -> None:
    with pytest.raises(ConfigurationError, match="^--seed: root_seed: "):
        read_settings(None, {"root_seed": 2**53})


def test_a_run_that_gives_up_says_so_with_its_exit_code(button: Button, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.txt"
    names = (f"taming a griffin called {one}{other}" for one in ascii_letters for other in "aeiou")
    seeds.write_text("\n".join(names))
    done = button("generate", "--seeds", seeds, "--out", tmp_path / "run")
    assert done.code == 75, done.errors
    assert "too few to go on" in done.output


def test_a_text_of_a_model_cannot_command_the_terminal() -> None:
    shown = printable({"a\x1b[2J": ["\x9b31m", "two\nlines\tof text"]})
    assert shown == {"a\ufffd[2J": ["\ufffd31m", "two\nlines\tof text"]}


def test_parallel_off_makes_one_call_a_turn(button: Button, tmp_path: Path) -> None:
    done = button("generate", "--count", "6", "--parallel", "off", "--out", tmp_path / "run")
    assert done.code == 0, done.errors
    for row in rows(tmp_path / "run"):
        for message in row["messages"]:  # type: ignore[attr-defined]
            assert len(message.get("tool_calls") or ()) <= 1


def test_seeds_that_cannot_be_used_are_counted_and_named(button: Button, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.jsonl"
    seeds.write_text('{"scenario": "booking a flight for a trip"}\n{broken\n{"other": 1}\n')
    done = button("generate", "--seeds", seeds, "--out", tmp_path / "run")
    assert done.code == 0, done.errors
    assert "seeds.jsonl:2" in done.output
    assert "seeds.jsonl:3" in done.output
    assert rows(tmp_path / "run")


def test_what_the_embedded_model_does_not_know_is_rejected_with_a_reason(
    button: Button, tmp_path: Path
) -> None:
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("taming a griffin\nbooking a flight for a trip\n")
    done = button("generate", "--seeds", seeds, "--out", tmp_path / "run")
    assert done.code == 0, done.errors
    reasons = [str(row["detail"]) for row in rows(tmp_path / "run", "rejected")]
    assert any("taming a griffin" in reason for reason in reasons)


def test_several_files_may_follow_one_flag(button: Button, tmp_path: Path) -> None:
    files = [tmp_path / "a.txt", tmp_path / "b.txt"]
    for file, text in zip(files, ("booking a flight for a trip", "adopting a kitten"), strict=True):
        file.write_text(f"{text}\n")
    done = button("generate", "--seeds", *files, "--out", tmp_path / "run")
    assert "2 total, 2 used" in done.output


def test_given_seeds_are_gone_through_again_until_the_count(button: Button, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("booking a flight for a trip\n")
    done = button("generate", "--seeds", seeds, "--count", "6", "--out", tmp_path / "run")
    assert done.code == 0, done.output
    made = rows(tmp_path / "run")
    assert len({json.dumps(row["messages"]) for row in made}) == 6


def test_nothing_accepted_is_not_a_success(button: Button, tmp_path: Path) -> None:
    seeds = tmp_path / "seeds.txt"
    seeds.write_text("taming a griffin\n")
    done = button("generate", "--seeds", seeds, "--out", tmp_path / "run")
    assert done.code == 75
    assert "Nothing was accepted" in done.output
    assert "The dataset is in" not in done.output


def test_placeholders_are_named_as_such(button: Button, tmp_path: Path) -> None:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    tools = [
        {"name": name, "description": text, "parameters": schema}
        for name, text in (("get_weather", "Get the weather."), ("find_hotel", "Find a hotel."))
    ]
    catalogue = tmp_path / "tools.json"
    catalogue.write_text(json.dumps(tools))
    done = button("generate", "--functions", catalogue, "--count", "2", "--out", tmp_path / "run")
    assert "placeholders" in done.output.replace("\n", " ")
