"""OpenAI messages, ShareGPT, BUTTON's and Hermes' tags, Toucan, content parts: read and linted."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from button.checks import lint
from button.formats import UnreadableRowError, detect, read_row
from tests.button.formats.chat_rows import (
    ANSWER,
    ARGUMENTS,
    ASKED,
    FORMS,
    RESULT,
    TOOL,
    Row,
    button_row,
    calls,
    hermes_row,
    openai_row,
    parts_row,
    sharegpt_row,
    simulated_row,
    spoken,
)


@pytest.mark.parametrize(("name", "factory"), FORMS)
def test_every_form_tells_the_same_conversation(name: str, factory: Callable[[], Row]) -> None:
    row = factory()
    assert detect(row).name == name
    talk = read_row(row)
    assert [role for role, _ in spoken(talk)] == ["user", "assistant", "tool", "assistant"]
    assert spoken(talk)[0] == ("user", ASKED)
    assert json.loads(spoken(talk)[2][1]) == json.loads(RESULT)
    assert spoken(talk)[3] == ("assistant", ANSWER)
    caller = next(m for m in talk.messages if m.tool_calls)
    assert calls(caller) == [("get_price", ARGUMENTS)]
    assert talk.messages[-1].is_final
    assert lint(talk).findings == ()


@pytest.mark.parametrize(("name", "factory"), FORMS)
def test_an_invented_argument_is_found_in_every_form(
    name: str, factory: Callable[[], Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ARGUMENTS, "exchange", "AAPL")
    row = factory()
    assert detect(row).name == name
    found = {finding.code for finding in lint(read_row(row)).findings}
    assert "invalid_arguments" in found


def test_thoughts_are_kept_apart_from_what_is_said() -> None:
    for factory in (parts_row, hermes_row, button_row, simulated_row):
        talk = read_row(factory())
        caller = next(m for m in talk.messages if m.tool_calls)
        assert caller.thought
        assert "ook" in caller.thought
        assert caller.content == ""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (ARGUMENTS, None),
        ('{"symbol": "AAPL"', "unparsable_arguments"),
        ('{"symbol": "AAPL", "symbol": "MSFT"}', "unparsable_arguments"),
        ('"AAPL"', "unparsable_arguments"),
        ('["AAPL"]', "unparsable_arguments"),
        (["AAPL"], "unparsable_arguments"),
        ("", "unparsable_arguments"),
        ("{}", "invalid_arguments"),
        (None, "invalid_arguments"),
    ],
)
def test_arguments_are_taken_as_they_are_written(arguments: Any, code: str | None) -> None:
    call = {"id": "call_1", "function": {"name": "get_price", "arguments": arguments}}
    talk = read_row(openai_row(call))
    found = [finding.code for finding in lint(talk).findings]
    assert found == ([code] if code else [])
    if code == "unparsable_arguments":
        written = arguments if isinstance(arguments, str) else json.dumps(arguments)
        assert talk.reading.unparsable == {"call_1": written}


def test_an_id_that_is_used_again_is_paired_within_its_turn_and_reported() -> None:
    row = openai_row()
    again = [dict(turn) for turn in row["messages"]]
    again[2]["content"] = '{"price": 3}'
    again[3]["content"] = "Now it costs 3 dollars."
    row["messages"] += again
    talk = read_row(row)
    made = [c for m in talk.messages for c in m.tool_calls or ()]
    answers = [m.tool_call_id for m in talk.messages if m.role == "tool"]
    assert len({call.id for call in made}) == 2
    assert [call.id for call in made] == answers
    found = [(f.code, f.severity) for f in lint(talk).findings if f.code != "contradiction"]
    assert ("duplicate_call_id", "warning") in found
    assert not {code for code, _ in found} & {"orphan_result", "unanswered_call"}


def test_two_calls_with_one_id_in_one_turn_each_get_an_answer() -> None:
    row = openai_row()
    turns = row["messages"]
    turns[1]["tool_calls"] *= 2
    turns.insert(3, turns[2])
    found = {finding.code for finding in lint(read_row(row)).findings}
    assert "duplicate_call_id" in found
    assert not found & {"answered_twice", "unanswered_call", "orphan_result"}


def test_a_third_answer_to_two_calls_is_found() -> None:
    row = openai_row()
    row["messages"].insert(3, row["messages"][2])
    assert "answered_twice" in {finding.code for finding in lint(read_row(row)).findings}
    row["messages"][3] = {**row["messages"][2], "tool_call_id": "call_9"}
    assert "orphan_result" in {finding.code for finding in lint(read_row(row)).findings}


def test_a_thought_before_bare_calls_is_a_thought() -> None:
    calls = [{"name": "get_price", "arguments": {"symbol": name}} for name in ("A", "<think>")]
    value = "<think>\nBoth [at once].\n</think>\n\n" + json.dumps(calls)
    turns = [
        {"from": "human", "value": ASKED},
        {"from": "function_call", "value": value},
        {"from": "observation", "value": "[1, 2]"},
        {"from": "gpt", "value": ANSWER},
    ]
    row = {"conversations": turns, "tools": json.dumps([TOOL])}
    calling = read_row(row).messages[1]
    assert calling.thought == "Both [at once]."
    found = [call.function.arguments["symbol"] for call in calling.tool_calls or ()]
    assert found == ["A", "<think>"]


@pytest.mark.parametrize("last", ["completion", "chosen"])
def test_a_prompt_with_its_completion_is_a_conversation_that_may_end_with_a_call(last: str) -> None:
    row = openai_row()
    prompt, called = row["messages"][:1], row["messages"][1:2]
    step = {"prompt": prompt, last: called, "rejected": [], "tools": row["tools"]}
    assert detect(step).name == "prompt-completion"
    found = lint(read_row(step), detect(step).profile)
    assert found.accepted
    assert not {"missing_final", "unanswered_call"} & {each.code for each in found.findings}
    wrong = {**step, last: [{**called[0], "tool_calls": [{"function": {"name": "none"}}]}]}
    codes = {each.code for each in lint(read_row(wrong), detect(wrong).profile).findings}
    assert "unknown_function" in codes


def test_one_observation_for_a_list_of_calls_is_split() -> None:
    row = sharegpt_row()
    both = [{"name": "get_price", "arguments": {"symbol": s}} for s in ("AAPL", "MSFT")]
    row["conversations"][0]["value"] = "What do AAPL and MSFT cost?"
    row["conversations"][1]["value"] = json.dumps(both)
    row["conversations"][2]["value"] = '[{"price": 189.5}, {"price": 400}]'
    row["conversations"][3]["value"] = "189.5 and 400 dollars."
    talk = read_row(row)
    assert [m.content for m in talk.messages if m.role == "tool"] == [
        '{"price": 189.5}',
        '{"price": 400}',
    ]
    assert lint(talk).findings == ()
    row["conversations"][2]["value"] = "189.5 and 400"
    talk = read_row(row)
    assert [m.content for m in talk.messages if m.role == "tool"] == ["189.5 and 400"] * 2
    assert "one observation for several calls is given to each (1)" in talk.reading.notes


def test_a_broken_call_keeps_its_name_and_its_text() -> None:
    row = sharegpt_row()
    row["conversations"][1]["value"] = '{"name": "get_price", "arguments": {"symbol": "AAPL"'
    talk = read_row(row)
    codes = [finding.code for finding in lint(talk).findings]
    assert codes == ["unparsable_arguments"]
    assert list(talk.reading.unparsable.values()) == [row["conversations"][1]["value"]]


def test_python_literals_are_read_as_the_json_they_stand_for() -> None:
    row = sharegpt_row()
    row["conversations"][1]["value"] = "{'name': 'get_price', 'arguments': {'symbol': 'AAPL'}}"
    assert lint(read_row(row)).findings == ()


def test_several_calls_where_the_request_forbade_them() -> None:
    row = {**openai_row(), "parallel_tool_calls": False}
    row["messages"][1]["tool_calls"].append(
        {"id": "call_2", "function": {"name": "get_price", "arguments": ARGUMENTS}}
    )
    row["messages"].insert(3, {"role": "tool", "tool_call_id": "call_2", "content": RESULT})
    assert "parallel_forbidden" in {finding.code for finding in lint(read_row(row)).findings}


def test_a_bare_list_of_messages_is_a_row() -> None:
    turns = openai_row()["messages"]
    assert detect(turns).name == "openai"
    assert {finding.code for finding in lint(read_row(turns)).findings} == {"no_tools"}


def test_what_is_not_read_is_noted() -> None:
    row = openai_row(weight=1)
    row["messages"][0]["content"] = [
        {"type": "text", "text": ASKED},
        {"type": "image_url", "image_url": {"url": "x"}},
    ]
    notes = read_row(row).reading.notes
    assert "key 'weight' of a turn is not read (1)" in notes
    assert "content part of type 'image_url' left out (1)" in notes


def test_illegal_names_are_mapped_in_definitions_and_calls() -> None:
    row = openai_row()
    row["tools"][0] = {"type": "function", "function": {**TOOL, "name": "market.get_price"}}
    row["messages"][1]["tool_calls"][0]["function"]["name"] = "market.get_price"
    talk = read_row(row)
    assert talk.tools[0]["function"]["name"] == "market_get_price"
    assert talk.tools[0]["function"]["original_name"] == "market.get_price"
    assert lint(talk).findings == ()


def test_a_tool_that_no_dialect_explains_is_one_finding_with_its_reason() -> None:
    row = openai_row()
    row["tools"][0]["function"] = {**TOOL, "parameters": {"symbol": {"type": "teapot"}}}
    findings = lint(read_row(row)).findings
    assert [finding.code for finding in findings] == ["malformed_tool"]
    assert "'teapot'" in findings[0].text
    row["tools"] = "[{broken"
    assert {f.code for f in lint(read_row(row)).findings} == {"malformed_tool", "no_tools"}


def test_a_missing_description_is_a_warning_and_arguments_are_checked_all_the_same() -> None:
    row = openai_row({"id": "a", "function": {"name": "get_price", "arguments": "{}"}})
    row["tools"][0]["function"] = {**TOOL, "description": ""}
    found = [(finding.code, finding.severity) for finding in lint(read_row(row)).findings]
    assert found == [("unsound_signature", "warning"), ("invalid_arguments", "error")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"messages": []}, "no turns"),
        ({"messages": "[broken"}, "no turns"),
        ({"messages": [{"content": "x"}]}, "malformed turn: turn 1 has no 'role'"),
        ({"messages": [{"role": "user", "content": "x"}, 3]}, "turn 2 has no 'role'"),
        ({"messages": [{"role": "narrator", "content": "x"}]}, "unknown role: turn 1"),
        ({"instruction": "x", "output": "y"}, "unknown form: keys 'instruction', 'output'"),
        ("text", "unknown form: 'text' is no object"),
        ({}, "unknown form: keys none"),
    ],
)
def test_a_row_that_is_no_conversation_says_why(row: Any, reason: str) -> None:
    with pytest.raises(UnreadableRowError) as caught:
        read_row(row)
    assert reason in str(caught.value)
    assert "\n" not in str(caught.value)
