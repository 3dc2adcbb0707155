"""Formats of benchmarks with simulated services: ToolBench, ToolTalk, API-Bank."""

from dataclasses import replace

import pytest

from button.formats import UnreadableRowError, detect, read_row
from button.formats.apibank import read_catalogue
from button.formats.definitions import read_definitions
from tests.button.formats.peculiar_rows import (
    BOOK,
    CATALOGUE,
    SEARCH,
    api_bank_turns,
    codes,
    made,
    nested,
    roles,
    step,
    toolbench_call,
    toolbench_row,
    tooltalk_row,
)


def test_toolbench_finish_is_the_final_answer() -> None:
    row = toolbench_row(
        toolbench_call("find_room", day="Friday"),
        {"role": "function", "name": "find_room", "content": '{"room": "B12"}'},
        toolbench_call("Finish", return_type="give_answer", final_answer="Room B12 is free."),
    )
    assert detect(row).name == "toolbench"
    talk = read_row(row)
    assert roles(talk) == "user assistant tool assistant"
    assert talk.messages[-1].content == "Room B12 is free."
    assert codes(talk, "toolbench") == set()
    assert "call of 'Finish' is the final answer (1)" in talk.reading.notes


def test_toolbench_nested_answers() -> None:
    row = nested(
        ("system", ""),
        ("user", "A room on Friday for the " + "very " * 15),
        ("assistant", "I search."),
        step("find_room", '{"day": "Friday"}', '{"room": "B12"}'),
        step("Finish", '{"return_type": "give_answer"}', ""),
    )
    assert detect(row).name == "toolbench-nested"
    talk = read_row(row)
    assert roles(talk) == "user assistant tool assistant"
    assert talk.messages[0].content == row["query"]
    assert talk.messages[1].thought == "I search."
    assert talk.messages[-1].content == "B12 is free."
    assert codes(talk, "toolbench-nested") == set()


@pytest.mark.parametrize(
    ("kept", "code"), [(60, "unparsable_arguments"), (16, "unparsable_arguments"), (74, None)]
)
def test_a_step_that_was_cut_is_told_as_far_as_it_goes(kept: int, code: str | None) -> None:
    whole = step("find_room", '{"day": "Friday", "seats": 4}', '{"room": "B12"}')[1]
    talk = read_row(nested(("user", "A room on Friday for 4."), ("tool", whole[:kept])))
    found = codes(talk, "toolbench-nested")
    assert ("unparsable_arguments" in found) == (code is not None)
    assert "open_calls" in found
    assert made(talk)[0][0] == ("find_room" if kept > 22 else "?")


def test_abandoned_branches_are_left_out_and_counted() -> None:
    row = nested(("user", "A room."), ("assistant", "Done."))
    root = row["answer"]["answer_details"][0]
    root["next"] = [{"role": "assistant", "message": "Try.", "next": []}, *root["next"]]
    talk = read_row(row)
    assert roles(talk) == "user assistant"
    assert "abandoned branch of the search left out (1)" in talk.reading.notes


def test_tooltalk_calls_come_one_after_the_other_before_the_words() -> None:
    row = tooltalk_row()
    assert detect(row).name == "tooltalk"
    talk = read_row(row, tools=read_definitions([SEARCH, BOOK]))
    assert roles(talk) == "user assistant tool assistant tool assistant tool assistant"
    assert [m.is_error for m in talk.messages if m.role == "tool"] == [True, None, None]
    assert codes(talk, "tooltalk") <= {"refused_call", "repeated_call"}
    broken = tooltalk_row()
    broken["conversation"][1]["apis"][0]["request"] = {}
    with pytest.raises(UnreadableRowError, match="turn 2 has a call without 'api_name'"):
        read_row(broken)


def test_api_bank_with_its_catalogue() -> None:
    tools = read_catalogue(CATALOGUE)
    assert tools is not None
    assert [tool["function"]["name"] for tool in tools.tools] == ["find_room", "ping", "silent"]
    assert tools.tools[0]["function"]["parameters"]["required"] == ["day"]
    talk = read_row({"turns": api_bank_turns()}, tools=replace(tools, shared=True))
    assert roles(talk) == "user assistant tool assistant"
    assert talk.messages[1].content == "One moment."
    assert codes(talk, "api-bank") == set()
    assert read_catalogue("a,b\n1,2\n") is None
