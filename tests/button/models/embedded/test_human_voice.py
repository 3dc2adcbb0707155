import re

import pytest

from button.canonical import derived_random
from button.models.embedded.human_voice import HumanVoice
from button.models.embedded.plan import Plan
from button.models.embedded.second_mentions import with_short_mentions

TODAY = "2026-03-02"
TICKETS = (
    "Look up which trains Omar Rossi has tickets for, and also look up train connections from "
    "Paris to Berlin for May 4, 2026; then exchange Omar Rossi's next train ticket for a seat "
    "on the cheapest train."
)
TASKS = (
    "Find flights from Lisbon to Vienna on May 14, 2026.",
    TICKETS,
)


def plan_of(task: str) -> Plan:
    plan = Plan.of_text(task, TODAY)
    assert plan.understood
    return plan


def messages(task: str, count: int = 60) -> list[str]:
    plan = plan_of(task)
    return [
        HumanVoice(plan, derived_random("voice", task, turn)).message() for turn in range(count)
    ]


@pytest.mark.parametrize("task", TASKS)
def test_no_two_messages_about_a_task_need_be_alike(task: str) -> None:
    assert len(set(messages(task))) > 40


@pytest.mark.parametrize("task", TASKS)
def test_no_frame_of_politeness_is_used_twice(task: str) -> None:
    for message in messages(task):
        assert message.lower().count("please") <= 1, message
        for frame in ("could you", "would you", "i'd appreciate", "i'd be grateful"):
            assert message.lower().count(frame) <= 1, message


@pytest.mark.parametrize("task", TASKS)
def test_nobody_thanks_twice(task: str) -> None:
    for message in messages(task):
        if re.search("grateful|appreciate", message):
            assert not re.search(r"[Tt]hank", message), message


def test_every_detail_of_the_task_is_said() -> None:
    for message in messages(TICKETS):
        assert all(each in message for each in ("Omar Rossi", "Paris", "Berlin"))
        assert re.search(r"May 4|4th of May", message)


def test_a_name_is_said_once_and_then_in_short() -> None:
    text = "Look up the tickets of Omar Rossi. Then exchange the next train ticket of Omar Rossi."
    short = with_short_mentions(text, plan_of(TICKETS), str)
    assert short == "Look up Omar Rossi's tickets. Then exchange Omar's next train ticket."


def test_the_only_city_and_the_only_day_are_said_once() -> None:
    task = "Check the weather in Oslo on May 4, 2026."
    text = "Check the weather in Oslo on May 4. Then find a hotel in Oslo for May 4."
    short = with_short_mentions(text, plan_of(task), lambda _: "May 4")
    assert short == "Check the weather in Oslo on May 4. Then find a hotel there for that day."


def test_a_city_behind_an_address_keeps_its_name() -> None:
    task = "Check the weather in Oslo on May 4, 2026."
    text = "I've moved to Oslo. Find a café close to 7 Mill Lane in Oslo."
    assert with_short_mentions(text, plan_of(task), lambda _: "May 4") == text


def test_nobody_gives_a_reason_of_their_own_for_what_is_done_for_another() -> None:
    task = (
        "Find hotels in Paris for 2 nights from April 24, 2026, then book a room at the cheapest "
        "hotel for Grace Lambert from April 24, 2026 for 2 nights."
    )
    own = re.compile(r"\b[Mm]y\b|\bI(?:'m|'ve| have| am)\b")
    assert not any(own.search(message) for message in messages(task))


def test_an_invitation_is_emailed_to_a_person() -> None:
    text = (
        "Find Omar Rossi's details. Then email an invitation for it to Omar Rossi's email address."
    )
    short = with_short_mentions(text, plan_of(TICKETS), str)
    assert short == "Find Omar Rossi's details. Then email Omar an invitation for it."
