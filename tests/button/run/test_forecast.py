"""Forecasts: what many items cost, from a few; the interval holds as often as it says."""

from random import Random

import pytest

from button.run.forecast import CONFIDENCE, forecast


def simulated(random: Random, accepted: float) -> tuple[float, int]:
    """Cost and accepted trajectories of one item; a rejected one costs less, as it ends early."""
    made = (random.random() < accepted) + (random.random() < accepted)
    return random.lognormvariate(0, 0.4) * (0.5 + made), made


def true_cost(random: Random, accepted: float, count: int) -> float:
    total, made = 0.0, 0
    while made < count:
        cost, got = simulated(random, accepted)
        total, made = total + cost, made + got
    return total


@pytest.mark.parametrize("items", [3, 5, 10, 40])
@pytest.mark.parametrize("accepted", [0.6, 0.95])
def test_the_truth_lies_within_the_interval_as_often_as_it_should(
    items: int, accepted: float
) -> None:
    hits, told = 0, 0
    for seed in range(400):
        random = Random(seed)
        pilot = [simulated(random, accepted) for _ in range(items)]
        found = forecast(*zip(*pilot, strict=True), 200)  # type: ignore[arg-type]
        if found is None:
            continue
        told += 1
        truth = true_cost(random, accepted, 200)
        assert found.high is not None
        hits += found.low <= truth <= found.high
    assert told > 350
    assert hits / told >= CONFIDENCE - 0.03


def test_with_more_items_the_interval_gets_narrow_around_the_truth() -> None:
    random = Random(1)
    pilot = [simulated(random, 0.9) for _ in range(2000)]
    found = forecast(*zip(*pilot, strict=True), 1000)  # type: ignore[arg-type]
    assert found is not None
    assert found.high is not None
    assert (found.high - found.low) / found.expected < 0.1


def test_what_rejected_items_cost_is_in_it() -> None:
    found = forecast([10, 10, 2, 2], [1, 1, 0, 0], 100)
    assert found is not None
    assert found.expected == 1200


def test_items_that_were_all_alike_are_no_proof_that_all_are() -> None:
    found = forecast([1, 1, 1, 1, 1], [1, 1, 1, 1, 1], 100)
    assert found is not None
    assert found.high is not None
    assert 1.2 < found.high / found.expected < 1.6


def test_one_item_has_no_interval_and_none_accepted_has_no_forecast() -> None:
    found = forecast([7], [2], 10)
    assert found is not None
    assert (found.expected, found.low, found.high) == (35, 0, None)
    assert found.times(2).expected == 70
    assert forecast([7, 8], [0, 0], 10) is None
