"""What a run has made, counted row by row."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from button.errors import RunDirectoryError
from button.run.gate import Decision

Ended = Literal[
    "running",
    "complete",
    "exhausted",
    "runaway",
    "interrupted",
    "failed",
    "incomplete:budget",
    "incomplete:outage",
]
"""`complete`: the count was reached; `exhausted`: the seeds are used up; `runaway`: hardly anything
was accepted; `incomplete:budget`: a budget is used up; `incomplete:outage`: an endpoint was down
for too long. These, `interrupted` and `failed` can be continued, as can `running` without a
process."""


@dataclass(frozen=True, kw_only=True)
class RunSummary:
    """Totals over the decided rows of a run.

    But for `seconds` and `mended` they are the same however it was made.
    """

    accepted: int = 0
    rejected: Mapping[str, int] = field(default_factory=dict)
    """Rejected rows by code, the most frequent first."""
    items: int = 0
    """Items decided."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Seeds that could not be used, by kind."""
    strategies: Mapping[str, int] = field(default_factory=dict)
    """Accepted trajectories by composition strategy."""
    turns: int = 0
    """Assistant turns of all accepted trajectories."""
    calls: int = 0
    """Tool calls of all accepted trajectories."""
    parallel: int = 0
    """Accepted trajectories with parallel calls in at least one turn."""
    count: int | None = None
    """Accepted trajectories asked for; None takes all that the seeds give."""
    ended: Ended = "running"
    error: str = ""
    """What stopped the run, where it failed or a budget is used up."""
    seconds: float = 0.0
    """Time that this invocation took."""
    mended: tuple[str, ...] = ()
    """Files of the run that were damaged and that this invocation has written again."""

    @property
    def rejected_total(self) -> int:
        """All rejected rows."""
        return sum(self.rejected.values())

    @property
    def parallel_share(self) -> float:
        """Share of accepted trajectories that have parallel calls."""
        return self.parallel / self.accepted if self.accepted else 0.0

    @property
    def shortfall(self) -> str:
        """One sentence on why less was made than asked for; empty where nothing is missing."""
        wanted = "" if self.count is None else f" of {self.count}"
        made = f"{self.accepted}{wanted} trajectories accepted from {self.items} items"
        if self.ended == "runaway":
            worst = next(iter(self.rejected.items()), ("none", 0))
            return (
                f"{made}: too few to go on; most frequent reason: {worst[0]!r} ({worst[1]} times)"
            )
        if self.ended == "exhausted" and self.count is not None:
            return f"{made}: the seeds are used up"
        if self.ended == "incomplete:budget":
            return f"{made}: {self.error}; raise the budget to continue the run"
        if self.ended in ("interrupted", "failed", "incomplete:outage"):
            return f"{made}: {self.ended.rpartition(':')[2]}; the run can be continued"
        return ""

    def totals(self) -> dict[str, Any]:
        """The totals as MANIFEST.json holds them."""
        return {
            "accepted": self.accepted,
            "rejected": dict(self.rejected),
            "items": self.items,
            "skipped": dict(self.skipped),
            "strategies": dict(self.strategies),
            "turns": self.turns,
            "calls": self.calls,
            "parallel": self.parallel,
        }

    @classmethod
    def from_manifest(cls, manifest: Mapping[str, Any]) -> "RunSummary":
        """The summary of a run on disk, without its time.

        Raises:
            RunDirectoryError: the manifest lacks a total.
        """
        try:
            totals = dict(manifest["totals"])
            rejected = _most_frequent_first(totals.pop("rejected"))
            return cls(
                **totals,
                rejected=rejected,
                count=manifest["count"],
                ended=manifest["state"],
                error=manifest["error"],
            )
        except (KeyError, TypeError, ValueError) as error:
            raise RunDirectoryError(f"MANIFEST.json is damaged: totals: {error}") from error


class Tally:
    """Counts decisions as they fall."""

    def __init__(self) -> None:
        self._numbers: Counter[str] = Counter()
        self._rejected: Counter[str] = Counter()
        self._strategies: Counter[str] = Counter()

    @property
    def accepted(self) -> int:
        """Accepted rows."""
        return self._numbers["accepted"]

    def add(self, decisions: Iterable[Decision]) -> None:
        """Count some more rows."""
        for decision in decisions:
            if decision.kind == "rejected":
                self._rejected[str(decision.code)] += 1
                continue
            facts = decision.facts
            self._strategies[str(facts.strategy)] += 1
            self._numbers["accepted"] += 1
            self._numbers["turns"] += facts.turns
            self._numbers["calls"] += facts.calls
            self._numbers["parallel"] += facts.parallel_turns > 0

    def totals(self) -> dict[str, dict[str, int]]:
        """What was counted, as JSON-like data for `merge`."""
        return {
            "numbers": dict(self._numbers),
            "rejected": dict(self._rejected),
            "strategies": dict(self._strategies),
        }

    def merge(self, totals: Mapping[str, Mapping[str, int]]) -> None:
        """Count what another tally has counted."""
        self._numbers.update(totals["numbers"])
        self._rejected.update(totals["rejected"])
        self._strategies.update(totals["strategies"])

    def summary(self, **others: Any) -> RunSummary:
        """The totals so far; `others` are the fields that no row tells."""
        return RunSummary(
            accepted=self.accepted,
            rejected=_most_frequent_first(self._rejected),
            strategies=_most_frequent_first(self._strategies),
            turns=self._numbers["turns"],
            calls=self._numbers["calls"],
            parallel=self._numbers["parallel"],
            **others,
        )


def _most_frequent_first(counts: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
