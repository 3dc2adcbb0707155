from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.canonical import derived_random
from button.models.embedded.calculation import calculate
from button.models.embedded.clauses import Draw
from button.models.embedded.conversation import answer_as_tool
from button.models.embedded.results import ResultMaker
from button.models.embedded.world import the_world
from tools.validation import argument_errors, result_errors

TODAY = "2026-03-02"
FUNCTIONS = sorted(the_world().functions)


@given(st.sampled_from(FUNCTIONS), st.integers(0, 10**6))
def test_arguments_and_results_fit_the_signature(name: str, seed: int) -> None:
    function = the_world().functions[name]
    arguments = Draw(derived_random(seed), TODAY, {}).clause(function).arguments()
    result = ResultMaker(function, arguments, [], TODAY, the_world().tables).make()
    assert argument_errors(function.signature, arguments) == []
    assert result_errors(function.signature, result) == []


def test_the_same_call_gives_the_same_result() -> None:
    function = the_world().functions["search_flights"]
    arguments = {"origin": "Oslo", "destination": "Rome", "departure_date": "2026-05-04"}
    first, second = (
        ResultMaker(function, arguments, [], TODAY, the_world().tables).make() for _ in range(2)
    )
    assert first == second


def made(name: str, seed: int, **given: Any) -> dict[str, Any]:
    function = the_world().functions[name]
    drawn = Draw(derived_random("made", seed), TODAY, {}).clause(function).arguments()
    return ResultMaker(function, {**drawn, **given}, [], TODAY, the_world().tables).make()


def test_people_of_one_list_have_first_names_of_their_own() -> None:
    for seed in range(40):
        guides = [tour["guide"] for tour in made("find_guided_tours", seed)["tours"]]
        assert len({guide.split(" ")[0] for guide in guides}) == len(guides)
        friends = Draw(derived_random(seed), TODAY, {}).clause(
            the_world().functions["find_free_evening"]
        )
        (names,) = (value for value in friends.values.values() if isinstance(value, list))
        assert len({name.split(" ")[0] for name in names}) == len(names)


def test_a_list_is_in_the_order_of_its_days_whatever_made_them() -> None:
    for seed in range(20):
        shifts = made("find_volunteer_shifts", seed)["shifts"]
        days = [shift["shift_date"] for shift in shifts]
        assert days == sorted(days)


def test_the_warmest_city_is_warmer_than_the_others() -> None:
    for seed in range(40):
        highs = [city["city_high"] for city in made("find_warm_cities", seed)["warm_cities"]]
        assert highs.count(max(highs)) == 1


def test_a_city_that_no_table_holds_has_addresses_all_the_same() -> None:
    for seed in range(5):
        found = made("find_attractions", seed, city="Nowhere upon Sea")["attractions"]
        assert all(sight["entrance"] for sight in found)


def test_a_reminder_rings_as_many_minutes_before_as_was_asked() -> None:
    rung = made("set_reminder", 1, due_time="08:00", lead_minutes=90)["rings_at"]
    assert rung == "06:30"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_names_that_the_world_does_not_hold_are_answered_too(name: str) -> None:
    function = the_world().functions[name]
    arguments = unheard_of(Draw(derived_random(1), TODAY, {}).clause(function).arguments())
    if argument_errors(function.signature, arguments):
        return  # the schema itself keeps strangers out
    own = function.signature.model_dump(exclude={"original_name"})
    call = {"name": name, "arguments": arguments}
    inputs = {"function": own, "call": call, "facts": [], "today": TODAY}
    result = answer_as_tool(inputs, derived_random(1))
    assert result_errors(function.signature, result) == []
    assert answer_as_tool(inputs, derived_random(2)) == result


def unheard_of(value: Any) -> Any:
    """The arguments with every text, but for dates and times, replaced by one of no world."""
    if isinstance(value, dict):
        return {key: unheard_of(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [unheard_of(inner) for inner in value]
    return value if not isinstance(value, str) or value[:2].isdigit() else "Zedland Q"


def test_what_an_earlier_result_said_of_a_flight_is_kept() -> None:
    world = the_world()
    search = {"origin": "Oslo", "destination": "Rome", "departure_date": "2026-05-04"}
    flights = ResultMaker(world.functions["search_flights"], search, [], TODAY, world.tables).make()
    chosen = flights["flights"][0]
    facts = [{"name": "search_flights", "arguments": search, "result": flights}]
    booking = {"flight_number": chosen["flight_number"], "passenger": {"name": "Maria Keller"}}
    booked = ResultMaker(world.functions["book_flight"], booking, facts, TODAY, world.tables).make()
    assert booked["price"] == chosen["price"]


def test_a_bus_leaves_one_to_two_hours_before_the_match_that_was_found() -> None:
    match = {"match_code": "MT-5344", "start_time": "16:30"}
    world = the_world()
    facts = [{"name": "list_club_matches", "arguments": {}, "result": {"matches": [match]}}]
    order = {"match_code": "MT-5344", "pickup_address": "54 School Lane"}
    function = world.functions["order_team_bus"]
    bus = ResultMaker(function, order, facts, TODAY, world.tables).make()
    assert bus["start_time"] == "16:30"
    assert "14:30" <= bus["bus_departure"] <= "15:15"


def test_a_study_plan_runs_up_to_the_exam_that_was_found() -> None:
    exam = {"exam_session": "EX-2293", "exam_date": "2026-06-09"}
    world = the_world()
    facts = [{"name": "get_exam_sessions", "arguments": {}, "result": {"sessions": [exam]}}]
    wish = {"exam_session": "EX-2293", "textbook": "Solid Ground", "weekly_hours": 3}
    function = world.functions["create_study_plan"]
    plan = ResultMaker(function, wish, facts, TODAY, world.tables).make()
    days = date.fromisoformat("2026-06-09") - date.fromisoformat(plan["first_session_on"])
    assert plan["plan_weeks"] == days.days // 7


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("a * b + 1", 7),
        ("sum(items.price)", 5),
        ("count(items)", 2),
        ("-a", -2),
        ("days(start, end)", 3),
        ("max(items.price)", 4),
    ],
)
def test_calculations(expression: str, value: float) -> None:
    scope = {
        "a": 2,
        "b": 3,
        "items": [{"price": 1}, {"price": 4}],
        "start": "2026-02-27",
        "end": "2026-03-02",
    }
    assert calculate(expression, scope) == value


@pytest.mark.parametrize(
    "expression", ["__import__('os')", "a.b", "[1]", "open('x')", "a if b else 1"]
)
def test_a_calculation_is_nothing_but_arithmetic(expression: str) -> None:
    with pytest.raises((ValueError, KeyError)):
        calculate(expression, {"a": 1, "b": 2})
