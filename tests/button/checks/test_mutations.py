"""The damage operators over accepted trajectories: few here, all of them in `make mutations`."""

import asyncio

import pytest

from button.checks import CODES
from button.context import Context
from button.records import Trajectory
from button.run.pipeline import plan_of, simulator_of
from button.run.reading import read_rows
from button.run.runner import generate
from tests.button.checks.mutations.catalogue import OPERATORS
from tests.button.checks.mutations.measure import measure

COUNT = 60
THINNED = 4
ONLY_ELSEWHERE = {
    "refused_call",  # an info, tests/button/checks/test_verify.py
    "no_tools",  # these three: only in conversations of others
    "open_calls",
    "unparsable_arguments",
    "call_outside_task",  # these two: warnings, tests/button/checks/test_damage.py
    "join_without_calls",
    "unlike_a_person",  # these four: votes of models, tests/button/checks/test_damage.py
    "unanswered_request",
    "implausible_result",
    "judges_undecided",
}


@pytest.fixture(scope="module")
def accepted(tmp_path_factory: pytest.TempPathFactory) -> list[Trajectory]:
    context = Context(root_seed=7)
    out = tmp_path_factory.mktemp("mutations") / "run"
    plan = plan_of(out, context, None, count=COUNT, concurrency=8)
    asyncio.run(generate(plan, simulator_of(context)))
    return [Trajectory.from_row(row) for row in read_rows(out)]


def test_damages_are_found_and_laid_at_the_right_door(accepted: list[Trajectory]) -> None:
    scores, errors = measure(accepted, thinned=THINNED)
    assert not errors
    missed = [f"{score.operator.name}: {line}" for score in scores for line in score.missed]
    assert len(missed) <= 0.01 * sum(score.damaged for score in scores), missed
    assert sum(score.damaged > 0 for score in scores) > 0.9 * len(scores)


def test_damage_is_the_same_each_time_and_leaves_the_original_alone(
    accepted: list[Trajectory],
) -> None:
    trajectory, donor = accepted[:2]
    before = trajectory.canonical()
    for operator in OPERATORS:
        once, twice = (operator.apply(trajectory, donor) for _ in range(2))
        assert once == twice, operator.name
        assert once is None or once.canonical() != before, operator.name
    assert trajectory.canonical() == before


def test_every_expected_code_exists_and_every_code_is_expected() -> None:
    known = {code.name for code in CODES}
    expected = {code for operator in OPERATORS for code in operator.codes}
    assert expected <= known
    assert known - expected == ONLY_ELSEWHERE


def test_every_role_is_at_fault_somewhere() -> None:
    assert {fault for operator in OPERATORS for fault in operator.faults} == {
        "human",
        "assistant",
        "tool",
        "construction",
    }
