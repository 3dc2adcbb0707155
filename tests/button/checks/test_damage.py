"""Every kind of damage is found, with the right code and the right role at fault."""

from collections.abc import Callable

import pytest

from button.checks import CODES, verify
from button.records import Trajectory
from tests.button.checks.damages.changes import Change, arguments
from tests.button.checks.damages.parallel import PARALLEL
from tests.button.checks.damages.sequential import SEQUENTIAL

Found = Callable[..., set[tuple[str, str]]]


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
