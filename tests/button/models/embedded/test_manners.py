"""How messages begin."""

import pytest

from button.models.embedded.manners import POLITE


@pytest.mark.parametrize(
    ("said", "holds_time_of_day"),
    [
        ("Reserve the cheapest ride for 11:30 am.", False),
        ("Book a table for noon.", False),
        ("Wake me at 7 am.", False),
        ("Reserve the cheapest ride for May 11.", True),
    ],
)
def test_no_time_of_day_in_the_greeting_before_a_clock_time(
    said: str, holds_time_of_day: bool
) -> None:
    greetings = POLITE.greetings_before(said)
    assert ("Good afternoon. " in greetings) is holds_time_of_day
    assert "Hello! " in greetings
