"""The released form of BUTTONInstruct, byte for byte."""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from button.export.button_instruct import (
    BUTTON_CORRECTED,
    BUTTON_INSTRUCT,
    CORRECTED,
    OFF,
    ON,
    RELEASED,
)
from button.export.chat import chat_of
from button.export.format import UnheldError
from button.records import Origin, Trajectory

PUBLISHED = "81453ae7162ea1d447d2b2a81c7dd2b6a30ffa07ea438e7297a235399e1ad409"
"""SHA-256 of the code block under `system` in the README of the released data."""
Written = Callable[..., list[dict[str, Any]]]


def test_the_template_is_the_published_one_byte_for_byte() -> None:
    assert sha256(f"{RELEASED}\n".encode()).hexdigest() == PUBLISHED


def test_the_system_message_is_the_template_with_functions_and_one_sentence(
    walk: Trajectory, written: Written
) -> None:
    system = written(BUTTON_INSTRUCT, walk)[0]["messages"][0]["content"]
    start = RELEASED.index("{tool_list}")
    functions = system[start : system.index("\n</tool>")]
    assert system == RELEASED.replace("{tool_list}", functions).replace("{parallel}", ON)
    assert [each["name"] for each in json.loads(functions)] == [
        "find_hotel",
        "find_restaurant",
        "plan_walk",
    ]


def test_a_function_has_the_five_fields_of_the_paper(walk: Trajectory, written: Written) -> None:
    system = written(BUTTON_INSTRUCT, walk)[0]["messages"][0]["content"]
    found = json.loads(system.partition("<tool>\n")[2].partition("\n</tool>")[0])
    assert found[2] == {
        "name": "plan_walk",
        "description": "Plans a walk between two places.",
        "parameters": {"start_id": {"type": "string"}, "end_id": {"type": "string"}},
        "required": ["start_id", "end_id"],
        "responses": {"minutes": {"type": "integer"}},
    }


@pytest.mark.parametrize(
    ("allowed", "serialised", "sentence"),
    [(True, "kept", ON), (False, "kept", ON), (True, "serialised", OFF)],
)
def test_the_sentence_never_contradicts_the_row(
    walk: Trajectory, written: Written, allowed: bool, serialised: str, sentence: str
) -> None:
    record = walk.model_copy(update={"parallel_calls": allowed})
    system = written(BUTTON_INSTRUCT, record, parallel=serialised)[0]["messages"][0]["content"]
    other = ON if sentence == OFF else OFF
    assert sentence in system
    assert other not in system


def test_turned_off_it_says_so(walk: Trajectory, written: Written) -> None:
    single = [m for m in walk.messages if len(m.tool_calls or ()) < 2][:2]
    record = walk.model_copy(
        update={"parallel_calls": False, "messages": (*single, walk.messages[-1])}
    )
    assert OFF in written(BUTTON_INSTRUCT, record)[0]["messages"][0]["content"]


def test_a_turn_is_a_thought_and_one_list_and_one_tool_message(
    walk: Trajectory, written: Written
) -> None:
    messages = written(BUTTON_INSTRUCT, walk)[0]["messages"]
    roles = [message["role"] for message in messages]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "tool", "assistant"]
    thought, calls = messages[2]["content"].removesuffix("</call>").split(" <call>")
    assert thought == "Both."
    assert [call["name"] for call in json.loads(calls)] == ["find_hotel", "find_restaurant"]
    assert json.loads(messages[3]["content"]) == [
        {"name": "find_hotel", "arguments": {"city": "Graz"}, "results": {"hotel_id": "H-2041"}},
        {
            "name": "find_restaurant",
            "arguments": {"city": "Graz"},
            "results": {"restaurant_id": "R-877"},
        },
    ]
    assert messages[-1]["content"] == "Done. <final>A walk of 19 minutes.</final>"


def test_the_corrected_text_has_no_slip_and_keeps_the_date(
    walk: Trajectory, written: Written
) -> None:
    system = written(BUTTON_CORRECTED, walk)[0]["messages"][0]["content"]
    for slip in ("fountion", "below: \n", "you need first", "'final_answer'"):
        assert slip in RELEASED
        assert slip not in CORRECTED
        assert slip not in system
    assert system.endswith("Today is Monday, 2026-03-02.")
    assert '"returns"' in system


@pytest.mark.parametrize(
    ("origin", "value", "fits"),
    [
        (Origin(source="system", message=0), "2026-03-02", False),
        (Origin(source="derived", message=1, note="date"), "2026-05-20", False),
        (Origin(source="derived", message=1, note="spelling"), "2026-05-20", True),
        (Origin(source="human", message=1), "2026-05-20", True),
    ],
)
def test_what_rests_on_the_date_has_no_row_where_the_date_has_no_place(
    walk: Trajectory, origin: Origin, value: str, fits: bool
) -> None:
    turn = walk.messages[2]
    assert turn.tool_calls
    call = turn.tool_calls[0]
    call = call.model_copy(
        update={"function": call.function.model_copy(update={"arguments": {"city": value}})}
    )
    changed = turn.model_copy(update={"tool_calls": (call, *turn.tool_calls[1:])})
    record = walk.model_copy(
        update={
            "messages": (*walk.messages[:2], changed, *walk.messages[3:]),
            "provenance": {**walk.provenance, call.id: {"$.city": origin}},
        }
    )
    chat = chat_of(record, BUTTON_INSTRUCT.switches)
    if fits:
        assert BUTTON_INSTRUCT.write(chat, BUTTON_INSTRUCT.switches)
    else:
        with pytest.raises(UnheldError, match="today's date"):
            BUTTON_INSTRUCT.write(chat, BUTTON_INSTRUCT.switches)
    assert BUTTON_CORRECTED.write(chat, BUTTON_CORRECTED.switches)
