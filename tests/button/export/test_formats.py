"""What rows of each format look like, in the points where trainers differ."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from button.export import EXPORTS
from button.export.chat import chat_of
from button.export.format import UnheldError
from button.export.preference import twins
from button.export.targets import TARGETS
from button.export.type_lists import flattened
from button.records import Finding, Message, Trajectory

Written = Callable[..., list[dict[str, Any]]]


def llama_factory(row: dict[str, Any]) -> list[tuple[str, Any]] | None:
    """The rule of its `SharegptDatasetConverter` and `FunctionFormatter`; None: row skipped."""
    accepted = (("human", "observation"), ("gpt", "function_call"))
    turns = row["conversations"]
    if any(turn["from"] not in accepted[place % 2] for place, turn in enumerate(turns)):
        return None
    if len(turns) % 2:
        return None
    taken: list[tuple[str, Any]] = []
    for turn in turns:
        value = turn["value"]
        if turn["from"] == "function_call":
            thought, end, rest = value.partition("</think>")
            calls = json.loads(rest if end else value)
            value = [
                (call["name"], json.dumps(call["arguments"]))
                for call in (calls if isinstance(calls, list) else [calls])
            ]
        taken.append((turn["from"], value))
    return taken


def test_openai_has_arguments_as_text_and_says_whether_calls_may_be_parallel(
    walk: Trajectory, written: Written
) -> None:
    (row,) = written(EXPORTS["openai"], walk)
    assert list(row) == ["messages", "tools", "parallel_tool_calls"]
    assert row["parallel_tool_calls"] is True
    call = row["messages"][2]["tool_calls"][0]
    assert call["function"]["arguments"] == '{"city": "Graz"}'
    assert row["messages"][2]["content"] == ""
    assert set(row["messages"][3]) == {"role", "tool_call_id", "content"}
    assert set(row["tools"][0]["function"]) == {"name", "description", "parameters"}


def test_trl_has_arguments_as_objects_and_names_on_results(
    walk: Trajectory, written: Written
) -> None:
    (row,) = written(EXPORTS["trl"], walk)
    assert row["messages"][2]["tool_calls"][0]["function"]["arguments"] == {"city": "Graz"}
    assert row["messages"][2]["reasoning_content"] == "Both."
    assert row["messages"][3]["name"] == "find_hotel"


def test_switches_change_what_they_name(walk: Trajectory, written: Written) -> None:
    (row,) = written(EXPORTS["trl"], walk, content="null", ids="dropped", mask="kept")
    turn = row["messages"][2]
    assert turn["content"] is None
    assert "id" not in turn["tool_calls"][0]
    assert [message["train"] for message in row["messages"]] == [
        message.trainable for message in walk.messages
    ]
    (row,) = written(EXPORTS["trl"], walk, thoughts="think")
    assert row["messages"][2]["content"] == "<think>\nBoth.\n</think>"
    assert row["messages"][-1]["content"] == "<think>\nDone.\n</think>\n\nA walk of 19 minutes."


def test_serialised_calls_are_each_followed_by_their_result(
    walk: Trajectory, written: Written
) -> None:
    (row,) = written(EXPORTS["trl"], walk, parallel="serialised")
    messages = row["messages"]
    assert all(len(message.get("tool_calls", [])) < 2 for message in messages)
    for call, result in zip(messages, messages[1:], strict=False):
        if "tool_calls" in call:
            assert result["tool_call_id"] == call["tool_calls"][0]["id"]
    assert [m.get("reasoning_content") for m in messages if m["role"] == "assistant"] == [
        "Both.",
        None,
        "Now.",
        "Done.",
    ]


def test_sharegpt_alternates_and_has_one_value_for_parallel_calls(
    walk: Trajectory, written: Written
) -> None:
    (row,) = written(EXPORTS["sharegpt"], walk)
    taken = llama_factory(row)
    assert taken is not None
    assert [role for role, _ in taken] == [
        "human",
        "function_call",
        "observation",
        "function_call",
        "observation",
        "gpt",
    ]
    assert taken[1][1] == [
        ("find_hotel", '{"city": "Graz"}'),
        ("find_restaurant", '{"city": "Graz"}'),
    ]
    assert json.loads(taken[2][1]) == [{"hotel_id": "H-2041"}, {"restaurant_id": "R-877"}]
    assert taken[4][1] == '{"minutes":19}'
    assert row["system"].endswith("2026-03-02.")


def test_every_random_sharegpt_row_is_taken(
    make: Callable[..., Trajectory], written: Written
) -> None:
    for seed in range(60):
        assert llama_factory(written(EXPORTS["sharegpt"], make(seed))[0]) is not None


def test_sharegpt_refuses_what_the_trainer_would_skip(walk: Trajectory, written: Written) -> None:
    twice = Message(role="assistant", content="One moment.", trainable=True)
    record = walk.model_copy(update={"messages": (*walk.messages[:-1], twice, walk.messages[-1])})
    with pytest.raises(UnheldError, match="alternate"):
        written(EXPORTS["sharegpt"], record)


def test_spans_are_the_chatml_text_with_loss_on_what_the_assistant_says(
    walk: Trajectory, written: Written
) -> None:
    (row,) = written(EXPORTS["spans"], walk)
    (text,) = written(EXPORTS["chatml"], walk)
    segments = row["segments"]
    assert "".join(segment["text"] for segment in segments) == text["text"]
    learnt = [s for s in segments if s["label"]]
    assert {s["kind"] for s in learnt} == {"think", "call", "final", "frame"}
    assert {s["text"] for s in learnt if s["kind"] == "frame"} == {"<|im_end|>"}
    assert {s["kind"] for s in segments if not s["label"]} == {
        "frame",
        "system",
        "user",
        "observation",
    }
    calls = [s for s in learnt if s["kind"] == "call"]
    assert [s["message"] for s in calls] == [2, 2, 5]


def test_a_refused_call_is_not_learnt(refused: Trajectory, written: Written) -> None:
    (row,) = written(EXPORTS["spans"], refused)
    assert not any(s["label"] for s in row["segments"] if s["message"] == 2)
    steps = written(EXPORTS["steps"], refused)
    assert [len(step["prompt"]) for step in steps] == [4, 7, 9]


def test_steps_hold_the_conversation_before_each_turn(walk: Trajectory, written: Written) -> None:
    steps = written(EXPORTS["steps"], walk)
    (whole,) = written(EXPORTS["trl"], walk)
    for step in steps:
        at = len(step["prompt"])
        assert [*step["prompt"], *step["completion"]] == whole["messages"][: at + 1]
    assert len(steps) == 3


def test_plans_refer_to_results(walk: Trajectory, written: Written) -> None:
    (row,) = written(EXPORTS["plan"], walk)
    assert [call["label"] for call in row["output"]] == ["$var1", "$var2", "$var3"]
    assert row["output"][2]["arguments"] == {
        "start_id": "$var1.hotel_id$",
        "end_id": "$var2.restaurant_id$",
    }
    assert row["gold_answer"] == "A walk of 19 minutes."


def test_a_plan_refers_only_to_the_very_value(walk: Trajectory, written: Written) -> None:
    other = walk.messages[3].model_copy(update={"content": '{"hotel_id":"H-9"}'})
    record = walk.model_copy(update={"messages": (*walk.messages[:3], other, *walk.messages[4:])})
    (row,) = written(EXPORTS["plan"], record)
    assert row["output"][2]["arguments"]["start_id"] == "H-2041"


def test_xlam_holds_the_first_turn(walk: Trajectory, written: Written) -> None:
    (row,) = written(EXPORTS["xlam"], walk)
    assert [call["name"] for call in json.loads(row["answers"])] == [
        "find_hotel",
        "find_restaurant",
    ]
    assert row["query"] == walk.messages[1].content


def test_a_corrected_call_is_a_pair(refused: Trajectory, written: Written) -> None:
    (row,) = written(EXPORTS["preference"], refused)
    assert [message["role"] for message in row["prompt"]] == ["system", "user"]
    assert row["rejected"][0]["tool_calls"][0]["function"]["arguments"] == {"town": "Graz"}
    assert row["chosen"][0]["tool_calls"][0]["function"]["arguments"] == {"city": "Graz"}


def test_twins_prefer_the_one_with_fewer_findings(walk: Trajectory) -> None:
    final = walk.messages[-1].model_copy(update={"content": "It is far."})
    remark = Finding(code="vague", severity="warning", fault="assistant", text="It is vague.")
    worse = walk.model_copy(
        update={"messages": (*walk.messages[:-1], final), "findings": (remark,)}
    )
    switches = EXPORTS["preference"].switches
    chats = [chat_of(record, switches) for record in (worse, walk)]
    (row,) = twins(chats, switches)
    assert row["chosen"][0]["content"] == "A walk of 19 minutes."
    assert row["rejected"][0]["content"] == "It is far."
    assert twins([chats[1], chats[1]], switches) == []


@pytest.mark.parametrize(
    ("schema", "flat"),
    [
        ({"type": ["string", "null"]}, {"type": "string"}),
        ({"type": ["null"]}, {"type": "null"}),
        (
            {"type": ["string", "integer", "null"]},
            {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        ),
        ({"type": ["string", "null"], "enum": ["a", None]}, {"type": "string", "enum": ["a"]}),
        (
            {"type": "array", "items": {"type": ["number", "null"]}},
            {"type": "array", "items": {"type": "number"}},
        ),
        (
            {"properties": {"type": {"type": ["string", "null"]}}},
            {"properties": {"type": {"type": "string"}}},
        ),
        ({"enum": [["string", "null"]]}, {"enum": [["string", "null"]]}),
    ],
)
def test_lists_of_types_are_flattened(schema: dict[str, Any], flat: dict[str, Any]) -> None:
    assert flattened(schema) == flat


@pytest.mark.parametrize("name", EXPORTS)
def test_columns_are_the_keys_of_rows(name: str, refused: Trajectory, written: Written) -> None:
    format = EXPORTS[name]
    try:
        rows = written(format, refused)
    except UnheldError:
        return
    kinds = {"text": str, "flag": bool, "list of json": list}
    for row in rows:
        assert set(row) <= set(format.columns)
        for key, value in row.items():
            assert isinstance(value, kinds[format.columns[key]])


def test_targets_name_formats_and_switches_that_these_know() -> None:
    for target in TARGETS.values():
        format = EXPORTS[target.format]
        changed = {
            name
            for name, value in target.switches._asdict().items()
            if value != getattr(format.switches, name)
        }
        assert changed <= format.knows
        assert target.document
