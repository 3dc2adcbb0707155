"""A value that a sub-task names may be passed on as a switch that means it."""

from collections.abc import Callable
from typing import Any

import pytest

from button.records import Trajectory

Row = dict[str, Any]
Found = Callable[[Trajectory, Callable[[Row], None]], set[tuple[str, str]]]


@pytest.mark.parametrize(
    ("described", "switched", "passed"),
    [
        ("Whether a passenger is under 26", True, True),
        ("Whether a passenger is under 26", False, False),
        ("Whether a passenger is young", True, False),
    ],
)
def test_a_switch_that_is_on_passes_on_what_it_means(
    sequential: Trajectory, found: Found, described: str, switched: bool, passed: bool
) -> None:
    def change(row: Row) -> None:
        switch = {"type": "boolean", "description": described}
        row["tools"][1]["function"]["parameters"]["properties"]["youth"] = switch
        row["messages"][4]["tool_calls"][0]["function"]["arguments"]["youth"] = switched
        row["messages"][1]["content"] += " We are under 26."
        row["task"]["text"] += " They are under 26."
        row["task"]["sub_tasks"][1]["text"] = "Reserve two seats for passengers under 26."

    missing = ("value_not_passed", "assistant")
    assert found(sequential, change) == (set() if passed else {missing})
