"""`button check --duplicates --against`: rows are named, whatever the number of processes."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from button.cli import app

Row = dict[str, Any]


def button(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in args])


def talk(request: str, city: str) -> Row:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    function = {"name": "find_hotel", "description": "Finds a hotel.", "parameters": schema}
    call = {"name": "find_hotel", "arguments": json.dumps({"city": city})}
    return {
        "messages": [
            {"role": "user", "content": request},
            {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"id": "call00001", "type": "function", "function": call}],
            },
            {"role": "tool", "tool_call_id": "call00001", "content": f'{{"hotel": "{city} Inn"}}'},
            {"role": "assistant", "content": f"The {city} Inn."},
        ],
        "tools": [{"type": "function", "function": function}],
    }


def request(city: str) -> str:
    return (
        f"My family and I would like to spend a few quiet days in {city} in the spring, so please "
        "look for a hotel there that is not too loud and not too far away from the old town."
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[Path, Path]:
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    rows = [talk(request("Lisbon"), "Lisbon"), talk("Where can one sleep in Oslo?", "Oslo")]
    first.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    rows = [talk(request("Prague"), "Prague"), talk(request("Lisbon").upper(), "Lisbon")]
    second.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return first, second


def found(*args: str | Path) -> dict[str, list[Row]]:
    told = json.loads(button("check", *args, "--json", "--threshold", "1").stdout)
    return {code["code"]: code["worst"] for code in told["codes"]}


def test_duplicates_are_named_by_file_and_row(files: tuple[Path, Path]) -> None:
    codes = found(*files, "--duplicates")
    (again,) = codes["duplicate_conversation"]
    assert (again["file"], again["row"]) == (str(files[1]), 2)
    assert f"{files[0]}:1" in again["text"]
    (near,) = codes["near_duplicate_request"]
    assert (near["file"], near["row"]) == (str(files[1]), 1)


def test_without_the_flag_nothing_is_compared(files: tuple[Path, Path]) -> None:
    assert not any("duplicate" in code for code in found(*files))


def test_what_stands_in_a_benchmark_is_named(files: tuple[Path, Path]) -> None:
    codes = found(files[1], "--against", files[0])
    assert {"contaminated_text", "contaminated_calls", "contaminated_function"} <= codes.keys()
    assert [each["row"] for each in codes["contaminated_calls"]] == [2]
    assert sorted(each["row"] for each in codes["contaminated_text"]) == [1, 2]
    assert "contaminated_text" not in found(files[0], "--against", files[0].parent / "second.jsonl",
                                            "--codes", "contaminated_calls")  # fmt: skip


def test_the_number_of_processes_changes_nothing(files: tuple[Path, Path]) -> None:
    args = (*files, "--duplicates", "--against", files[0])
    assert found(*args, "--processes", "2") == found(*args)


def test_a_benchmark_that_is_none_is_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    odd = tmp_path / "odd.jsonl"
    odd.write_text('{"a": 1}\n', encoding="utf-8")
    done = button("check", files[0], "--against", odd)
    assert done.exit_code != 0
    assert str(odd) in str(done.exception)
