from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.models.embedded import wording

TODAY = "2026-03-02"


@given(st.dates(date(2026, 1, 1), date(2028, 12, 31)))
def test_every_form_of_a_date_reads_back(day: date) -> None:
    for form in wording.say_date(day.isoformat(), TODAY):
        assert wording.read_date(form, TODAY) == day.isoformat()


@given(st.integers(0, 1439))
def test_every_form_of_a_clock_time_reads_back(minutes: int) -> None:
    value = wording.clock(minutes)
    for form in wording.say_time(value):
        assert wording.read_time(form) == value


@pytest.mark.parametrize(("time", "said"), [("12:00", "noon"), ("00:00", "midnight")])
def test_nobody_has_to_think_which_twelve_is_meant(time: str, said: str) -> None:
    assert wording.say_time(time)[0] == said
    assert all(form.endswith(said) for form in wording.say_time(time))


@given(st.integers(0, 10**7) | st.decimals(0, 10**5, places=2).map(float))
def test_numbers_read_back(value: float) -> None:
    assert wording.read_number(wording.say_number(value)) == pytest.approx(value)


@pytest.mark.parametrize("text", ["May", "31 February", "the 5th", "May 40", "", "14"])
def test_what_is_no_date_is_not_read_as_one(text: str) -> None:
    assert wording.read_date(text, TODAY) is None


@pytest.mark.parametrize("text", ["25:00", "12", "7:61 pm", "noonish"])
def test_what_is_no_clock_time_is_not_read_as_one(text: str) -> None:
    assert wording.read_time(text) is None


def test_a_date_of_another_year_always_says_its_year() -> None:
    assert all("2027" in form for form in wording.say_date("2027-01-05", TODAY))


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ('The subject is "The keys".', 'The subject is "The keys."'),
        ('Message "The keys", from May.', 'Message "The keys," from May.'),
        ('He wrote: "Sure!".', 'He wrote: "Sure!"'),
        ('Is it about "gifts"?', 'Is it about "gifts"?'),
    ],
)
def test_full_stops_and_commas_stand_inside_quotes(text: str, closed: str) -> None:
    assert wording.with_quotes_closed(text) == closed
