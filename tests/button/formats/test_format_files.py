"""Whole files: which rows they hold, functions in a file of their own, reports and counts."""

import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from button.checks import lint
from button.checks.profile import CALLS, FOREIGN, OWN
from button.errors import InputError
from button.formats import FORMATS, UnreadableRowError, detect, read_row
from button.formats.files import conversation_texts, load_definitions
from button.formats.linting import BATCH, Linter, RowReport, linting
from button.formats.tally import Tally
from button.records import Trajectory
from tools.documents import RowText, parsed

Row = dict[str, Any]
TOOL = {"name": "ping", "description": "Pings.", "parameters": {"type": "object", "properties": {}}}


def chat(*names: str, tools: Any = (TOOL,)) -> Row:
    """A chat with one call per name."""
    turns: list[Row] = [{"role": "user", "content": "Ping it."}]
    for name in names:
        turns.append({"role": "assistant", "function_call": {"name": name, "arguments": "{}"}})
        turns.append({"role": "function", "name": name, "content": "done"})
    turns.append({"role": "assistant", "content": "It is done."})
    return {"messages": turns, "tools": list(tools)}


def values(path: Path) -> list[Any]:
    return [parsed(text).value for text in conversation_texts(path)]


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_lines_lists_and_single_rows_are_files_of_rows(tmp_path: Path) -> None:
    rows = [chat("ping"), chat()]
    lines = "\n".join(map(json.dumps, rows))
    assert values(written(tmp_path / "a.jsonl", lines)) == rows
    assert values(written(tmp_path / "a.json", json.dumps(rows, indent=1))) == rows
    assert values(written(tmp_path / "b.json", json.dumps(rows[0], indent=1))) == rows[:1]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    assert values(tmp_path / "a.jsonl.gz") == rows


def test_an_object_that_holds_rows_by_their_ids_is_a_file_of_rows(tmp_path: Path) -> None:
    rows = [chat("ping"), chat()]
    path = written(tmp_path / "a.json", json.dumps({"7": rows[0], "9": rows[1]}))
    assert values(path) == rows
    other = {"7": {"x": 1}, "9": {"y": 2}}
    assert values(written(tmp_path / "b.json", json.dumps(other))) == [other]


def test_turns_line_by_line_are_one_dialogue(tmp_path: Path) -> None:
    turns = [{"role": "User", "text": "Hello."}, {"role": "AI", "text": "Hello!"}]
    path = written(tmp_path / "a.jsonl", "\n".join(map(json.dumps, turns)))
    (row,) = values(path)
    assert detect(row).name == "api-bank"
    assert [message.content for message in read_row(row).messages] == ["Hello.", "Hello!"]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps([TOOL]),
        json.dumps({"tools": [TOOL]}),
        json.dumps(TOOL),
        json.dumps({"type": "function", "function": TOOL})
        + "\n"
        + json.dumps(TOOL | {"name": "b"}),
        json.dumps({"ping": {"description": "Pings.", "parameters": {}}}),
    ],
)
def test_functions_are_read_in_any_form(tmp_path: Path, text: str) -> None:
    found = load_definitions(written(tmp_path / "tools.json", text))
    assert found.shared
    assert found.tools[0]["function"]["name"] == "ping"
    assert found.tools[0]["function"]["parameters"]["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", "[]", "no function in it"),
        ("a.json", '[{"x": 1}]', "no function in it .first reason: name: the function has no name"),
        ("a.csv", "a,b\n1,2\n", "no table of functions"),
        ("a.json", "{", "is not JSON"),
    ],
)
def test_a_file_without_functions_says_so(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    with pytest.raises(InputError, match=reason) as caught:
        load_definitions(written(tmp_path / name, text))
    assert "\n" not in str(caught.value)


def texts(*rows: Any) -> list[RowText]:
    return [
        RowText(number, row if isinstance(row, str) else json.dumps(row))
        for number, row in enumerate(rows, 1)
    ]


def test_a_linter_tells_what_each_row_is_and_what_is_wrong_with_it() -> None:
    rows = texts(chat("ping"), chat("pong"), "{broken", {"a": 1})
    good, bad, broken, unknown = map(Linter(), rows)
    assert good == RowReport(1, "openai", None, 4, 1, (), good.notes)
    assert [(r.code, r.severity, r.message) for r in bad.remarks] == [
        ("unknown_function", "error", 1)
    ]
    assert (broken.unreadable or "").startswith("broken JSON: ")
    assert unknown.unreadable == "unknown form: keys 'a'"
    assert {r.remarks[0].code for r in (broken, unknown)} == {"unreadable_row"}


def test_format_profile_and_codes_can_be_chosen() -> None:
    row = texts(chat("ping", "pong"))[0]
    assert "call_id_form" not in {r.code for r in Linter()(row).remarks}
    strict = Linter(profile="own")(row)
    assert "misplaced_field" not in {r.code for r in strict.remarks}
    assert {r.code for r in Linter(codes=frozenset(["no_tools"]))(row).remarks} == set()
    other = Linter(format="glaive")(row)
    assert other.unreadable == "not glaive: chat as one text expected, keys 'messages', 'tools'"


def test_a_file_of_functions_is_linted_once(tmp_path: Path) -> None:
    tools = [TOOL, TOOL, {"name": "odd", "description": "x", "parameters": {"a": {"type": "odd"}}}]
    shared = load_definitions(written(tmp_path / "tools.json", json.dumps(tools)))
    linter = Linter(tools=shared)
    report = linter.of_tools()
    assert [r.code for r in report.remarks] == ["malformed_tool", "duplicate_function"]
    assert report.functions == 3
    row = linter(texts(chat("ping", "odd", tools=()))[0])
    assert [r.code for r in row.remarks] == []


def test_any_number_of_processes_gives_the_same_reports_in_order() -> None:
    rows = texts(*(chat(*["ping"] * (n % 3), *["pong"] * (n % 2)) for n in range(2 * BATCH + 5)))
    linter = Linter()
    with linting(linter, 1) as alone:
        expected = list(alone(rows))
    with linting(linter, 2) as spread:
        assert list(spread(rows)) == expected


def test_a_tally_counts_rows_findings_and_the_worst() -> None:
    rows = texts(chat("pong"), chat("pong", "pong"), chat("ping"), {"a": 1}, chat("pong", "pong"))
    tally = Tally(worst=2)
    tally.begin("x.jsonl")
    for report in map(Linter(), rows):
        tally.add(report)
    by_code = {code.code: code for code in tally.codes}
    unknown = by_code["unknown_function"]
    assert (unknown.findings, unknown.rows) == (5, 3)
    assert [example.place for example in unknown.worst] == ["x.jsonl:2:1", "x.jsonl:5:1"]
    assert by_code["unreadable_row"].worst[0].place == "x.jsonl:4:-"
    assert (tally.rows, tally.rows_with_errors) == (5, 4)
    assert tally.files[0].formats == Counter(openai=4)
    assert tally.files[0].unreadable == Counter({"unknown form": 1})
    assert tally.notes["call without an id: one was derived"] == 6
    assert [code.severity for code in tally.codes] == sorted(
        (code.severity for code in tally.codes), key=["error", "warning", "info"].index
    )


WORDS = st.sampled_from(
    ["messages", "conversations", "role", "from", "content", "value", "tools", "name", "arguments",
     "tool_calls", "function", "user", "assistant", "tool", "gpt", "function_call", "chat", "traj",
     "output", "input", "type", "message", "query", "answers", "label", "$var1.x$", "conversation",
     "text", "apis", "request", "api_name", "answer", "answer_details", "next", "{", "[]", "{}",
     "USER: x ASSISTANT: <functioncall> {", "<tool_call>", "<call>[1]</call>", "parameters"]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=4) | WORDS
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=24,
)


def bases() -> list[Row]:
    call = {"name": "ping", "arguments": "{}"}
    api = {"request": {"api_name": "ping", "parameters": {}}, "response": 1, "exception": None}
    return [
        chat("ping"),
        {"conversations": [{"from": "human", "value": "x"}, {"from": "gpt", "value": "y"}]},
        {"chat": "USER: x\nASSISTANT: y", "system": "{}"},
        {"traj": chat("ping")["messages"]},
        {"query": "x", "tools": [TOOL], "answers": [call]},
        {"input": "x", "output": [{**call, "label": "var1"}]},
        {"responses_create_params": {"input": []}, "response": {"output": [{"type": "message"}]}},
        {"conversation": [{"role": "assistant", "text": "x", "apis": [api]}]},
        {"turns": [{"role": "API", "api_name": "ping", "param_dict": {}, "result": {}}]},
        {"answer_generation": {"function": [TOOL], "train_messages": [chat("ping")["messages"]]}},
        {"answer": {"answer_details": [{"role": "tool", "message": "{'name': 'x'", "next": []}]}},
    ]


def damaged(row: Any, path: list[int], instead: Any) -> Any:
    """The row with one place in it, chosen by numbers, replaced."""
    if not path or not isinstance(row, dict | list) or not row:
        return instead
    keys = list(row) if isinstance(row, dict) else list(range(len(row)))
    chosen = keys[path[0] % len(keys)]
    copy = dict(row) if isinstance(row, dict) else list(row)
    copy[chosen] = damaged(row[chosen], path[1:], instead)
    return copy


@settings(max_examples=600, deadline=None)
@given(
    base=st.integers(0, 10),
    path=st.lists(st.integers(0, 6), min_size=1, max_size=6),
    instead=ANYTHING,
)
def test_any_row_is_read_or_refused_with_a_reason(base: int, path: list[int], instead: Any) -> None:
    row = damaged(bases()[base], path, instead)
    for form in (None, *FORMATS.values()):
        if form is not None and not (isinstance(row, dict) and form.matches(row)):
            continue
        try:
            talk = read_row(row, form)
        except UnreadableRowError as error:
            assert str(error)  # noqa: PT017 - the reason, not the kind, is what is looked at
            continue
        for profile in (OWN, FOREIGN, CALLS):
            lint(talk, profile)


@settings(max_examples=200, deadline=None)
@given(row=ANYTHING)
def test_any_value_is_read_or_refused_with_a_reason(row: Any) -> None:
    report = Linter()(RowText(1, json.dumps(row)))
    assert report.format in FORMATS or report.unreadable


def test_own_rows_are_linted_as_our_own(own: Trajectory) -> None:
    report = Linter()(texts(own.to_row())[0])
    assert (report.format, report.remarks) == ("own", ())
