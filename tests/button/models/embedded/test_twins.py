import pytest

from button.canonical import derived_random
from button.models.embedded.clauses import Draw
from button.models.embedded.sizes import is_large_enough, typical_values
from button.models.embedded.world import the_world

TODAY = "2026-03-02"


@pytest.mark.parametrize("seed", range(20))
def test_a_request_made_twice_differs_only_in_what_is_compared(seed: int) -> None:
    function = the_world().functions["search_concerts"]
    draw = Draw(derived_random(seed), TODAY, {})
    first = draw.clause(function)
    second = draw.twin(first, ["city"])
    assert first.values["city"] != second.values["city"]
    assert first.phrasing == second.phrasing
    assert {**first.values, "city": ""} == {**second.values, "city": ""}


@pytest.mark.parametrize("seed", range(20))
def test_a_task_keeps_to_one_number_of_bedrooms(seed: int) -> None:
    draw = Draw(derived_random(seed), TODAY, {})
    functions = [the_world().functions[n] for n in ("search_rentals", "get_area_prices")]
    sizes = {
        value
        for clause in map(draw.clause, functions)
        for path, value in clause.values.items()
        if clause.function.params[path].kind_name == "real_estate.bedrooms"
    }
    assert len(sizes) == 1


def test_a_parameter_takes_only_results_of_its_size() -> None:
    port = next(
        port
        for port in the_world().functions["search_flights"].ports
        if port.spec.measure == "money"
    )
    least, middle, _ = typical_values(the_world(), port)
    assert 0 < least <= middle
    param = next(iter(the_world().functions["search_flights"].params.values()))
    for bound, fits in ((least, True), (least + 1, False)):
        sized = type(param)("amount", param.spec.model_copy(update={"least": bound}), None, False)
        assert is_large_enough(the_world(), port, sized) is fits
