"""The graph of calls: edges, levels, shape; what came out against what was asked for."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.checks import Conversation, lint
from button.checks.conversation import Reading
from button.checks.dependencies import (
    Dependencies,
    asked_for,
    dependent_in_batch,
    late_calls,
    of_calls,
    of_sub_tasks,
)
from button.checks.prepared import Prepared
from button.context import Context
from button.records import Trajectory
from button.run.pipeline import plan_of, simulator_of
from button.run.reading import read_rows
from button.run.runner import generate


def graph(**needs: str) -> Dependencies:
    return Dependencies({node: frozenset(needed.split()) for node, needed in needs.items()})


@pytest.mark.parametrize(
    ("needs", "shape"),
    [
        (graph(), "none"),
        (graph(a=""), "single"),
        (graph(a="", b="a", c="b"), "chain"),
        (graph(a="", b="a", c="a b"), "chain"),
        (graph(a="", b="", c=""), "parallel"),
        (graph(a="", b="", c="a b"), "join"),
        (graph(a="", b="a", c="a", d="b c"), "join"),
        (graph(a="", b="a", c="a"), "tree"),
        (graph(a="", b="", c="a"), "tree"),
    ],
)
def test_shapes(needs: Dependencies, shape: str) -> None:
    assert needs.shape == shape


@given(
    st.lists(st.sets(st.integers(0, 7)), max_size=8).map(
        lambda drawn: Dependencies(
            {str(i): frozenset(str(j) for j in before if j < i) for i, before in enumerate(drawn)}
        )
    )
)
def test_every_level_is_above_those_of_what_it_needs(needs: Dependencies) -> None:
    for before, after in needs.edges:
        assert needs.levels[before] < needs.levels[after]
        assert not needs.independent(before, after)
    assert all(level == 0 for node, level in needs.levels.items() if not needs.needs[node])


def test_a_circle_ends() -> None:
    assert set(graph(a="b", b="a").levels) == {"a", "b"}


def test_the_calls_of_the_examples(sequential: Trajectory, parallel: Trajectory) -> None:
    chain, join = (of_calls(Prepared.of(each)) for each in (sequential, parallel))
    assert (chain.shape, join.shape) == ("chain", "join")
    assert sorted(join.levels.values()) == [0, 0, 1]


def test_a_conversation_without_a_task_has_the_same_graph(parallel: Trajectory) -> None:
    bare = Prepared.of(Conversation(parallel.messages, parallel.tools))
    assert of_calls(bare) == of_calls(Prepared.of(parallel))


def split(trajectory: Trajectory, damage: Callable[..., Trajectory]) -> Trajectory:
    """The calls of the parallel turn one after the other."""

    def change(row: dict[str, Any]) -> None:
        messages = row["messages"]
        moved, answer = messages[2]["tool_calls"].pop(1), messages.pop(4)
        messages[4:4] = [{**messages[2], "tool_calls": [moved]}, answer]

    return damage(trajectory, change)


def test_independent_calls_made_one_after_the_other_need_no_task_to_be_seen(
    parallel: Trajectory, damage: Callable[..., Trajectory]
) -> None:
    serial = split(parallel, damage)
    talk = Conversation(serial.messages, serial.tools, reading=Reading(parallel_calls=True))
    ((call, ready),) = late_calls(Prepared.of(talk))
    assert (call.name, call.turn, ready) == ("find_restaurant", 1, 0)
    assert "serial_independent" in {finding.code for finding in lint(talk).findings}
    unsaid = Conversation(serial.messages, serial.tools)
    assert "serial_independent" not in {finding.code for finding in lint(unsaid).findings}


def test_a_batch_with_a_dependency_inside(
    sequential: Trajectory, damage: Callable[..., Trajectory]
) -> None:
    def merge(row: dict[str, Any]) -> None:
        row["messages"][2]["tool_calls"] += row["messages"].pop(4)["tool_calls"]

    ((call, path, other),) = dependent_in_batch(Prepared.of(damage(sequential, merge)))
    assert (call.name, path, other.name) == ("reserve_seats", "$.train_number", "search_trains")


def test_the_shape_that_came_out_is_the_one_that_was_asked_for(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    context = Context(root_seed=11)
    out = tmp_path_factory.mktemp("shapes") / "run"
    plan = plan_of(out, context, None, count=40, concurrency=8)
    asyncio.run(generate(plan, simulator_of(context)))
    for row in read_rows(out):
        prepared = Prepared.of(Trajectory.from_row(row))
        assert prepared.task
        asked, came = asked_for(prepared.task), of_sub_tasks(prepared)
        assert set(asked.edges) <= set(came.edges)
        assert came.levels == asked.levels
        assert came.shape == asked.shape
