"""What somebody asked for is told, what was only a step on the way is not; wishes are confirmed."""

import pytest

from button.canonical import derived_random
from button.models.embedded.clauses import Draw
from button.models.embedded.construction import write_atomic_task
from button.models.embedded.deeds import is_confirmed
from button.models.embedded.plan import Plan
from button.models.embedded.reading import read_clause
from button.models.embedded.relevance import wants_to_hear
from button.models.embedded.world import the_world

TODAY = "2026-03-02"


@pytest.mark.parametrize(
    ("task", "asked", "is_told"),
    [
        (
            "see which train tickets Omar Rossi has",
            "See which train tickets Omar Rossi has and exchange the next one.",
            True,
        ),
        (
            "see which train tickets Omar Rossi has",
            "I'd like to know which train tickets Omar has.",
            True,
        ),
        ("see which train tickets Omar Rossi has", "Exchange Omar's next train ticket.", False),
        (
            "find out at what times Comet Season plays at the Grand Lantern on March 12, 2026",
            "Find out at what times Comet Season plays at the Grand Lantern on March 12.",
            True,
        ),
        (
            "find flights from Lisbon to Vienna on May 14, 2026",
            "Find flights from Lisbon to Vienna on May 14 and then book the cheapest flight.",
            True,
        ),
        (
            "find flights from Lisbon to Vienna on May 14, 2026",
            "Find flights from Lisbon to Vienna on May 14. Then book the cheapest flight.",
            True,
        ),
        (
            "look for a shared office close to 7 Elm Grove",
            "Look for a shared office close to 7 Elm Grove and then book a desk there.",
            False,
        ),
        (
            "look for an apartment to rent in Manchester with 3 bedrooms for no more than $1,300 "
            "a month",
            "Look for an apartment to rent in Manchester with 3 bedrooms for no more than $1,300 "
            "a month. Then list the viewing times of the cheapest rental.",
            True,
        ),
        (
            "pick out some funds to save for a house",
            "Pick out some funds to save for a house and put $500 into the cheapest.",
            True,
        ),
    ],
)
def test_a_list_is_told_where_it_was_asked_for(task: str, asked: str, is_told: bool) -> None:
    (step,) = Plan.of_text(task, TODAY).steps
    assert wants_to_hear(step, asked) is is_told


def test_nobody_utters_a_wish_that_the_answer_would_not_confirm() -> None:
    for function in the_world().functions.values():
        for turn in range(4):
            clause = Draw(derived_random("wish", function.name, turn), TODAY, {}).clause(function)
            wishes = [path for path in clause.values if function.params[path].optional]
            assert all(is_confirmed(function, path) for path in wishes), function.name


def test_a_task_begins_with_a_function_that_suits_its_scenario() -> None:
    world = the_world()
    for spec in world.domains.values():
        for scenario, names in spec.suits.items():
            task = write_atomic_task(
                {"scenario": scenario, "today": TODAY}, derived_random("suits", scenario)
            )
            clause = read_clause(task["task"], TODAY)
            assert clause is not None, task
            assert clause.function.name in names, task
