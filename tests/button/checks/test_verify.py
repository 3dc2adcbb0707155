"""The verdict as a whole: what is exempt, what decides, and that nothing makes it fail."""

import json
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from button.checks import CHECKS, CODES, verify
from button.checks.prepared import Prepared
from button.records import Trajectory

Row = dict[str, Any]
Damage = Callable[[Trajectory, Callable[[Row], None]], Trajectory]


def retried(row: Row) -> None:
    """The first reservation is refused for an invented train and made again."""
    messages = row["messages"]
    wrong = json.loads(json.dumps(messages[4]))
    wrong["tool_calls"][0]["id"] = "wrong0000"
    wrong["tool_calls"][0]["function"]["arguments"] = {"train_number": "ICE 1", "seats": "two"}
    refusal = {
        "role": "tool",
        "content": "$.seats: 'two' is not of type 'integer'",
        "tool_call_id": "wrong0000",
        "is_error": True,
    }
    messages[4:4] = [{**wrong, "trainable": False}, refusal]


def test_a_refused_call_is_counted_but_not_held_against_the_row(
    sequential: Trajectory, damage: Damage
) -> None:
    verdict = verify(damage(sequential, retried))
    assert verdict.accepted
    counted = [finding for finding in verdict.findings if finding.code == "refused_call"]
    assert [(finding.severity, finding.message) for finding in counted] == [("info", 4)]


def test_findings_point_at_message_and_path(sequential: Trajectory, damage: Damage) -> None:
    def change(row: Row) -> None:
        row["messages"][4]["tool_calls"][0]["function"]["arguments"]["train_number"] = "EC 999"

    finding = next(
        each
        for each in verify(damage(sequential, change)).findings
        if each.code == "ungrounded_argument"
    )
    assert finding.message == 4
    assert finding.path == "$.tool_calls[0].function.arguments.train_number"
    assert "EC 999" in finding.text


def test_warnings_alone_do_not_reject(sequential: Trajectory, damage: Damage) -> None:
    def change(row: Row) -> None:
        row["messages"][6]["content"] += " I left a note for Zebulon Quist."

    verdict = verify(damage(sequential, change))
    assert verdict.accepted
    assert {finding.severity for finding in verdict.findings} == {"warning"}


def test_parallel_calls_are_not_asked_for_where_they_were_off(
    parallel: Trajectory, damage: Damage
) -> None:
    def change(row: Row) -> None:
        messages = row["messages"]
        second, answer = messages[2]["tool_calls"].pop(1), messages.pop(4)
        messages[4:4] = [{**messages[2], "tool_calls": [second]}, answer]
        row["parallel_calls"] = False

    codes = {finding.code for finding in verify(damage(parallel, change)).findings}
    assert codes <= {"stale_provenance"}


def test_every_check_can_run_alone(sequential: Trajectory, parallel: Trajectory) -> None:
    for trajectory in (sequential, parallel):
        for check in CHECKS:
            assert check(Prepared.of(trajectory)) == []


def test_codes_are_unique_words() -> None:
    names = [code.name for code in CODES]
    assert len(set(names)) == len(names)
    assert all(name.islower() and name.replace("_", "").isalpha() for name in names)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.dates().map(str)
    | st.sampled_from(["EC 175", "at 10:56", "1,5"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(
    arguments=st.dictionaries(st.sampled_from(["train_number", "seats", "x"]), JSON),
    result=JSON,
    said=st.text(max_size=60),
    answer=st.text(max_size=60),
    kept=st.sets(st.integers(0, 6)),
)
def test_no_content_makes_a_check_fail(
    sequential: Trajectory,
    damage: Damage,
    arguments: Row,
    result: Any,
    said: str,
    answer: str,
    kept: set[int],
) -> None:
    def change(row: Row) -> None:
        messages = row["messages"]
        messages[1]["content"] = said
        messages[4]["tool_calls"][0]["function"]["arguments"] = arguments
        messages[3]["content"] = json.dumps(result)
        messages[6]["content"] = answer
        row["messages"] = [each for index, each in enumerate(messages) if index not in kept]

    verify(damage(sequential, change))


@given(data=st.data())
def test_any_other_order_of_parallel_answers_is_found(
    parallel: Trajectory, damage: Damage, data: st.DataObject
) -> None:
    def shuffle(row: Row) -> None:
        ids = [f"call0000{number}" for number in range(4)]
        call, answer = row["messages"][2]["tool_calls"][0], row["messages"][3]
        row["messages"][2]["tool_calls"] = [{**call, "id": each} for each in ids]
        order = data.draw(st.permutations(ids).filter(lambda drawn: list(drawn) != ids))
        row["messages"][3:5] = [{**answer, "tool_call_id": each} for each in order]

    codes = {finding.code for finding in verify(damage(parallel, shuffle)).findings}
    assert "answer_order" in codes


def test_the_end_of_a_scale_needs_no_source(sequential: Trajectory, damage: Damage) -> None:
    def rate(row: Row) -> None:
        row["messages"][-1]["content"] += " Travellers give it 49 out of 1000."

    def invent(row: Row) -> None:
        row["messages"][-1]["content"] += " There are 1000 seats."

    assert verify(damage(sequential, rate)).accepted
    assert not verify(damage(sequential, invent)).accepted


def test_a_temperature_may_be_told_in_fahrenheit(sequential: Trajectory, damage: Damage) -> None:
    def tell(degrees: str) -> Callable[[Row], None]:
        def change(row: Row) -> None:
            row["messages"][1]["content"] += " It is 19 degrees here."
            row["task"]["text"] += " It is 19 degrees here."
            row["messages"][-1]["content"] += f" That is {degrees} degrees Fahrenheit."

        return change

    assert verify(damage(sequential, tell("66.2"))).accepted
    assert not verify(damage(sequential, tell("67.2"))).accepted


def test_a_sum_is_one_only_where_it_is_told_as_one(parallel: Trajectory, damage: Damage) -> None:
    def told(more: str) -> bool:
        def change(row: Row) -> None:
            row["messages"][-1]["content"] += more

        return verify(damage(parallel, change)).accepted

    # 120 less 108.
    assert told(" That is 12 euros less than you gave me.")
    assert told(" So you pay less. A night leaves you 12 euros.")
    assert told(" That is less with Dr. Moreau, by 12 euros.")
    assert not told(" The house is number 12. Have a good trip. The 108 euros are for both of you.")
    assert not told(" All done. The house is number 12.")
