"""What a final answer may say without a record: names of fields, what is left of a budget."""

import json

import pytest

from button.checks import Conversation, lint
from button.records import CalledFunction, Message, ToolCall
from tests.button.checks.conftest import TEXT, WHOLE, schema, tool

RESERVE_DESK = tool(
    "reserve_desk",
    "Reserves a desk.",
    schema("street", street=TEXT),
    schema("fee wifi_password", fee=WHOLE, wifi_password=TEXT, hours=WHOLE),
)


def unknown(answer: str, asked: str = "A desk in Hoża Street. My budget is $150.") -> list[str]:
    """What the check says of an answer to one call, in a conversation without a task."""
    call = ToolCall(
        id="aaaaaaaaa", function=CalledFunction(name="reserve_desk", arguments={"street": "Hoża"})
    )
    returned = {"fee": 80, "wifi_password": "LA37-SL35", "hours": 9}
    messages = (
        Message(role="user", content=asked),
        Message(role="assistant", tool_calls=(call,)),
        Message(role="tool", content=json.dumps(returned), tool_call_id="aaaaaaaaa"),
        Message(role="assistant", content=f"The fee is $80. {answer}"),
    )
    wanted = ("ungrounded_final_answer", "unknown_name")
    findings = lint(Conversation(messages, (RESERVE_DESK,))).findings
    return [finding.text for finding in findings if finding.code in wanted]


@pytest.mark.parametrize(
    "answer",
    [
        "The desk in Hoża is yours.",
        "With it comes the Wi-Fi password LA37-SL35.",
        "With it comes the Wifi password LA37-SL35.",
    ],
)
def test_names_that_were_given_are_known_again(answer: str) -> None:
    assert unknown(answer) == []


@pytest.mark.parametrize("name", ["Marszałkowska", "Wi-Max", "O'Brien", "Dresden's"])
def test_other_names_are_told_as_whole_words(name: str) -> None:
    assert unknown(f"The desk is with {name} people.") == [f"name {name!r} is nowhere before"]


@pytest.mark.parametrize(
    "answer",
    [
        "It fits the budget of $150, with $70 to spare.",
        "With your budget of $150, you keep 70 dollars.",
    ],
)
def test_what_is_left_of_a_budget_is_worked_out(answer: str) -> None:
    assert unknown(answer) == []


def test_what_is_missing_from_a_budget_is_worked_out() -> None:
    assert unknown("$50 is not enough; $30 would be missing.", "I have $50 for a desk.") == []


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("It fits the budget of $150, with $75 to spare.", "75"),
        ("It fits the budget of $150, with $230 to spare.", "230"),
        ("It fits the budget of $150 at house number 70.", "70"),
        ("You also get a coupon worth $70.", "70"),
    ],
)
def test_no_other_number_passes_for_what_is_left(answer: str, wrong: str) -> None:
    assert unknown(answer) == [f"number {wrong!r} is nowhere before"]


def test_only_a_sum_that_the_human_named_is_a_budget() -> None:
    told = unknown("It fits the budget, with $70 to spare.", "Room 150 in Hoża Street, a desk.")
    assert told == ["number '70' is nowhere before"]
