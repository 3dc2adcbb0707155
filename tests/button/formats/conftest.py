"""One of our own trajectories, made by the embedded model."""

import asyncio

import pytest

from button.context import Context
from button.records import Trajectory
from button.run.builtin_seeds import builtin_seed
from graphs.pipeline import graph


@pytest.fixture(scope="session")
def own() -> Trajectory:
    """The first accepted one of a few items."""
    for item in range(20):
        state = {"seed": builtin_seed(0, item).to_json(), "item": item}
        made = asyncio.run(graph.ainvoke(state, context=Context()))
        for outcome in made["outcomes"]:
            if outcome["kind"] == "accepted":
                return Trajectory.from_row(outcome["row"])
    raise AssertionError("none of 20 items was accepted")
