"""Formats with a form of their own: each read from a small row and linted."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from button.checks import Conversation, lint
from button.checks.prepared import Prepared
from button.checks.profile import CALLS
from button.formats import FORMATS, UnreadableRowError, detect, read_row
from button.formats.apibank import read_catalogue
from button.formats.definitions import read_definitions
from button.records import Trajectory

Row = dict[str, Any]
SEARCH = {
    "name": "find_room",
    "description": "Finds a free room.",
    "parameters": {
        "type": "object",
        "properties": {"day": {"type": "string"}, "seats": {"type": "integer"}},
        "required": ["day"],
    },
}
BOOK = {
    "name": "book_room",
    "description": "Books a room.",
    "parameters": {
        "type": "object",
        "properties": {"room": {"type": "string"}},
        "required": ["room"],
    },
}


def codes(talk: Conversation, name: str) -> set[str]:
    return {finding.code for finding in lint(talk, FORMATS[name].profile).findings}


def roles(talk: Conversation) -> str:
    return " ".join(message.role for message in talk.messages)


def made(talk: Conversation) -> list[tuple[str, Row]]:
    return [
        (call.function.name, call.function.arguments)
        for message in talk.messages
        for call in message.tool_calls or ()
    ]


def glaive_row() -> Row:
    functions = "\n\n".join(json.dumps(each, indent=4) for each in (SEARCH, BOOK))
    return {
        "system": "SYSTEM: You have access to the following functions -\n" + functions + "\n",
        "chat": "USER: A room on Friday, it's urgent.\n\n\n"
        'ASSISTANT: <functioncall> {"name": "find_room", "arguments": '
        '\'{"day": "Friday"}\'} <|endoftext|>\n\n\n'
        'FUNCTION RESPONSE: {"room": "B12"}\n\n\nASSISTANT: Room B12 is free. <|endoftext|>\n\n',
    }


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


def xlam_row(*answers: Row) -> Row:
    return {
        "id": 1,
        "query": "Find a room on Friday for 4 people.",
        "tools": json.dumps([SEARCH]),
        "answers": json.dumps(answers),
    }


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


def tau_row(last: str) -> Row:
    return {
        "task_id": 1,
        "traj": [
            {"role": "system", "content": "Policy. Today is 2024-05-15."},
            {"role": "user", "content": "A room on Friday."},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "find_room", "arguments": '{"day": "Friday"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "name": "find_room", "content": "B12"},
            {"role": "assistant", "content": "Room B12 is free."},
            {"role": "user", "content": last},
        ],
    }


def test_tau_bench_takes_its_functions_from_another_file() -> None:
    row = tau_row("###STOP###")
    assert detect(row).name == "tau-bench"
    assert codes(read_row(row), "tau-bench") == {"no_tools"}
    talk = read_row(row, tools=read_definitions([SEARCH]))
    assert codes(talk, "tau-bench") == set()
    assert roles(talk) == "system user assistant tool assistant"
    assert talk.reading.notes[-1].startswith("the simulated user's sign to stop")
    assert roles(read_row(tau_row("Thanks! ###STOP###"))).endswith("user")


def response(*output: Row, **request: Any) -> Row:
    return {
        "responses_create_params": {
            "input": [{"role": "user", "content": "A room on Friday.", "type": "message"}],
            "tools": [{"type": "function", "strict": False, **SEARCH}],
            **request,
        },
        "response": {"output": list(output)},
        "reward": 1.0,
    }


def item_call(identifier: str, day: str = "Friday") -> Row:
    return {
        "type": "function_call",
        "name": "find_room",
        "arguments": json.dumps({"day": day}),
        "call_id": identifier,
    }


def item_result(identifier: str) -> Row:
    return {"type": "function_call_output", "call_id": identifier, "output": '{"room": "B12"}'}


def item_text(text: str) -> Row:
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text}],
    }


def item_thought(text: str) -> Row:
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": text}]}


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


def toolbench_row(*turns: Row) -> Row:
    path = [{"role": "user", "content": "A room on Friday."}, *turns]
    return {
        "win": True,
        "answer_generation": {
            "function": [SEARCH, {**SEARCH, "name": "Finish"}],
            "train_messages": [path[:2], path],
        },
    }


def toolbench_call(name: str, **arguments: Any) -> Row:
    call = {"name": name, "arguments": json.dumps(arguments)}
    return {"role": "assistant", "content": None, "function_call": call}


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


def nested(*steps: tuple[str, str]) -> Row:
    nodes: list[Row] = []
    for role, message in reversed(steps):
        nodes = [{"role": role, "message": message, "next": nodes}]
    return {
        "query": "A room on Friday for the " + "very " * 20 + "long meeting.",
        "available_tools": [SEARCH],
        "answer": {"answer_details": nodes, "final_answer": '{"final_answer": "B12 is free."}'},
    }


def step(name: str, arguments: str, result: str) -> tuple[str, str]:
    return "tool", str({"name": name, "arguments": arguments, "response": result})


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


def tooltalk_row() -> Row:
    def api(name: str, response: Any, failure: str | None = None, **parameters: Any) -> Row:
        request = {"api_name": name, "parameters": parameters}
        return {"request": request, "response": response, "exception": failure}

    return {
        "conversation": [
            {"index": 0, "role": "user", "text": "Book a room for Friday."},
            {
                "index": 1,
                "role": "assistant",
                "text": "Room B12 is booked.",
                "apis": [
                    api("find_room", None, "closed", day="Friday"),
                    api("find_room", {"room": "B12"}, day="Friday"),
                    api("book_room", {"status": "ok"}, room="B12"),
                ],
            },
        ]
    }


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


def api_bank_turns() -> list[Row]:
    result = {"api_name": "find_room", "output": {"room": "B12"}, "exception": None}
    return [
        {"role": "User", "text": "A room on Friday."},
        {"role": "AI", "text": "One moment."},
        {"role": "API", "api_name": "find_room", "param_dict": {"day": "Friday"}, "result": result},
        {"role": "AI", "text": "Room B12 is free."},
    ]


CATALOGUE = (
    "id,类名,input_parameters,api_info\n"
    '1,find_room,"(day: str, seats: int = 2)","description = ""Finds a room.""\n'
    "input_parameters = {'day': {'type': 'str'}, 'seats': {'type': 'int'}}\n\"\n"
    '2,ping,(),"description = ""Pings."" \ninput_parameters = {None}"\n'
    "3,silent,(),.\n"
)


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


def nestful_row(*calls: Row) -> Row:
    gathered = {"name": "var_result", "arguments": {"room": "$var1$"}}
    return {
        "input": "Find a room on Friday, book it, and find one on Monday.",
        "output": [*calls, gathered],
    }


def nestful_call(name: str, label: str, **arguments: Any) -> Row:
    return {"name": name, "arguments": arguments, "label": label}


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
    assert {name for name, each in FORMATS.items() if each.profile is CALLS} == {"nestful", "xlam"}
