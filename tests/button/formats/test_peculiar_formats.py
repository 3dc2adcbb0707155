"""Formats with a form of their own: each read from a small row and linted."""

import json
from collections.abc import Callable

import pytest

from button.checks import lint
from button.checks.prepared import Prepared
from button.checks.profile import CALLS
from button.formats import FORMATS, UnreadableRowError, detect, read_row
from button.formats.definitions import read_definitions
from button.records import Trajectory
from tests.button.formats.peculiar_rows import (
    BOOK,
    SEARCH,
    Row,
    codes,
    glaive_row,
    item_call,
    item_result,
    item_text,
    item_thought,
    made,
    nestful_call,
    nestful_row,
    response,
    roles,
    tau_row,
    tooltalk_row,
    xlam_row,
)


def test_glaive() -> None:
    row = glaive_row()
    assert detect(row).name == "glaive"
    talk = read_row(row)
    assert roles(talk) == "system user assistant tool assistant"
    assert made(talk) == [("find_room", {"day": "Friday"})]
    assert [tool["function"]["name"] for tool in talk.tools] == ["find_room", "book_room"]
    assert talk.messages[0].content == "You have access to the following functions -"
    assert codes(talk, "glaive") == set()


def test_glaive_with_broken_arguments_and_without_functions() -> None:
    row = glaive_row()
    row["chat"] = row["chat"].replace('{"day": "Friday"}', '{"day": Friday}')
    talk = read_row(row)
    assert codes(talk, "glaive") == {"unparsable_arguments"}
    assert list(talk.reading.unparsable.values()) == ['{"day": Friday}']
    row["system"] = "SYSTEM: You have no access to external functions."
    assert "no_tools" in codes(read_row(row), "glaive")


def test_xlam_calls_need_no_results() -> None:
    row = xlam_row({"name": "find_room", "arguments": {"day": "Friday", "seats": 4}})
    assert detect(row).name == "xlam"
    talk = read_row(row)
    assert roles(talk) == "user assistant"
    assert codes(talk, "xlam") == set()
    assert codes(read_row(xlam_row()), "xlam") == set()
    wrong = xlam_row(
        {"name": "find_room", "arguments": {"day": "Friday", "seats": "4"}},
        {"name": "find_hotel", "arguments": {}},
    )
    assert codes(read_row(wrong), "xlam") == {"invalid_arguments", "unknown_function"}


def test_xlam_with_short_parameters() -> None:
    """As the data set writes them: a map with `str, optional`."""
    row = xlam_row({"name": "find_room", "arguments": {"day": "Friday"}})
    parameters = {"day": {"type": "str"}, "seats": {"type": "int, optional", "default": "4"}}
    row["tools"] = json.dumps([{**SEARCH, "parameters": parameters}])
    assert codes(read_row(row), "xlam") == set()


def test_tau_bench_takes_its_functions_from_another_file() -> None:
    row = tau_row("###STOP###")
    assert detect(row).name == "tau-bench"
    assert codes(read_row(row), "tau-bench") == {"no_tools"}
    talk = read_row(row, tools=read_definitions([SEARCH]))
    assert codes(talk, "tau-bench") == set()
    assert roles(talk) == "system user assistant tool assistant"
    assert talk.reading.notes[-1].startswith("the simulated user's sign to stop")
    assert roles(read_row(tau_row("Thanks! ###STOP###"))).endswith("user")


def test_responses_items_become_turns() -> None:
    row = response(
        item_thought("Search."),
        item_text("One moment."),
        item_call("a"),
        item_call("b"),
        item_result("b"),
        item_result("a"),
        item_text("Room B12 is free."),
        item_thought("Done."),
    )
    assert detect(row).name == "responses"
    talk = read_row(row)
    assert roles(talk) == "user assistant tool tool assistant"
    assert talk.messages[1].content == "One moment."
    assert talk.messages[1].thought == "Search."
    assert len(talk.messages[1].tool_calls or ()) == 2
    assert codes(talk, "responses") <= {"repeated_call"}
    assert "thoughts after the last turn left out (1)" in talk.reading.notes


def test_thoughts_written_after_their_calls_belong_to_them() -> None:
    row = response(
        item_call("a"), item_thought("Search."), item_result("a"), item_text("B12 is free.")
    )
    assert read_row(row).messages[1].thought == "Search."


def test_responses_without_an_answer_or_against_the_request() -> None:
    calls = (item_call("a"), item_call("b", "Monday"), item_result("a"), item_result("b"))
    row = response(*calls, item_text("B12 is free."), parallel_tool_calls=False)
    assert "parallel_forbidden" in codes(read_row(row), "responses")
    with pytest.raises(UnreadableRowError, match="no response"):
        read_row({"responses_create_params": {"input": "x"}})
    plain = {"input": "A room on Friday.", "output": [item_text("Which one?")], "tools": []}
    assert roles(read_row(plain)) == "user assistant"


@pytest.mark.parametrize("label", ["var{}", "$var_{}"])
def test_nestful_references_are_the_sources_of_their_arguments(label: str) -> None:
    first, second = label.format(1), label.format(2)
    reference = f"${first.strip('$')}.room$"
    row = nestful_row(
        nestful_call("find_room", first, day="Friday"),
        nestful_call("find_room", second, day="Monday"),
        nestful_call("book_room", label.format(3), room=reference),
    )
    assert detect(row).name == "nestful"
    talk = read_row(row, tools=read_definitions([SEARCH, BOOK]))
    assert [len(m.tool_calls or ()) for m in talk.messages] == [0, 2, 1]
    assert codes(talk, "nestful") == set()
    prepared = Prepared.of(talk)
    room, _, booking = prepared.calls
    assert prepared.suppliers[booking.id] == {room.id}
    origin = prepared.provenance[booking.id]["$.room"]
    assert (origin.source, origin.call, origin.path) == ("result", room.id, "$.room")


def test_a_reference_to_nothing_is_an_argument_from_nowhere() -> None:
    row = nestful_row(nestful_call("book_room", "var1", room="$var7.room$"))
    talk = read_row(row, tools=read_definitions([BOOK]))
    assert codes(talk, "nestful") == {"ungrounded_argument"}


def test_our_own_trajectories_are_verified(own: Trajectory) -> None:
    row = own.to_row()
    assert detect(row).name == "own"
    assert FORMATS["own"].profile.name == "own"
    talk = read_row(row)
    assert talk.record == own
    assert lint(talk, FORMATS["own"].profile).findings == ()
    with pytest.raises(UnreadableRowError, match="wrong id"):
        read_row({**row, "id": "0" * 64})
    with pytest.raises(UnreadableRowError, match="no trajectory: strategy"):
        read_row({**row, "strategy": "random"})


@pytest.mark.parametrize(
    "factory", [glaive_row, xlam_row, lambda: tau_row("x"), tooltalk_row, nestful_row]
)
def test_formats_are_told_apart(factory: Callable[[], Row]) -> None:
    row = factory()
    assert sum(each.matches(row) for each in FORMATS.values()) == 1


def test_answer_keys_are_judged_without_results() -> None:
    assert {name for name, each in FORMATS.items() if each.profile is CALLS} == {
        "nestful",
        "xlam",
        "prompt-completion",
    }
