from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.canonical import derived_random
from button.models.embedded.clauses import Draw
from button.models.embedded.domain_format import FieldSpec
from button.models.embedded.functions import Function
from button.models.embedded.kinds import DateKind
from button.models.embedded.results import ResultMaker
from button.models.embedded.wording import on_weekday
from button.models.embedded.world import the_world

TODAY = "2026-03-02"
SATURDAY = 5


@given(st.dates(date(2026, 3, 2), date(2027, 3, 2)))
def test_a_later_day_moves_on_to_the_next_working_day(day: date) -> None:
    found = date.fromisoformat(on_weekday(day.isoformat(), TODAY))
    assert found.weekday() < SATURDAY
    assert 0 <= (found - day).days <= 2


def test_a_past_day_moves_back() -> None:
    assert on_weekday("2026-03-01", TODAY) == "2026-02-27"


def _means_working_days(function: Function, spec: FieldSpec) -> bool:
    kind = function.kinds[spec.kind] if spec.kind else None
    return spec.weekday or (isinstance(kind, DateKind) and kind.weekday)


def _fields(fields: Mapping[str, FieldSpec]) -> Iterator[tuple[str, FieldSpec]]:
    for name, spec in fields.items():
        yield name, spec
        yield from _fields({**(spec.item or {}), **(spec.object or {})})


def with_working_days() -> list[str]:
    return sorted(
        function.name
        for function in the_world().functions.values()
        if any(_means_working_days(function, spec) for _, spec in _fields(function.spec.returns))
    )


@pytest.mark.parametrize("name", with_working_days())
def test_offices_answer_with_working_days(name: str) -> None:
    function = the_world().functions[name]
    for seed in range(12):
        arguments = Draw(derived_random(seed), TODAY, {}).clause(function).arguments()
        result = ResultMaker(function, arguments, [], TODAY, the_world().tables).make()
        fields = [
            n for n, spec in _fields(function.spec.returns) if _means_working_days(function, spec)
        ]
        for field, value in _leaves(result):
            if field in fields:
                assert date.fromisoformat(str(value)).weekday() < SATURDAY


def test_a_task_that_plays_on_a_saturday_goes_to_the_office_on_monday() -> None:
    saturday = "2026-03-14"
    draw = Draw(derived_random(1), TODAY, {"date": [saturday]})
    function = the_world().functions["book_bank_appointment"]
    assert draw.clause(function).values["date"] == "2026-03-16"


def _leaves(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                yield from _leaves(inner)
            else:
                yield name, inner
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner)
