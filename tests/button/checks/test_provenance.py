"""Where arguments come from, and what follows from it: edges and links."""

import json
from typing import Any

import pytest

from button.canonical import call_id
from button.checks import edges, links, provenance
from button.records import (
    CalledFunction,
    CompositionalTask,
    Message,
    Origin,
    SubTask,
    ToolCall,
    Trajectory,
)

SYSTEM = Message(role="system", content="Today is 2026-03-02.")


def says(text: str) -> Message:
    return Message(role="user", content=text)


def calls(number: int, *made: tuple[str, dict[str, Any], Any]) -> list[Message]:
    ids = [call_id("test", number, position) for position in range(len(made))]
    asked = tuple(
        ToolCall(id=each, function=CalledFunction(name=name, arguments=arguments))
        for each, (name, arguments, _) in zip(ids, made, strict=True)
    )
    answers = [
        Message(role="tool", content=json.dumps(result), tool_call_id=each)
        for each, (_, _, result) in zip(ids, made, strict=True)
    ]
    return [Message(role="assistant", tool_calls=asked), *answers]


def function(name: str, **properties: dict[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties, "additionalProperties": False}
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": "Does it.",
            "parameters": parameters,
            "returns": {"type": "object", "additionalProperties": False},
        },
    }


def origin(messages: list[Message], *tools: dict[str, Any], path: str = "$.x") -> Origin:
    """The origin of one argument of the last call."""
    found = provenance(messages, tools, None)
    last = [message for message in messages if message.tool_calls][-1]
    assert last.tool_calls
    return found[last.tool_calls[-1].id][path]


def after(text: str, result: Any, value: Any) -> Origin:
    """The origin of `value` given to a call after the human said `text` and a tool `result`."""
    earlier = calls(1, ("look", {}, result))
    return origin([SYSTEM, says(text), *earlier, *calls(2, ("use", {"x": value}, {}))])


def test_the_humans_value_stays_the_humans_when_a_result_repeats_it() -> None:
    assert after("Fly to Lisbon", {"city": "Lisbon"}, "Lisbon") == Origin(source="human", message=1)


def test_a_value_belongs_to_the_result_when_the_human_repeats_it_later() -> None:
    messages = [SYSTEM, says("Any flight"), *calls(1, ("look", {}, {"flight": "TP 123"}))]
    messages += [Message(role="assistant", content="TP 123?"), says("Yes, TP 123.")]
    found = origin([*messages, *calls(2, ("use", {"x": "TP 123"}, {}))])
    assert (found.source, found.call, found.path) == ("result", call_id("test", 1, 0), "$.flight")


def test_a_result_that_echoes_its_own_call_is_no_source() -> None:
    first = calls(1, ("look", {}, {"flight": "TP 123"}))
    second = calls(2, ("ask", {"flight": "TP 123"}, {"flight": "TP 123", "gate": "B4"}))
    messages = [
        SYSTEM,
        says("Any flight"),
        *first,
        *second,
        *calls(3, ("use", {"x": "TP 123"}, {})),
    ]
    assert origin(messages).call == call_id("test", 1, 0)


def test_of_two_leaves_the_one_with_the_same_name_is_the_source() -> None:
    result = {"rows": [{"seen": 7, "x": 7}]}
    assert after("Go on", result, 7).path == "$.rows[0].x"


def test_only_what_was_said_before_the_call_counts() -> None:
    messages = [SYSTEM, says("Go on"), *calls(1, ("use", {"x": "TP 123"}, {})), says("TP 123")]
    assert origin(messages).source == "nowhere"


def test_calls_of_one_turn_do_not_see_each_others_results() -> None:
    batch = calls(1, ("look", {}, {"flight": "TP 123"}), ("use", {"x": "TP 123"}, {}))
    assert origin([SYSTEM, says("Go on"), *batch]).source == "nowhere"


def test_the_assistants_own_words_are_no_source() -> None:
    messages = [SYSTEM, says("Go on"), Message(role="assistant", content="TP 123?"), says("Yes")]
    assert origin([*messages, *calls(1, ("use", {"x": "TP 123"}, {}))]).source == "nowhere"


@pytest.mark.parametrize(
    ("described", "value", "source"),
    [
        ({"type": "string", "enum": ["first", "second"]}, "second", "enum"),
        ({"anyOf": [{"const": "all"}, {"type": "null"}]}, "all", "enum"),
        ({"type": "integer", "default": 10}, 10, "default"),
        ({"type": "array", "items": {"enum": ["red", "blue"]}}, ["blue"], "enum"),
        ({"type": ["string", "null"]}, None, "default"),
        ({"type": "boolean"}, True, "enum"),
        ({"type": "integer"}, 10, "nowhere"),
    ],
)
def test_the_schema_is_a_source(described: dict[str, Any], value: Any, source: str) -> None:
    messages = [SYSTEM, says("Go on"), *calls(1, ("use", {"x": value}, {}))]
    path = "$.x[0]" if isinstance(value, list) else "$.x"
    assert origin(messages, function("use", x=described), path=path).source == source


def test_a_switch_that_the_human_named_is_the_humans() -> None:
    messages = [SYSTEM, says("Only where pets are allowed, please")]
    messages += calls(1, ("use", {"pets_allowed": True}, {}))
    assert origin(messages, path="$.pets_allowed").source == "human"


def test_the_system_message_is_a_source() -> None:
    assert after("Go on", {}, "2026-03-02") == Origin(source="system", message=0)


@pytest.mark.parametrize(
    ("text", "result", "value", "note"),
    [
        ("for 90 minutes", {}, 1.5, "unit"),
        ("with 5 % less", {}, 0.05, "unit"),
        ("in half an hour", {}, 30, "unit"),
        ("Go on", {"duration_minutes": 120}, 2, "unit"),
        ("Go on", {"a": {"price": 120}, "b": {"price": 45.5}}, 165.5, "sum"),
        ("of 300 euros", {"price": 120}, 180, "difference"),
        ("for three people", {"price": 19.5}, 58.5, "product"),
        (
            "Go on",
            {"rows": [{"price": 90, "nights": 3}, {"price": 99, "nights": 4}]},
            270,
            "product",
        ),
        ("Go on", {"rows": [{"fee": 10}, {"fee": 21}, {"fee": 45}]}, 24, "difference"),
        ("with a 15 % tip", {"price": 40}, 46, "share"),
        ("Go on", {"rows": [{"fee": 10}, {"fee": 20}, {"fee": 45}]}, 75, "sum"),
        ("Go on", {"rows": [{"fee": 10}, {"fee": 20}, {"fee": 45}]}, 25, "mean"),
        ("Go on", {"rows": [{"fee": 10}, {"fee": 21}, {"fee": 45}]}, 3, "count"),
        ("from May 14 for three nights", {}, "2026-05-17", "date +3 days"),
        ("the day before", {"departs": "2026-05-14T09:00:00"}, "2026-05-13", "date +1 days"),
        ("for two hours", {"starts": "14:30"}, "16:30", "time +120 minutes"),
        ("on May 14", {"opens": "14:30"}, "2026-05-14T14:30:00", "date and time"),
        ("May 14 at 2 pm for two hours", {}, "2026-05-14 16:00:00", "time +120 minutes"),
        ("May 14 at 11 pm for two hours", {}, "2026-05-15 01:00:00", "time +120 minutes"),
        ("May 14 at 2 pm, 10 minutes before", {}, "2026-05-14 13:50", "time -10 minutes"),
        ("pulse 80, pressure 120/80", {}, "[{'name': 'pulse', 'value': '80'}]", "words"),
        ("Tell Anna the flight", {"flight": "TP 123"}, "Anna: flight TP 123", "words"),
        ("the 14th of May", {}, "2026-05-14", "date"),
    ],
)
def test_obvious_steps_are_derivations(text: str, result: Any, value: Any, note: str) -> None:
    found = after(text, result, value)
    assert (found.source, found.note) == ("derived", note)


def test_the_hour_that_the_system_tells_is_one_to_reckon_from() -> None:
    now = Message(role="system", content="It is 2026-03-02 13:20.")
    made = calls(2, ("book", {"x": "2026-03-02 14:20"}, {}))
    found = origin([now, says("Block an hour."), *made])
    assert (found.source, found.note, found.message) == ("derived", "time +60 minutes", 0)
    assert origin([now, says("Block it."), *made]).source == "nowhere"


def test_the_human_may_tell_what_day_it_is() -> None:
    made = calls(1, ("book", {"x": "2026-03-03"}, {}))
    assert origin([says("For tomorrow. Today is March 2, 2026."), *made]).note == "date"
    assert origin([says("For tomorrow."), *made]).source == "nowhere"
    assert origin([says("For tomorrow. Today is 9999-12-31."), *made]).source == "nowhere"


def test_the_calendar_ends_without_noise() -> None:
    for day in ("9999-12-31 23:30", "0001-01-01 00:10"):
        found = after("at 11:50 pm, at 0:30, an hour before or after", {}, day)
        assert found.source == "nowhere"


@pytest.mark.parametrize(
    ("text", "result", "value"),
    [
        ("Go on", {"price": 120, "nights": 3}, 123),
        ("Go on", {"rows": [{"price": 90, "fee": 5}, {"price": 99, "fee": 7}]}, 94),
        ("Go on", {"rows": [{"price": 90, "nights": 3}, {"price": 99}]}, 297),
        ("for two people", {"price": 49}, 47),
        ("from May 14 for three nights", {}, "2026-05-18"),
        ("May 14 at 2 pm for two hours", {}, "2026-05-14 17:00:00"),
        ("May 14 at 11 pm for two hours", {}, "2026-05-14 01:00:00"),
        ("May 14 at 2 pm for two hours", {}, "2026-05-15 16:00:00"),
        ("pulse 80, pressure 120/80", {}, "[{'name': 'pulse', 'value': '85'}]"),
        ("Tell Anna the flight", {"flight": "TP 123"}, "Anna: flight TP 124"),
        ("Tell Anna the flight", {"flight": "TP 123"}, "Dear Boris, best wishes from us all"),
        ("Go on", {"flight": "TP 123"}, "TP 12"),
    ],
)
def test_other_values_come_from_nowhere(text: str, result: Any, value: Any) -> None:
    assert after(text, result, value).source == "nowhere"


def test_a_sum_names_every_call_it_needs(parallel: Trajectory) -> None:
    expected = {(source, "KD3hsu8XU") for source in ("4dvOpUvA0", "usb6GVWyz")}
    assert set(edges(parallel.provenance)) == expected


WEATHER_TASK = CompositionalTask(
    text="Compare the weather.",
    sub_tasks=(
        SubTask(id="t1", text="Get the weather in Rome.", functions=("weather",)),
        SubTask(id="t2", text="Get the weather in Oslo on May 14.", functions=("weather",)),
        SubTask(id="t3", text="Get it there too.", depends_on=("t2",), functions=("weather",)),
        SubTask(id="t4", text="Compare them.", depends_on=("t1", "t3")),
    ),
)


def test_calls_are_linked_by_what_their_sub_tasks_say() -> None:
    oslo = ("weather", {"city": "Oslo", "day": "2026-05-14"}, {"near": "Drammen"})
    messages = [SYSTEM, says("Rome and Oslo on May 14, and the town next to it")]
    messages += calls(1, oslo, ("weather", {"city": "Rome"}, {"near": "Tivoli"}))
    messages += calls(2, ("weather", {"city": "Drammen"}, {"near": "Oslo"}))
    found = links(messages, WEATHER_TASK, provenance(messages, (), WEATHER_TASK))
    assert list(found.values()) == ["t2", "t1", "t3"]


def test_calls_that_say_nothing_are_linked_in_order() -> None:
    messages = [SYSTEM, says("Go on"), *calls(1, ("weather", {}, {}), ("weather", {}, {}))]
    found = links(messages, WEATHER_TASK, provenance(messages, (), WEATHER_TASK))
    assert list(found.values()) == ["t1", "t2"]


def test_a_refused_call_and_its_repetition_serve_the_same_sub_task() -> None:
    messages = [SYSTEM, says("Go on"), *calls(1, ("weather", {}, {}))]
    messages[-1] = messages[-1].model_copy(update={"is_error": True})
    messages += calls(2, ("weather", {}, {}))
    found = links(messages, WEATHER_TASK, provenance(messages, (), WEATHER_TASK))
    assert list(found.values()) == ["t1", "t1"]


def test_a_call_of_no_sub_task_has_no_link() -> None:
    messages = [SYSTEM, says("Go on"), *calls(1, ("clock", {}, {}))]
    assert links(messages, WEATHER_TASK, provenance(messages, (), WEATHER_TASK)) == {}
