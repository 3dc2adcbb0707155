import json
from pathlib import Path
from typing import Any

import pytest

from button.errors import InputError
from tools.catalogue import merge_groups, read_catalogue


def function(name: str, **more: Any) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {"a": {"type": "string"}}}
    return {"name": name, "description": f"Does {name}.", "parameters": parameters, **more}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n")
    return path


def names(path: Path) -> list[list[str]]:
    return [[f.name for f in group.functions] for group in read_catalogue(path).groups]


def test_rows_stay_groups(tmp_path: Path) -> None:
    rows = [{"function": [function("a.x"), function("b")]}, {"function": [function("c")]}]
    catalogue = read_catalogue(write(tmp_path / "rows.jsonl", *rows))
    assert [[f.name for f in group.functions] for group in catalogue.groups] == [
        ["a_x", "b"],
        ["c"],
    ]
    assert [group.line for group in catalogue.groups] == [1, 2]
    assert (catalogue.rows, catalogue.functions) == (2, 3)
    assert catalogue.notes["name made legal"] == 1


@pytest.mark.parametrize("wrapped", ["list", "tools", "openai", "lines"])
def test_one_set_of_tools_in_every_form(tmp_path: Path, wrapped: str) -> None:
    tools = [function("a"), function("b")]
    document: Any = tools
    if wrapped == "openai":
        document = [{"type": "function", "function": tool} for tool in tools]
    if wrapped == "tools":
        document = {"tools": tools}
    path = tmp_path / "tools.json"
    if wrapped == "lines":
        write(path, *tools)
    else:
        path.write_text(json.dumps(document, indent=1))
    assert names(path) == [["a", "b"]]


def test_functions_that_stand_alone_are_grouped_evenly(tmp_path: Path) -> None:
    path = write(tmp_path / "doc.jsonl", *(function(f"f{i}") for i in range(17)))
    groups = read_catalogue(path).groups
    assert [len(group.functions) for group in groups] == [6, 5, 6]
    assert [group.line for group in groups] == [1, 7, 12]


def test_a_row_of_many_stays_one_group(tmp_path: Path) -> None:
    path = write(tmp_path / "row.jsonl", {"tools": [function(f"f{i}") for i in range(20)]})
    assert [len(group) for group in names(path)] == [20]


def test_an_unsound_function_is_skipped_with_file_line_name_and_reason(tmp_path: Path) -> None:
    bad = function("bad", parameters={"type": "object", "properties": {"a": {"pattern": "("}}})
    odd = function("odd", parameters={"type": "dict", "properties": {"a": {"type": "wombat"}}})
    twice = function("good", description="Something else.")
    path = tmp_path / "x.jsonl"
    rows = [{"function": [bad, odd, function("good"), twice]}, {"question": []}]
    path.write_text("\n".join([json.dumps(rows[0]), "{broken", json.dumps(rows[1])]))
    catalogue = read_catalogue(path)
    assert [f.name for group in catalogue.groups for f in group.functions] == ["good"]
    assert [(s.file, s.line, s.name, s.reason.split(":")[0]) for s in catalogue.skipped] == [
        ("x.jsonl", 1, "bad", "pattern"),
        ("x.jsonl", 1, "odd", "unknown-type"),
        ("x.jsonl", 1, "good", "duplicate-name"),
        ("x.jsonl", 2, None, "broken JSON"),
        ("x.jsonl", 3, None, "no functions"),
    ]


def test_names_stay_unique_within_a_group(tmp_path: Path) -> None:
    path = write(tmp_path / "x.jsonl", {"function": [function("a.b"), function("a b")]})
    ((one, two),) = names(path)
    assert one != two
    originals = [f.original_name for f in read_catalogue(path).groups[0].functions]
    assert originals == ["a.b", "a b"]


def test_equal_groups_are_found_whatever_their_order(tmp_path: Path) -> None:
    rows = [
        {"function": [function("a"), function("b")]},
        {"function": [function("b"), function("a")]},
    ]
    first = read_catalogue(write(tmp_path / "x.jsonl", *rows))
    second = read_catalogue(write(tmp_path / "y.jsonl", rows[0]))
    earlier = [source for _, _, source in merge_groups([first, second])]
    assert earlier == [None, "x.jsonl:1", "x.jsonl:1"]


def test_a_file_without_a_usable_function_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no usable function in it .*no functions"):
        read_catalogue(write(tmp_path / "x.jsonl", {"question": "?"}))
