"""The goals of reliability over a little of everything; `make soak` measures them in full."""

from collections.abc import Iterator
from importlib import import_module
from typing import Any

import pytest

from benchmarks.soak.sizes import SMALL
from benchmarks.soak.zygote import Zygote, zygote

pytestmark = [pytest.mark.server, pytest.mark.slow]


@pytest.fixture(scope="module")
def nest() -> Iterator[Zygote]:
    """One process that has imported everything; all programs are forked from it."""
    with zygote() as forking:
        yield forking


@pytest.mark.parametrize(
    "module",
    [
        "storm",
        "stopping",
        "kills",
        "crash_points",
        "order",
        "memory",
        "outage",
        "bounded",
        "budget",
    ],
)
def test_goal_is_met(module: str, nest: Zygote) -> None:
    measure: Any = import_module(f"benchmarks.soak.{module}").measure
    found = list(measure(SMALL, nest))
    assert found
    for measured in found:
        assert measured.passed, f"{measured.goal}: {measured.measured} {measured.details}"
