"""How a trajectory looks in a terminal: narrow or wide, damaged or hostile."""

import io
import json
from typing import Any

import pytest
from rich.console import Console

from button.cli.json_text import json_text
from button.cli.rendering import render_trajectory

HOTELS = {"hotels": [{"name": "Zur Post", "stars": 3, "address": "Main Street 4"}] * 2, "page": 1}


def call(call_id: str, name: str, **arguments: Any) -> dict[str, Any]:
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}


@pytest.fixture
def row() -> dict[str, Any]:
    said = {"source": "human", "message": 1}
    found = {"source": "result", "message": 3, "call": "aaa", "path": "$.hotels[0].name"}
    return {
        "id": "0123456789abcdef",
        "strategy": "sequential",
        "scenario": {"text": "a night away"},
        "task": {
            "text": "Find a hotel and book it.",
            "sub_tasks": [
                {"id": "t1", "text": "Find a hotel.", "functions": ["find_hotels"]},
                {"id": "t2", "text": "Book it.", "functions": [], "depends_on": ["t1"]},
            ],
        },
        "tools": [{}, {}],
        "models": {"human": {"name": "embedded", "kind": "procedural"}},
        "messages": [
            {"role": "system", "content": "Today is Monday."},
            {"role": "user", "content": "A hotel in Graz, please."},
            {"role": "assistant", "content": "", "thought": "1. Find. 2. Book.",
             "tool_calls": [call("aaa", "find_hotels", city="Graz")]},
            {"role": "tool", "content": json.dumps(HOTELS), "tool_call_id": "aaa"},
            {"role": "assistant", "content": "",
             "tool_calls": [call("bbb", "book", hotel={"name": "Zur Post"}, nights=[1, 2])]},
            {"role": "tool", "content": "$.nights: [1, 2] is no number", "tool_call_id": "bbb",
             "is_error": True},
            {"role": "assistant", "content": "Sorry.", "is_final": True},
        ],
        "links": {"aaa": "t1"},
        "provenance": {
            "aaa": {"$.city": said},
            "bbb": {"$.hotel.name": found, "$.nights[0]": {"source": "nowhere"}},
        },
        "findings": [
            {"severity": "error", "code": "ungrounded", "text": "nobody said 1", "message": 4},
            {"severity": "warning", "code": "strange", "text": "of the whole", "message": None},
        ],
    }  # fmt: skip


def drawn(row: dict[str, Any], width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    render_trajectory(console, row)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_is_longer_than_the_terminal(row: dict[str, Any], width: int) -> None:
    lines = drawn(row, width)
    assert max(map(len, lines)) <= min(width, 120)
    text = "\n".join(lines)
    assert 'city = "Graz"   said by the human' in text
    assert "for t1" in text
    assert "for no sub-task" in text


def test_calls_have_numbers_by_which_their_values_are_named(row: dict[str, Any]) -> None:
    text = "\n".join(drawn(row, 100))
    assert "→ #2 book" in text
    assert 'hotel.name = "Zur Post"   from #1 find_hotels hotels[0].name' in text
    assert "nights[0] = 1   from nowhere" in text
    assert "✗ #2 book" in text
    assert "← #1 find_hotels" in text


def test_a_finding_stands_where_it_occurs(row: dict[str, Any]) -> None:
    lines = [line.strip() for line in drawn(row, 100)]
    at = lines.index("▲ error ungrounded  nobody said 1")
    assert next(line for line in lines[at:] if "#2" in line).startswith("✗ #2")
    assert lines[-1] == "▲ warning strange  of the whole"


def test_results_are_opened_where_they_are_long_and_cut_where_they_are_endless() -> None:
    assert json_text({"a": 1, "b": ["x", None]}, 40).plain == 'a: 1   b: ["x", null]'
    assert json_text(HOTELS, 32).plain.splitlines() == [
        "hotels:",
        '  - name: "Zur Post"   stars: 3',
        '    address: "Main Street 4"',
        '  - name: "Zur Post"   stars: 3',
        '    address: "Main Street 4"',
        "page: 1",
    ]
    assert json_text(list(range(20)), 80).plain.endswith("11\n… and 8 more")
    assert json_text({}, 80).plain == "{}"


def test_words_of_a_model_command_neither_the_terminal_nor_the_markup(row: dict[str, Any]) -> None:
    row["messages"][1]["content"] = "\x1b[2J[bold red]\x07hi[/]"
    row["messages"][3]["content"] = json.dumps({"a\x1b": "[link=x]\x9b31m"})
    text = "\n".join(drawn(row, 100))
    assert "[2J[bold red]\N{REPLACEMENT CHARACTER}hi[/]" in text
    assert "[link=x]" in text
    assert not {"\x1b", "\x07", "\x9b"} & set(text)


@pytest.mark.parametrize("width", [40, 60, 120])
def test_who_played_is_told_whole_at_any_width(row: dict[str, Any], width: int) -> None:
    row["models"]["assistant"] = {"name": "person and embedded", "kind": "person and model"}
    told = " ".join(" ".join(drawn(row, width)).replace("│", " ").split())
    assert "person and embedded (person and model)" in told
