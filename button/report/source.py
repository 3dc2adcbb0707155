"""What a report is made of: the rows of a run, its totals, what it took."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from button.run.reading import RunReader
from button.run.status import status_of
from button.run.summary import RunSummary

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Costs:
    """What endpoints were paid, in words. All lists are empty where no endpoint was asked."""

    roles: list[list[str]] = field(default_factory=list)
    """Role, calls, tokens read, tokens written, money; the last two rows are sums."""
    remarks: list[str] = field(default_factory=list)
    seconds: float | None = None
    """Working time; None where it is not known."""
    unknown: str = ""
    """Why nothing is known, where nothing is."""


@dataclass(frozen=True, kw_only=True)
class Source:
    """A run as the report reads it."""

    name: str
    header: Mapping[str, Any]
    """Content of run.json."""
    summary: RunSummary
    """Totals of all decided rows."""
    state: str
    sealed: Mapping[str, int]
    """Rows of each kind that the shards hold; of an unfinished run fewer than are decided."""
    rows: Callable[[str], Iterator[Row]]
    """The rows of a kind in their order."""
    costs: Costs = field(default_factory=Costs)
    mended_by: Callable[[str, str], str] = lambda code, fault: ""
    """What would have mended a rejected row, by its code and who is at fault."""

    @property
    def waiting(self) -> int:
        """Rows that are decided but in no shard yet."""
        decided = self.summary.accepted + self.summary.rejected_total
        return max(0, decided - sum(self.sealed.values()))


def source_of(reader: RunReader, costs: Costs, mended_by: Callable[[str, str], str]) -> Source:
    """The run that `reader` reads, finished or not."""
    sealed = {"accepted": 0, "rejected": 0}
    for shard in reader.manifest["shards"]:
        sealed[shard["kind"]] += shard["rows"]
    return Source(
        name=reader.layout.root.absolute().name,
        header=reader.header,
        summary=reader.summary,
        state=status_of(reader.layout).state,
        sealed=sealed,
        rows=lambda kind: reader.rows("accepted" if kind == "accepted" else "rejected"),
        costs=costs,
        mended_by=mended_by,
    )
