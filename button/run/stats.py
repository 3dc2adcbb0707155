"""How varied a dataset is: numbers over the accepted rows of a run."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from button.run.masking import masked
from button.run.row_facts import calls_per_turn, first_human_message, message_digest


@dataclass(frozen=True, kw_only=True)
class DatasetStats:
    """Diversity of accepted trajectories. Distributions map a number to how often it occurs."""

    trajectories: int
    scenarios: int
    """Distinct scenario texts."""
    functions: int
    """Distinct functions called, by name."""
    functions_defined: int
    """Distinct functions offered, by name."""
    first_messages: int
    """Distinct first human messages (letter case and white space aside)."""
    masked_first_messages: int
    """Distinct first human messages without argument values, numbers, months and weekdays."""
    strategies: Mapping[str, int]
    turns: Mapping[int, int]
    """Assistant turns per trajectory."""
    calls: Mapping[int, int]
    """Tool calls per trajectory."""
    calls_per_turn: Mapping[int, int]
    """Tool calls per assistant turn that has any."""
    sub_tasks: Mapping[int, int]
    """Sub-tasks per trajectory."""
    with_tool_free_sub_task: float
    """Share of trajectories with a sub-task that needs no function."""
    tool_free_sub_tasks: float
    """Share of sub-tasks that need no function."""


class DatasetCounts:
    """Counts rows one at a time, for readers that do more with each of them."""

    def __init__(self) -> None:
        self.scenarios: set[str] = set()
        self.functions: set[str] = set()
        self.defined: set[str] = set()
        self.first: set[bytes] = set()
        self.masked: set[str] = set()
        self.strategies: Counter[str] = Counter()
        self.turns: Counter[int] = Counter()
        self.calls: Counter[int] = Counter()
        self.per_turn: Counter[int] = Counter()
        self.sub_tasks: Counter[int] = Counter()
        self.rows = self.with_tool_free = self.tool_free = 0

    def add(self, row: Mapping[str, Any]) -> None:
        """Count one more accepted row.

        Raises:
            KeyError: it is not a trajectory.
        """
        row = dict(row)
        called = [call["function"] for call in _calls(row)]
        first = first_human_message(row)
        self.rows += 1
        self.scenarios.add(row["scenario"]["text"])
        self.functions.update(function["name"] for function in called)
        self.defined.update(tool["function"]["name"] for tool in row["tools"])
        self.first.add(message_digest(first))
        self.masked.add(masked(first, [function["arguments"] for function in called]))
        self.strategies[row["strategy"]] += 1
        per_turn = calls_per_turn(row)
        self.turns[len(per_turn)] += 1
        self.calls[len(called)] += 1
        self.per_turn.update(calls for calls in per_turn if calls)
        tool_free = sum(not task.get("functions") for task in row["task"]["sub_tasks"])
        self.sub_tasks[len(row["task"]["sub_tasks"])] += 1
        self.tool_free += tool_free
        self.with_tool_free += tool_free > 0

    def stats(self) -> DatasetStats:
        """The numbers so far."""
        sub_tasks = sum(number * times for number, times in self.sub_tasks.items())
        return DatasetStats(
            trajectories=self.rows,
            scenarios=len(self.scenarios),
            functions=len(self.functions),
            functions_defined=len(self.defined),
            first_messages=len(self.first),
            masked_first_messages=len(self.masked),
            strategies=dict(sorted(self.strategies.items())),
            turns=dict(sorted(self.turns.items())),
            calls=dict(sorted(self.calls.items())),
            calls_per_turn=dict(sorted(self.per_turn.items())),
            sub_tasks=dict(sorted(self.sub_tasks.items())),
            with_tool_free_sub_task=self.with_tool_free / self.rows if self.rows else 0.0,
            tool_free_sub_tasks=self.tool_free / sub_tasks if sub_tasks else 0.0,
        )


def dataset_stats(rows: Iterable[Mapping[str, Any]]) -> DatasetStats:
    """Count over accepted rows, one at a time.

    Raises:
        KeyError: a row is not a trajectory.
    """
    counts = DatasetCounts()
    for row in rows:
        counts.add(row)
    return counts.stats()


def _calls(row: Mapping[str, Any]) -> list[Any]:
    return [call for message in row["messages"] for call in message.get("tool_calls") or ()]
