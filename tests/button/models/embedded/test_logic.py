"""Sums that people name: what is done already, they have the money for."""

import pytest

from button.canonical import derived_random
from button.models.embedded import conclusions
from button.models.embedded.logic import draw_logic, read_logic

MONEY = (conclusions.budget_verdict, conclusions.rest_left)
TYPICAL = (90, 110, 150)


def numbers(is_done: bool) -> set[float]:
    drawn = (
        draw_logic(derived_random(turn), "money", "the fee", None, TYPICAL, None, is_done)
        for turn in range(80)
    )
    return {clause.number or 0 for clause in drawn if clause and clause.logic.conclude in MONEY}


def test_nobody_asks_after_a_deed_whether_there_is_too_little_money_for_it() -> None:
    assert min(numbers(is_done=True)) >= TYPICAL[-1]
    assert min(numbers(is_done=False)) < TYPICAL[-1]


def test_what_is_asked_is_read_back() -> None:
    for turn in range(40):
        drawn = draw_logic(derived_random(turn), "money", "the fee", None, TYPICAL)
        assert drawn is not None
        assert read_logic(drawn.text()) == drawn


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (None, "That is $95 over the budget of $350."),
        (
            conclusions.Subject("the usual price of all due services"),
            "The usual price of all due services is $445, which is $95 over the budget of $350.",
        ),
        (
            conclusions.Subject("the open library fines", is_told=True),
            "The open library fines are $95 over the budget of $350.",
        ),
    ],
)
def test_what_is_too_much_says_by_how_much(subject: conclusions.Subject | None, said: str) -> None:
    assert conclusions.budget_verdict(445, 350, subject) == said
