"""Which combinations a dataset holds: strategy and depth against turns and schema features."""

from collections import Counter, defaultdict
from typing import NamedTuple

from button.report.figures import rows_link
from button.report.schemas import FEATURES, schema_features
from button.report.source import Row
from button.run.row_facts import calls_per_turn

MOST_TURNS = 8
"""Assistant turns that have a column of their own; more share the last one."""
Key = tuple[str, int]


class Cell(NamedTuple):
    """How many trajectories of a line have something."""

    amount: int
    shade: int
    """0 for none, then 1 to 5 by the share of the line."""
    link: str = ""
    """Leads to the trajectories it counts, where they can be listed."""


class Line(NamedTuple):
    """One strategy at one depth."""

    strategy: str
    depth: int
    trajectories: int
    turns: list[Cell]
    features: list[Cell]


class Table(NamedTuple):
    """Lines against turns and features; columns that no row has are there to be seen empty."""

    turns: list[str]
    features: list[str]
    lines: list[Line]


class Coverage:
    """Counts trajectories one at a time."""

    def __init__(self) -> None:
        self._trajectories: Counter[Key] = Counter()
        self._turns: defaultdict[Key, Counter[int]] = defaultdict(Counter)
        self._features: defaultdict[Key, Counter[str]] = defaultdict(Counter)
        self._known: dict[str, frozenset[str]] = {}
        """Features by the text of the parameters: most rows share functions with others."""

    def add(self, row: Row) -> None:
        """Count one more accepted row."""
        key = (row["strategy"], row["task"]["depth"])
        self._trajectories[key] += 1
        self._turns[key][min(len(calls_per_turn(row)), MOST_TURNS)] += 1
        self._features[key].update(self._of_called(row))

    def _of_called(self, row: Row) -> set[str]:
        called = {
            call["function"]["name"]
            for message in row["messages"]
            for call in message.get("tool_calls") or ()
        }
        found: set[str] = set()
        for tool in row["tools"]:
            function = tool["function"]
            if function["name"] in called:
                parameters = function["parameters"]
                text = str(parameters)
                if text not in self._known:
                    self._known[text] = schema_features(parameters)
                found |= self._known[text]
        return found

    def table(self) -> Table:
        """What has been counted."""
        most = max((turns for counts in self._turns.values() for turns in counts), default=1)
        columns = range(1, most + 1)
        names = [f"{n}+" if n == MOST_TURNS else str(n) for n in columns]
        lines = [
            Line(
                strategy,
                depth,
                whole,
                [self._turns_cell(strategy, depth, n, whole) for n in columns],
                [_cell(self._features[strategy, depth][name], whole) for name in FEATURES],
            )
            for (strategy, depth), whole in sorted(self._trajectories.items())
        ]
        return Table(names, list(FEATURES), lines)

    def _turns_cell(self, strategy: str, depth: int, turns: int, whole: int) -> Cell:
        cell = _cell(self._turns[strategy, depth][turns], whole)
        if not cell.amount or turns == MOST_TURNS:
            return cell
        return cell._replace(link=rows_link(strategy=strategy, depth=depth, turns=turns))


def _cell(count: int, whole: int) -> Cell:
    return Cell(count, min(5, 1 + 5 * count // whole) if count else 0)
