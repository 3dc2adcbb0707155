"""A value is recognised however a person writes it, and only then."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.checks.surface import Passage, Scalar, Surface

TODAY = date(2026, 3, 2)  # a Monday


def manner(value: Scalar, text: str) -> str | None:
    return Surface(value, TODAY).manner(Passage(text, TODAY))


@pytest.mark.parametrize(
    ("value", "text", "expected"),
    [
        ("Berlin", "a train to BERLIN.", "verbatim"),
        ("São Paulo", "fly to Sao Paulo", "verbatim"),
        ("one_way", "a one-way ticket", "verbatim"),
        ("Jo's Café", "dinner at “Jo’s café”", "verbatim"),
        ("anna.meyer@mail.example", "mail anna.meyer@mail.example, please", "verbatim"),
        ("北京", "我想去北京旅行", "verbatim"),
        ("BK-4471", "booking bk 4471", "verbatim"),
        ("BK4471", "booking BK-44 71", "format"),
        ("EUR", "at most €50", "currency"),
        ("Euro", "two hundred euros", "currency"),
        ("EUR", "换成欧元", "currency"),
        ("fr", "a sentence in French", "language"),
        ("es", "翻译成西班牙语", "language"),
        (500, "我需要将500美元转换成欧元", "number"),
        (1.8, "身高1.8米", "number"),
        ("1990-05-15", "我出生于1990年5月15日", "date"),
        ("2026-05-14", "到期日为5月14日", "date"),
        ("2026-05-14T14:30:00", "2026年5月14日下午2点半", "date"),
        ("2026年5月14日 10:00:00", "2026年5月14日10点整", "date"),
        ("2026-09-15", "from 9/15-9/21", "date"),
        ("2026-09-21", "from 9/15-9/21", "date"),
        ("05-14", "on May 14", "date"),
        ("May", "on 5/14/2027", "date"),
        ("March", "the average of this month", "date"),
        ("USD", "fifty dollars", "currency"),
        (1200, "1,200 people", "number"),
        (1276, "on May 1,276", "number"),
        ("2026-05-01", "on May 1,2026", "date"),
        (1200, "1200 people", "number"),
        (12.5, "12.50 euros", "number"),
        (12.5, "12,50 Euro", "number"),
        (2, "two seats", "number"),
        (25, "twenty-five guests", "number"),
        (320, "three hundred and twenty pages", "number"),
        (142, "€142", "number"),
        (142, "142 euros", "number"),
        ("142", "for 142.00 euros", "verbatim"),
        ("$1,500", "about 1500 dollars", "number"),
        (10000, "10k followers", "number"),
        (-5, "it is -5 degrees", "number"),
        (1, "a table for me", "count"),
        ("2026-05-14", "on May 14", "date"),
        ("2026-05-14", "on Thursday, May 14", "date"),
        ("2026-05-14", "on 5/14/2026", "date"),
        ("2026-05-14", "the 14th of May", "date"),
        ("2026-05-18", "from May 14 to 18", "date"),
        ("2026-05-14", "14–18 May", "date"),
        ("14 May 2026", "2026-05-14", "date"),
        ("2027-01-05", "on January 5", "date"),
        ("2026-03-02", "today", "date"),
        ("2026-03-03", "tomorrow evening", "date"),
        ("2026-03-06", "this Friday", "date"),
        ("2026-03-13", "next Friday", "date"),
        ("2026-03-16", "in two weeks", "date"),
        ("2026-03-14", "on the 14th", "date"),
        ("2026-03-07", "this weekend", "date"),
        ("2026-05", "in May", "date"),
        ("14:30", "at 2:30 pm", "time"),
        ("14:00", "2 p.m.", "time"),
        ("12:00", "at noon", "time"),
        ("19:00", "at seven", "time"),
        ("07:00", "by 7", "time"),
        ("20:45", "quarter to nine in the evening", "time"),
        ("2:30 PM", "at 14:30", "time"),
        ("2026-05-14T14:30:00", "May 14 at 2:30 pm", "date"),
        ("2026-05-14T14:30:00Z", "on 14 May, half past two", "date"),
    ],
)
def test_written_forms_are_recognised(value: Scalar, text: str, expected: str) -> None:
    assert manner(value, text) == expected


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Berlin", "a train to Berlinchen"),
        ("EC 17", "train EC 175"),
        ("K4471", "booking BK-4471"),
        (14, "on 2026-05-14"),
        (30, "at 14:30"),
        (120, "1,200 people"),
        (5, "room TP5"),
        ("2026-05-14", "on May 15"),
        ("2026-05-01", "on May 1,276"),
        ("2026-05-14", "from May 12 to 14,000 people"),
        ("2025-05-14", "on May 14"),
        ("2026-03-10", "tomorrow"),
        ("14:30", "at 2:45 pm"),
        ("02:30", "at 2:30 pm"),
        ("22:00", "at 10:00"),
        ("2026-05-14T14:30:00", "on May 14 at 3 pm"),
        ("EUR", "at most $50"),
        ("Euro Disney", "two hundred euros"),
        ("5 euros", "in euros"),
        ("fr", "a sentence in German"),
        ("fr", "a fresh start"),
        ("2026-12-01", "your blood pressure is 120/80"),
        ("2026-01-02", "1/2026"),
        ("05-14", "on May 15"),
        ("May", "the 14th of June"),
        (50, "我需要将500美元转换成欧元"),
        ("1990-05-15", "我出生于1990年5月16日"),
        ("2026-05-14T14:30:00", "2026年5月14日上午2点半"),
        (True, "true"),
    ],
)
def test_other_values_are_not_taken_for_it(value: Scalar, text: str) -> None:
    assert manner(value, text) is None


@pytest.mark.parametrize("text", ["on May 14th", "on 5-14", "5/14", "May 12 to 14", "5月14日"])
def test_where_nobody_says_the_year_any_year_will_do(text: str) -> None:
    for year in (2019, 2024):
        assert Surface(f"{year}-05-14").manner(Passage(text)) == "date"
        assert Surface(f"{year}-05-15").manner(Passage(text)) is None
    assert Surface("2019-05-14").manner(Passage("on May 14th, 2020")) is None
    assert Surface("2019-05-14", TODAY).manner(Passage(text, TODAY)) is None


FORMATS = (
    "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%b %d, %Y", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y",
    "%A, %B %d, %Y", "the %dth of %B %Y", "%Y/%m/%d",
    "%Y年%m月%d日",
)  # fmt: skip
YEARLESS = ("%B %d", "%d %B", "%A, %B %d", "%b %d", "%A the %dth of %B")


@given(day=st.dates(date(1990, 1, 1), date(2060, 12, 31)), form=st.sampled_from(FORMATS))
def test_every_date_is_found_in_every_format(day: date, form: str) -> None:
    assert manner(day.isoformat(), f"I need it for {day.strftime(form)}, please.") is not None


@given(days=st.integers(0, 300), form=st.sampled_from(YEARLESS))
def test_dates_without_a_year_lie_ahead(days: int, form: str) -> None:
    day = TODAY + timedelta(days=days)
    assert manner(day.isoformat(), f"from {day.strftime(form)} on") == "date"


@given(day=st.dates(date(2026, 1, 1), date(2026, 12, 31)), shift=st.integers(1, 27))
def test_another_date_is_not_found(day: date, shift: int) -> None:
    other = day + timedelta(days=shift)
    assert manner(other.isoformat(), f"I need it for {day.strftime('%B %d, %Y')}.") is None


@given(minute=st.integers(0, 1439), form=st.sampled_from(("%H:%M", "%I:%M %p", "%I:%M%p")))
def test_every_time_is_found_in_every_format(minute: int, form: str) -> None:
    clock = time(minute // 60, minute % 60)
    written = clock.strftime(form).lower()
    assert manner(clock.strftime("%H:%M"), f"let us meet at {written}.") is not None


@given(number=st.integers(0, 10**9))
def test_every_number_is_found_with_and_without_separators(number: int) -> None:
    assert manner(number, f"about {number:,} of them") == "number"
    assert manner(number, f"about {number} of them") == "number"


@given(cents=st.integers(0, 10**7))
def test_every_price_is_found(cents: int) -> None:
    assert manner(cents / 100, f"it costs €{cents / 100:,.2f}.") == "number"


@given(value=st.text(min_size=1), before=st.text(), after=st.text())
def test_a_text_is_found_where_it_stands_between_spaces(
    value: str, before: str, after: str
) -> None:
    assert manner(value, f"{before} {value} {after}") == "verbatim"


@given(value=st.one_of(st.text(), st.integers(), st.floats(allow_nan=False)), text=st.text())
def test_no_value_and_no_text_make_it_fail(value: Scalar, text: str) -> None:
    manner(value, text)
