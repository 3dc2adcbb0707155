"""How many of the damages the checks find, and what they call them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from button.checks import verify
from button.records import Finding, Trajectory
from tests.button.checks.mutations.catalogue import OPERATORS, Operator

DETECTED = 0.98
"""Share of the damaged trajectories of each operator that must be found out."""
NAMED = 0.95
"""Share of them with a right code, and with a right role."""


@dataclass
class Score:
    """What became of the damages of one operator."""

    operator: Operator
    damaged: int = 0
    detected: int = 0
    named: int = 0
    """With one of the operator's codes."""
    blamed: int = 0
    """The finding that decides names the right role."""
    missed: list[str] = field(default_factory=list)
    """Ids of trajectories whose damage was not found, or misnamed, with what was found."""

    @property
    def good(self) -> bool:
        return self.damaged > 0 and (
            self.detected >= DETECTED * self.damaged
            and self.named >= NAMED * self.damaged
            and self.blamed >= NAMED * self.damaged
        )

    def share(self, part: int) -> float:
        return part / self.damaged if self.damaged else 0.0

    def merge(self, other: "Score") -> None:
        """Count what another score of the same operator has counted."""
        self.damaged += other.damaged
        self.detected += other.detected
        self.named += other.named
        self.blamed += other.blamed
        self.missed += other.missed

    def to_json(self) -> dict[str, Any]:
        return {
            "operator": self.operator.name,
            "codes": sorted(self.operator.codes),
            "at_fault": sorted(self.operator.faults),
            "damaged": self.damaged,
            "detected": self.share(self.detected),
            "right_code": self.share(self.named),
            "right_role": self.share(self.blamed),
            "missed": self.missed[:10],
        }

    def add(self, damaged: Trajectory, clean: Sequence[Finding]) -> None:
        """Judge one damaged trajectory, whose findings before were `clean`."""
        before = {(finding.code, finding.text) for finding in clean}
        found = [
            finding
            for finding in verify(damaged).findings
            if finding.severity != "info" and (finding.code, finding.text) not in before
        ]
        self.damaged += 1
        codes = {finding.code for finding in found}
        named = bool(codes & self.operator.codes)
        decides = next((each for each in found if each.severity == "error"), None)
        decides = decides or next((e for e in found if e.code in self.operator.codes), None)
        blamed = decides is not None and decides.fault in self.operator.faults
        self.detected += decides is not None
        self.named += named
        self.blamed += blamed
        if not (named and blamed):
            said = f"{decides.code}/{decides.fault}" if decides else "nothing"
            self.missed.append(
                f"item {damaged.seeds.item}.{damaged.seeds.variant}: {said} {sorted(codes)}"
            )


def measure(
    trajectories: Sequence[Trajectory], operators: Sequence[Operator] = OPERATORS, thinned: int = 1
) -> tuple[list[Score], list[Finding]]:
    """A score per operator, and the error findings on the undamaged trajectories.

    Where `thinned` is more than 1, each operator is applied to one trajectory in so many only.
    """
    scores = [Score(operator) for operator in operators]
    errors: list[Finding] = []
    for index, trajectory in enumerate(trajectories):
        clean = verify(trajectory).findings
        errors += [finding for finding in clean if finding.severity == "error"]
        donor = trajectories[(index + 1) % len(trajectories)]
        for score in scores[index % thinned :: thinned]:
            damaged = score.operator.apply(trajectory, donor)
            if damaged is not None:
                score.add(damaged, clean)
    return scores, errors
