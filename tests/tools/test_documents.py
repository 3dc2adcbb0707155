import json
from pathlib import Path

import pytest

from button.errors import InputError
from tools import documents
from tools.documents import read_lines, read_rows


def rows_of(path: Path, text: str) -> list[tuple[int, object, bool]]:
    path.write_text(text)
    return [(row.number, row.value, row.problem is None) for row in read_rows(path)]


def test_json_lines_keep_their_line_numbers(tmp_path: Path) -> None:
    found = rows_of(tmp_path / "a.jsonl", '{"a": 1}\n\n{broken\r\n{"a": 1, "a": 2}\n[3]')
    assert found == [(1, {"a": 1}, True), (3, None, False), (4, None, False), (5, [3], True)]


@pytest.mark.parametrize("name", ["a.json", "a", "a.data"])
@pytest.mark.parametrize("indent", [None, 2])
def test_a_list_is_read_by_index(tmp_path: Path, name: str, indent: int | None) -> None:
    text = json.dumps([{"a": 1}, "b"], indent=indent)
    assert rows_of(tmp_path / name, text) == [(1, {"a": 1}, True), (2, "b", True)]


def test_an_object_is_one_row_and_lines_are_seen_without_the_ending(tmp_path: Path) -> None:
    assert rows_of(tmp_path / "a.json", '{\n "a": 1\n}\n') == [(1, {"a": 1}, True)]
    assert rows_of(tmp_path / "b.json", '{"a": 1}\n{"b": 2}\n') == [
        (1, {"a": 1}, True),
        (2, {"b": 2}, True),
    ]
    assert rows_of(tmp_path / "c.json", "[]") == []


def test_one_bad_element_does_not_cost_the_others(tmp_path: Path) -> None:
    found = rows_of(tmp_path / "a.json", '[{"a": 1, "a": 2}, {"b": NaN}, {"c": 3}]')
    assert found == [(1, None, False), (2, None, False), (3, {"c": 3}, True)]


@pytest.mark.parametrize("text", ["[1, 2", "[1 2]", "[1] 2", "{", "[1,]x", "hello", "[,]"])
def test_a_document_that_is_no_json_is_an_error(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="is not JSON"):
        rows_of(tmp_path / "a.json", text)


def test_a_nest_that_no_parser_survives_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not JSON"):
        rows_of(tmp_path / "a.json", "[" * 200_000)


def test_a_long_line_is_a_problem_and_the_next_one_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_LINE", 20)
    found = rows_of(tmp_path / "a.jsonl", f'"{"x" * 95}"\n{{"a": 1}}\n"{"x" * 30}"')
    assert found == [(1, None, False), (2, {"a": 1}, True), (3, None, False)]


def test_a_line_of_exactly_the_limit_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(documents, "MAX_LINE", 20)
    text = "x" * 20
    (tmp_path / "a").write_text(f"{text}\n{text}")
    assert [line.text for line in read_lines(tmp_path / "a")] == [text, text]


def test_a_byte_order_mark_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'\xef\xbb\xbf{"a": 1}\n')
    assert [row.value for row in read_rows(tmp_path / "a.jsonl")] == [{"a": 1}]
    (tmp_path / "a.json").write_bytes(b'\xef\xbb\xbf[{"a": 1}]\n')
    assert [row.value for row in read_rows(tmp_path / "a.json")] == [{"a": 1}]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"", "is empty"),
        (b"\n \n", "blank lines"),
        (b"\xff{}", "not UTF-8"),
    ],
)
def test_an_unreadable_file_is_one_line(
    tmp_path: Path, content: bytes | None, message: str
) -> None:
    path = tmp_path / "a.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        list(read_rows(path))
    assert "\n" not in str(caught.value)


def test_a_directory_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory"):
        list(read_lines(tmp_path))


def test_a_number_that_no_parser_holds_and_a_path_that_no_disk_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(f'{{"a":\n {"1" * 5000}}}')
    with pytest.raises(InputError, match="is not JSON"):
        list(read_rows(path))
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        list(read_lines(tmp_path / ("a" * 300)))
