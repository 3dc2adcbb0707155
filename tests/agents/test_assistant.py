"""Reading the assistant's turns."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage

from agents.assistant import (
    answered,
    as_said,
    is_final,
    message_of_turn,
    parallel_calls,
    parse_turn,
)
from agents.human import swapped
from button.context import Context
from button.errors import ContractError


def message(text: str, *calls: tuple[str, Any], **more: Any) -> AIMessage:
    made = [{"name": n, "args": a, "id": "x", "type": "tool_call"} for n, a in calls]
    return AIMessage(text, tool_calls=made, **more)


def test_thought_calls_and_words_are_kept_apart() -> None:
    turn = parse_turn(message("<thought>Plan.</thought>", ("f", {"a": 1})), 8, first=True)
    assert (turn.thought, turn.text, turn.is_final) == ("Plan.", "", False)
    assert turn.calls == [("f", {"a": 1})]


def test_words_beside_calls_belong_to_the_thought() -> None:
    turn = parse_turn(message("<thought>Plan.</thought>\nLet me look.", ("f", {})), 8, first=True)
    assert (turn.thought, turn.text) == ("Plan. Let me look.", "")


def test_a_final_answer_and_a_question() -> None:
    final = parse_turn(message("<thought>T</thought>\n<final> All set. </final>"), 8, first=False)
    assert (final.text, final.is_final) == ("All set.", True)
    question = parse_turn(message("<thought>T</thought>\nWhich day?"), 8, first=False)
    assert (question.text, question.is_final) == ("Which day?", False)


def test_reasoning_of_the_model_is_no_thought() -> None:
    reasoned = AIMessage("", additional_kwargs={"reasoning": "Plan."})
    with pytest.raises(ContractError, match="begin with your plan"):
        parse_turn(reasoned, 8, first=True)


@pytest.mark.parametrize(
    ("given_", "words"),
    [
        (message("", ("f", {})), "begin with your plan"),
        (message("<thought>T</thought>"), "call functions, give the <final> answer"),
        (message("<thought>T</thought><final> </final>"), "call functions, give the <final>"),
        (message("<thought>T</thought><final>x</final>", ("f", {})), "either call functions or"),
        (message("<thought>T</thought>", ("f", {}), ("f", {})), "the same call stands twice"),
        (message("<thought>T</thought>", *[("f", {"i": i}) for i in range(3)]), "3 calls"),
        (
            message(
                "<thought>T</thought>",
                invalid_tool_calls=[
                    {"name": "f", "args": "{", "id": "x", "error": None,
                     "type": "invalid_tool_call"}
                ],
            ),
            "the call of 'f' cannot be read: its arguments are no JSON object",
        ),
    ],
)  # fmt: skip
def test_what_is_no_turn_is_told_to_the_model(given_: AIMessage, words: str) -> None:
    with pytest.raises(ContractError, match=words):
        parse_turn(given_, 2, first=True)


def test_only_the_first_turn_must_hold_a_thought() -> None:
    assert parse_turn(message("", ("f", {})), 8, first=False).thought is None


@given(
    thought=st.text(st.characters(categories=["L", "N", "Zs"]), min_size=1).filter(str.strip),
    text=st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1).filter(str.strip),
    final=st.booleans(),
)
def test_what_was_said_is_read_back_as_it_was(thought: str, text: str, final: bool) -> None:
    inner = f"<final>{text}</final>" if final else text
    once = parse_turn(message(f"<thought>{thought}</thought>{inner}"), 8, first=True)
    kept = message_of_turn(once, [], 0)
    assert parse_turn(as_said(kept), 8, first=True) == once  # type: ignore[arg-type]
    assert is_final(kept) is final


def test_the_human_hears_only_what_is_said_to_it() -> None:
    asked = message_of_turn(parse_turn(message("<thought>T</thought>Which day?"), 8, first=True),
                            [], 0)  # fmt: skip
    called = message("", ("f", {}))
    heard = swapped([HumanMessage("A train."), called, asked])
    assert [(each.type, each.content) for each in heard] == [
        ("ai", "A train."),
        ("human", "Which day?"),
    ]


def test_a_limit_of_one_call_in_a_turn_turns_parallel_calls_off() -> None:
    assert not parallel_calls(Context(parallel_calls="on", max_parallel_calls=1), 0, 0)


def test_parallel_calls_are_on_off_or_drawn() -> None:
    assert parallel_calls(Context(parallel_calls="on"), 0, 0)
    assert not parallel_calls(Context(parallel_calls="off"), 0, 0)
    drawn = [parallel_calls(Context(parallel_calls="mixed"), item, 0) for item in range(40)]
    assert 10 < sum(drawn) < 30


def test_calls_that_nobody_answered_are_left_out_of_what_a_model_hears() -> None:
    def asked(*ids: str) -> AIMessage:
        calls = [{"name": "f", "args": {}, "id": each, "type": "tool_call"} for each in ids]
        return AIMessage("", tool_calls=calls)

    half, whole = asked("c1", "c2"), asked("c3")
    thread = [
        HumanMessage("A hotel, please."),
        half,
        ToolMessage("{}", tool_call_id="c1"),
        HumanMessage("Still there?"),
        whole,
        ToolMessage("{}", tool_call_id="c3"),
    ]
    assert answered(thread) == [thread[0], *thread[3:]]
