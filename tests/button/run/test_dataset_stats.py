from types import ModuleType

import pytest

from button.run.masking import masked
from button.run.stats import dataset_stats


@pytest.mark.parametrize(
    ("text", "arguments", "expected"),
    [
        ("Fly from Rome to Oslo.", [{"from": "Rome", "to": "oslo"}], "fly from _ to _."),
        ("A round trip on 3 May at 10:30", [{"kind": "round_trip"}], "a _ on _ at _"),
        ("Two tickets for Friday, March 5th", [{"n": 2}], "_ tickets for _"),
        ("It cost $1,200.50 twice", [], "it cost $_ twice"),
        ("New York is not new", [{"a": {"city": ["New York", "New"]}}], "_ is not _"),
        ("Romeo likes Rome", [{"city": "Rome"}], "romeo likes _"),
        ("What?", [{"mark": "?", "none": None, "flag": True}], "what?"),
        ("a (b) c", [{"x": "(b)"}], "a _ c"),
    ],
)
def test_masking_leaves_the_phrasing(text: str, arguments: list[object], expected: str) -> None:
    assert masked(text, arguments) == expected


def test_messages_that_differ_in_values_only_are_one_phrasing(world: ModuleType) -> None:
    rows = [
        world.row_of(1, 0, "See Lyon on 3 May"),
        world.row_of(2, 0, "See Lyon on 4 June"),
        world.row_of(3, 0, "Visit Lyon", calls=1),
    ]
    stats = dataset_stats(rows)
    assert (stats.trajectories, stats.first_messages, stats.masked_first_messages) == (3, 3, 2)
    assert (stats.functions, stats.functions_defined, stats.scenarios) == (3, 3, 3)
    assert stats.strategies == {"parallel_then_sequential": 1, "sequential": 2}
    assert (stats.turns, stats.calls) == ({2: 3}, {1: 1, 2: 2})
    assert stats.calls_per_turn == {1: 1, 2: 2}
    assert (stats.sub_tasks, stats.with_tool_free_sub_task) == ({2: 3}, 1.0)
    assert stats.tool_free_sub_tasks == 0.5


def test_no_rows_give_no_shares() -> None:
    stats = dataset_stats([])
    assert (stats.trajectories, stats.tool_free_sub_tasks) == (0, 0.0)
