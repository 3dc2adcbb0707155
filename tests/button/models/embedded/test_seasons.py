from random import Random

import pytest

from button.models.embedded.results import ResultMaker
from button.models.embedded.seasons import WHIM, seasonal
from button.models.embedded.world import the_world

TODAY = "2026-03-02"


def result_of(name: str, **arguments: str) -> dict[str, object]:
    world = the_world()
    return ResultMaker(world.functions[name], arguments, [], TODAY, world.tables).make()


@pytest.mark.parametrize(
    ("january", "july", "day", "usual"),
    [(0, 30, "2026-07-19", 30), (0, 30, "2026-01-18", 0), (0, 30, "2026-04-19", 15)],
)
def test_a_day_is_as_warm_as_its_season_give_or_take_a_few_degrees(
    january: int, july: int, day: str, usual: int
) -> None:
    found = [seasonal(january, july, day, Random(seed)) for seed in range(40)]
    assert len(set(found)) > 1
    assert all(abs(each - usual) <= WHIM + 1 for each in found)


def test_the_sun_sets_latest_in_june() -> None:
    june, march = (
        seasonal("16:00", "22:00", day, Random(1)) for day in ("2026-06-21", "2026-03-21")
    )
    assert june == "22:00"
    assert "18:30" < march < "19:30"


def test_the_south_has_its_summer_when_the_north_has_winter() -> None:
    north, south = (seasonal(*ends, "2026-07-10", Random(1)) for ends in ((2, 28), (27, 16)))
    assert north > 20 > south


def test_the_weather_of_a_day_is_the_same_wherever_it_is_told() -> None:
    day = {"city": "Oslo", "date": "2026-03-14"}
    high = result_of("get_weather_forecast", **day)["high"]
    assert result_of("get_hourly_forecast", **day)["day_high"] == high
    assert result_of("get_packing_advice", **day)["high"] == high


def test_nobody_packs_sandals_for_the_cold_nor_gloves_for_the_heat() -> None:
    cold = result_of("get_packing_advice", city="Helsinki", date="2026-03-05")["packing_list"]
    hot = result_of("get_packing_advice", city="Singapore", date="2026-06-20")["packing_list"]
    assert isinstance(cold, list)
    assert isinstance(hot, list)
    assert not {"sandals", "a sun hat", "sunscreen"} & set(cold)
    assert not {"gloves", "a warm coat", "a wool hat"} & set(hot)
