"""Where rows were lost on their way: rejected ones by stage and code, in order of the stages."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

STAGES = (
    "seed",
    "scenario_extract",
    "scenario_from_functions",
    "scenario_expand",
    "atomic_task",
    "compose_sequential",
    "compose_parallel",
    "critic",
    "function_designer",
    "human",
    "assistant",
    "tool",
    "conversation",
    "check",
    "judge",
    "run",
)
"""In the order in which a row meets them; stages that are not named here come last."""


class StageLoss(NamedTuple):
    """What one stage lost."""

    stage: str
    reached: int
    """Rows that came as far as this stage."""
    codes: Mapping[tuple[str, str], int]
    """Rejected rows by code and role at fault, the most frequent first."""

    @property
    def lost(self) -> int:
        return sum(self.codes.values())


def funnel(accepted: int, rejected: Iterable[Mapping[str, Any]]) -> list[StageLoss]:
    """What each stage lost that lost anything, in order."""
    lost: dict[str, Counter[tuple[str, str]]] = {}
    for row in rejected:
        lost.setdefault(str(row["stage"]), Counter())[str(row["code"]), fault_of(row)] += 1
    left = accepted + sum(counts.total() for counts in lost.values())
    found = []
    for stage in sorted(lost, key=_place):
        counts = dict(sorted(lost[stage].items(), key=lambda pair: (-pair[1], pair[0])))
        found.append(StageLoss(stage, left, counts))
        left -= found[-1].lost
    return found


def fault_of(row: Mapping[str, Any]) -> str:
    """Who is at fault: as the finding that decided says, else the role that failed."""
    for finding in row.get("findings") or ():
        if finding["code"] == row["code"] and finding["severity"] == "error":
            return str(finding["fault"])
    return str(row["role"])


def _place(stage: str) -> tuple[int, str]:
    return (STAGES.index(stage) if stage in STAGES else len(STAGES), stage)
