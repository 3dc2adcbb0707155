"""Every kind of damage is found, with the right code and the right role at fault."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from button.checks import CODES, verify
from button.records import Trajectory

Row = dict[str, Any]
Change = Callable[[Row], None]
Found = Callable[..., set[tuple[str, str]]]


def arguments(row: Row, message: int, position: int = 0) -> Row:
    return row["messages"][message]["tool_calls"][position]["function"]["arguments"]


def set_result(row: Row, message: int, **changes: Any) -> None:
    result = json.loads(row["messages"][message]["content"]) | changes
    row["messages"][message]["content"] = json.dumps(result)


def replace(row: Row, message: int, old: str, new: str) -> None:
    text = row["messages"][message]["content"]
    assert old in text
    row["messages"][message]["content"] = text.replace(old, new)


def drop(row: Row, message: int) -> None:
    del row["messages"][message]


def swap(row: Row, first: int, second: int) -> None:
    messages = row["messages"]
    messages[first], messages[second] = messages[second], messages[first]


def later(row: Row, position: int) -> None:
    """Moves one call of the parallel turn, with its answer, into a turn of its own."""
    messages = row["messages"]
    moved = messages[2]["tool_calls"].pop(position)
    answer = messages.pop(3 + position)
    messages[4:4] = [{**messages[2], "tool_calls": [moved]}, answer]


def together(row: Row) -> None:
    """Merges the two calling turns of the sequential trajectory."""
    messages = row["messages"]
    messages[2]["tool_calls"] += messages.pop(4)["tool_calls"]


def reuse_id(row: Row) -> None:
    first = row["messages"][2]["tool_calls"][0]["id"]
    row["messages"][4]["tool_calls"][0]["id"] = row["messages"][5]["tool_call_id"] = first


def search_again(row: Row) -> None:
    messages = row["messages"]
    call = json.loads(json.dumps(messages[2]["tool_calls"][0]))
    call["id"] = "again0000"
    other = messages[3]["content"].replace("24.5", "29.5")
    messages[4:4] = [
        {**messages[2], "tool_calls": [call]},
        {**messages[3], "tool_call_id": "again0000", "content": other},
    ]


def reserve_again(row: Row) -> None:
    messages = row["messages"]
    call = json.loads(json.dumps(messages[4]["tool_calls"][0]))
    call["id"] = "again0000"
    messages[6:6] = [
        {**messages[4], "tool_calls": [call]},
        {**messages[5], "tool_call_id": "again0000"},
    ]


def between(row: Row, at: int, asked: str, said: str) -> None:
    """Inserts a question of the assistant and what the human says to it."""
    row["messages"][at:at] = [
        {"role": "assistant", "content": asked, "trainable": True},
        {"role": "user", "content": said},
    ]


def refuse(row: Row, message: int) -> None:
    row["messages"][message] |= {"is_error": True, "content": "Not possible."}


SEQUENTIAL: list[tuple[str, Change, str, str]] = [
    # role grammar
    ("no answer", lambda r: drop(r, 3), "unanswered_call", "tool"),
    ("no call", lambda r: drop(r, 4), "orphan_result", "tool"),
    ("no human", lambda r: drop(r, 1), "role_order", "assistant"),
    ("human twice", lambda r: r["messages"].insert(1, r["messages"][1]), "role_order", "human"),
    ("system late", lambda r: swap(r, 0, 1), "role_order", "construction"),
    ("no system", lambda r: drop(r, 0), "role_order", "construction"),
    ("answer twice", lambda r: r["messages"].insert(4, r["messages"][3]), "answered_twice", "tool"),
    ("answer to another",
     lambda r: r["messages"][3].update(tool_call_id="zzzzzzzzz"),
     "orphan_result", "tool"),
    ("short id",
     lambda r: r["messages"][2]["tool_calls"][0].update(id="call_1"),
     "call_id_form", "construction"),
    ("id twice",
     reuse_id,
     "duplicate_call_id", "construction"),
    ("human silent", lambda r: r["messages"][1].update(content=" "), "empty_message", "human"),
    ("result trained on",
     lambda r: r["messages"][3].update(trainable=True),
     "misplaced_field", "construction"),
    ("no final", lambda r: drop(r, 6), "missing_final", "assistant"),
    ("final unmarked", lambda r: r["messages"][6].pop("is_final"), "missing_final", "assistant"),
    ("final too early",
     lambda r: r["messages"][2].update(is_final=True),
     "early_final", "assistant"),
    # what is said aloud
    ("thought aloud",
     lambda r: r["messages"][2].update(content=r["messages"][2]["thought"]),
     "thought_in_content", "assistant"),
    ("markup aloud",
     lambda r: r["messages"][6].update(content="<final>49 euros for EC 175.</final>"),
     "thought_in_content", "assistant"),
    # the human
    ("knows the train",
     lambda r: replace(r, 1, "cheapest train", "train EC 175"),
     "result_foretold", "human"),
    ("knows more than the task",
     lambda r: replace(r, 1, "my sister", "my sister, customer KD-5538217"),
     "beyond_task", "human"),
    ("keeps the day to itself",
     lambda r: replace(r, 1, "on May 14", "some day soon"),
     "task_not_told", "human"),
    ("day withheld",
     lambda r: replace(r, 1, "on May 14", "some day soon"),
     "ungrounded_argument", "human"),
    ("says it all again",
     lambda r: between(r, 2, "Is there more to know?", r["messages"][1]["content"]),
     "human_repeats", "human"),
    ("leaves",
     lambda r: (drop(r, 5), drop(r, 4), between(r, 4, "Shall I reserve?", "No, thanks, goodbye.")),
     "human_ends_early", "human"),
    ("thanks without end",
     lambda r: r["messages"].extend(
         [{"role": "user", "content": "Thanks!"}, {**r["messages"][6], "content": "Not at all."}]
     ),
     "human_does_not_stop", "human"),
    # signatures
    ("open object",
     lambda r: r["tools"][0]["function"]["parameters"].pop("additionalProperties"),
     "unsound_signature", "construction"),
    ("illegal name",
     lambda r: r["tools"][1]["function"].update(name="reserve seats!"),
     "unsound_signature", "construction"),
    ("tool twice",
     lambda r: r["tools"].append(r["tools"][0]),
     "duplicate_function", "construction"),
    ("no returns",
     lambda r: r["tools"][0]["function"].pop("returns"),
     "malformed_tool", "construction"),
    ("task leaks",
     lambda r: r["tools"][0]["function"].update(description=r["task"]["sub_tasks"][1]["text"]),
     "task_text_in_signature", "construction"),
    ("unknown function",
     lambda r: r["messages"][4]["tool_calls"][0]["function"].update(name="reserve_beds"),
     "unknown_function", "assistant"),
    ("tool gone", lambda r: r["tools"].pop(), "missing_function", "construction"),
    ("tool renamed",
     lambda r: r["tools"][1]["function"].update(name="reserve_beds"),
     "unknown_function", "construction"),
    # arguments and results
    ("argument gone", lambda r: arguments(r, 4).pop("seats"), "invalid_arguments", "assistant"),
    ("argument mistyped",
     lambda r: arguments(r, 4).update(seats="two"),
     "invalid_arguments", "assistant"),
    ("argument invented",
     lambda r: arguments(r, 4).update(window=True),
     "invalid_arguments", "assistant"),
    ("result extra", lambda r: set_result(r, 5, note="hello"), "invalid_result", "tool"),
    ("result mistyped", lambda r: set_result(r, 5, total_price="49"), "invalid_result", "tool"),
    ("result no JSON",
     lambda r: r["messages"][5].update(content="{reserved}"),
     "invalid_result", "tool"),
    ("refused needlessly", lambda r: refuse(r, 5), "needless_refusal", "tool"),
    ("refused, so not served", lambda r: refuse(r, 5), "unserved_sub_task", "tool"),
    # ledger
    ("search contradicts", search_again, "contradiction", "tool"),
    ("other seats",
     lambda r: set_result(r, 5, seats=3),
     "other_arguments", "tool"),
    ("departure not passed on",
     lambda r: r["task"]["sub_tasks"][1].update(text="Reserve two seats at 14:30."),
     "value_not_passed", "assistant"),
    ("reserved twice", reserve_again, "repeated_call", "assistant"),
    # grounding
    ("id from nowhere",
     lambda r: arguments(r, 4).update(train_number="EC 999"),
     "ungrounded_argument", "assistant"),
    ("id truncated",
     lambda r: arguments(r, 4).update(train_number="EC 17"),
     "ungrounded_argument", "assistant"),
    ("other city",
     lambda r: arguments(r, 2).update(destination="Vienna"),
     "ungrounded_argument", "assistant"),
    ("other date",
     lambda r: arguments(r, 2).update(date="2026-05-15"),
     "ungrounded_argument", "assistant"),
    ("other year",
     lambda r: arguments(r, 2).update(date="2025-05-14"),
     "ungrounded_argument", "assistant"),
    ("other count", lambda r: arguments(r, 4).update(seats=5), "ungrounded_argument", "assistant"),
    # composition
    ("never reserved", lambda r: (drop(r, 5), drop(r, 4)), "unserved_sub_task", "assistant"),
    ("reserved what the human named",
     lambda r: replace(r, 1, "cheapest train", "train EC 175"),
     "edge_without_dataflow", "assistant"),
    ("two beginnings",
     lambda r: r["task"]["sub_tasks"][1].update(depends_on=[]),
     "strategy_shape", "construction"),
    ("circle",
     lambda r: r["task"]["sub_tasks"][0].update(depends_on=["t2"]),
     "broken_task", "construction"),
    ("unknown dependency",
     lambda r: r["task"]["sub_tasks"][2].update(depends_on=["t9"]),
     "broken_task", "construction"),
    ("call of no sub-task",
     lambda r: r["task"]["sub_tasks"][1].update(functions=[]),
     "call_outside_task", "assistant"),
    ("linked to logic",
     lambda r: r["links"].update({r["messages"][4]["tool_calls"][0]["id"]: "t3"}),
     "wrong_link", "construction"),
    # parallelism
    ("dependent calls at once", together, "dependent_batch", "assistant"),
    # constraints
    ("long scenario",
     lambda r: r["scenario"].update(text="a b c d e f g h i j k"),
     "scenario_too_long", "construction"),
    ("figure in scenario",
     lambda r: r["scenario"].update(text="booking 2 trains"),
     "scenario_with_digits", "construction"),
    ("long atomic task",
     lambda r: r["task"].update(atomic_task="word " * 31),
     "atomic_task_too_long", "construction"),
    ("function in task",
     lambda r: r["task"].update(text="Call search_trains for me."),
     "function_in_task", "construction"),
    ("function in human",
     lambda r: replace(r, 1, "Please find", "With search_trains, find"),
     "function_in_human", "human"),
    ("recipe",
     lambda r: replace(r, 1, "Please find", "First, look around. Second, find"),
     "steps_in_human", "human"),
    # final answer
    ("says nothing",
     lambda r: r["messages"][6].update(content=""),
     "empty_final_answer", "assistant"),
    ("other price",
     lambda r: replace(r, 6, "49 euros", "47 euros"),
     "ungrounded_final_answer", "assistant"),
    ("other code",
     lambda r: replace(r, 6, "KX71QP", "KX72QP"),
     "ungrounded_final_answer", "assistant"),
    ("other time",
     lambda r: replace(r, 6, "10:56", "11:56"),
     "ungrounded_final_answer", "assistant"),
    ("other day",
     lambda r: replace(r, 6, "May 14", "May 15"),
     "ungrounded_final_answer", "assistant"),
    ("wrong remainder",
     lambda r: replace(r, 6, "51 euros remain", "56 euros remain"),
     "ungrounded_final_answer", "assistant"),
    ("unknown name",
     lambda r: replace(r, 6, "I reserved", "From Dresden I reserved"),
     "unknown_name", "assistant"),
    ("no remainder",
     lambda r: r["messages"][6].update(content="Seats on EC 175, code KX71QP, for 49 euros."),
     "untold_conclusion", "assistant"),
    ("other train",
     lambda r: replace(r, 6, "EC 175 at 10:56", "EC 173 at 8:56"),
     "other_entity", "assistant"),
    ("empty words",
     lambda r: r["messages"][6].update(content="All is arranged, have a good journey!"),
     "answer_without_results", "assistant"),
]  # fmt: skip

PARALLEL: list[tuple[str, Change, str, str]] = [
    ("answers swapped", lambda r: swap(r, 3, 4), "answer_order", "tool"),
    ("one after the other", lambda r: later(r, 1), "no_parallel_turn", "assistant"),
    ("begun late", lambda r: later(r, 1), "serial_independent", "assistant"),
    ("parallel was off",
     lambda r: r.update(parallel_calls=False),
     "parallel_forbidden", "assistant"),
    ("joins one only",
     lambda r: arguments(r, 5).update(end_id="H-2041"),
     "edge_without_dataflow", "assistant"),
    ("walk to itself",
     lambda r: arguments(r, 5).update(end_id="H-2041"),
     "joined_with_itself", "construction"),
    ("walk before the rest",
     lambda r: r["messages"].__setitem__(slice(2, 7), [*r["messages"][5:7], *r["messages"][2:5]]),
     "out_of_order", "assistant"),
    ("a chain instead",
     lambda r: r["task"]["sub_tasks"][1].update(depends_on=["t1"]),
     "strategy_shape", "construction"),
    ("logic joins",
     lambda r: r["task"]["sub_tasks"][2].update(functions=[]),
     "join_without_calls", "construction"),
    ("independent one fed",
     lambda r: (later(r, 1), arguments(r, 4).update(city="Casa do Rio")),
     "unasked_dependency", "assistant"),
    ("walk not mentioned",
     lambda r: r["messages"][7].update(content="Casa do Rio costs 108 euros a night."),
     "unmentioned_sub_task", "assistant"),
    ("quote invented",
     lambda r: r["messages"][7].update(content='Casa do Rio has "quiet rooms, wonderful views".'),
     "ungrounded_final_answer", "assistant"),
]  # fmt: skip


@pytest.mark.parametrize("name", ["sequential", "parallel"])
def test_clean_trajectories_have_no_finding(name: str, request: pytest.FixtureRequest) -> None:
    verdict = verify(request.getfixturevalue(name))
    assert verdict.findings == ()
    assert verdict.accepted


@pytest.mark.parametrize(
    ("change", "code", "fault"),
    [pytest.param(*case[1:], id=case[0]) for case in SEQUENTIAL],
)
def test_damage_to_a_sequential_trajectory_is_found(
    sequential: Trajectory, found: Found, change: Change, code: str, fault: str
) -> None:
    assert (code, fault) in found(sequential, change)


@pytest.mark.parametrize(
    ("change", "code", "fault"), [pytest.param(*case[1:], id=case[0]) for case in PARALLEL]
)
def test_damage_to_a_parallel_trajectory_is_found(
    parallel: Trajectory, found: Found, change: Change, code: str, fault: str
) -> None:
    assert (code, fault) in found(parallel, change)


def test_every_code_has_a_damage_that_shows_it() -> None:
    shown = {case[2] for case in (*SEQUENTIAL, *PARALLEL)}
    assert {code.name for code in CODES} - shown == {
        "refused_call",  # tests/button/checks/test_arguments_check.py
        "stale_provenance",  # below
        "stale_links",  # below
        "open_calls",  # tests/button/checks/test_lint.py: only without a record
        "no_tools",  # tests/button/checks/test_lint.py: only without a record
        "unparsable_arguments",  # tests/button/checks/test_lint.py: only in other formats
    }


def test_a_record_that_is_older_than_its_messages_is_noticed(
    sequential: Trajectory, damage: Callable[..., Trajectory]
) -> None:
    changed = damage(sequential, lambda row: arguments(row, 4).update(train_number="EC 173"))
    assert "stale_provenance" in {finding.code for finding in verify(changed).findings}
    renamed = damage(sequential, lambda row: row.update(links={}))
    verdict = verify(renamed)
    assert {finding.code for finding in verdict.findings} == {"stale_links"}
    assert verdict.accepted
