"""How many damages the checks find: `make mutations`.

Every damage operator is applied to accepted trajectories of the embedded model. An operator passes
where at least 98 % of its damages are found, and at least 95 % under a right code and with the
right role. On the undamaged trajectories there must be no error. Exit code 1 where one is missed.
"""

import argparse
import json
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from benchmarks.default_run import accepted
from button.records import Finding, Trajectory
from tests.button.checks.mutations.catalogue import OPERATORS
from tests.button.checks.mutations.measure import DETECTED, NAMED, Score, measure

REPORT = Path("build/mutations.json")
COUNT = 520
PART = 65
"""Trajectories that one process takes at a time."""
ROOT_SEED = 20


def scores_of(trajectories: Sequence[Trajectory]) -> tuple[list[Score], list[Finding]]:
    """The scores over all trajectories, made by as many processes as there are cores."""
    parts = [trajectories[at : at + PART] for at in range(0, len(trajectories), PART)]
    total = [Score(operator) for operator in OPERATORS]
    errors: list[Finding] = []
    with ProcessPoolExecutor() as pool:
        for scores, found in pool.map(measure, parts):
            errors += found
            for whole, score in zip(total, scores, strict=True):
                whole.merge(score)
    return total, errors


def report(scores: Sequence[Score], errors: Sequence[Finding], trajectories: int) -> dict[str, Any]:
    """Everything that was measured."""
    return {
        "trajectories": trajectories,
        "damaged": sum(score.damaged for score in scores),
        "errors_on_undamaged": len(errors),
        "operators": [score.to_json() for score in scores],
    }


def show(scores: Sequence[Score], errors: Sequence[Finding], trajectories: int) -> bool:
    """Print the table; returns whether everything is as it must be."""
    print(f"{'damage':36} {'expected code':34} {'at fault':12} {'rows':>5} {'found':>7} "
          f"{'code':>7} {'role':>7}")  # fmt: skip
    for score in scores:
        operator = score.operator
        codes, faults = sorted(operator.codes), sorted(operator.faults)
        print(f"{operator.name:36} {codes[0]:34} {faults[0]:12} {score.damaged:5} "
              f"{score.share(score.detected):7.1%} {score.share(score.named):7.1%} "
              f"{score.share(score.blamed):7.1%}{'' if score.good else '  MISSED'}")  # fmt: skip
    damaged = sum(score.damaged for score in scores)
    found = sum(score.detected for score in scores)
    missed = [score for score in scores if not score.good]
    print(
        f"\n{len(scores)} operators, {trajectories} trajectories, {damaged} damages, "
        f"{found / damaged:.2%} found; {len(errors)} errors on the undamaged ones\n"
        f"needed of each operator: {DETECTED:.0%} found, {NAMED:.0%} with code and role; "
        f"missed by {len(missed)}"
    )
    for score in missed:
        for line in score.missed[:5]:
            print(f"  {score.operator.name}: {line}")
    return not missed and not errors


def table(scores: Sequence[Score]) -> str:
    """The table of `docs/checks.md`: the operators by the files in which they stand."""
    families: dict[str, list[Score]] = {}
    for score in scores:
        module = score.operator.damage.__module__
        families.setdefault(module.rpartition(".")[2], []).append(score)
    lines = [
        "| damage to | ways | damages | found | right code | right role | least found of a way |",
        "|---|---|---|---|---|---|---|",
    ]
    for family, of_family in [*families.items(), ("all", list(scores))]:
        damaged = sum(score.damaged for score in of_family)
        shares = [
            sum(score.detected for score in of_family) / damaged,
            sum(score.named for score in of_family) / damaged,
            sum(score.blamed for score in of_family) / damaged,
            min(score.share(score.detected) for score in of_family if score.damaged),
        ]
        cells = " | ".join(f"{share:.1%}" for share in shares)
        lines.append(f"| {family} | {len(of_family)} | {damaged:,} | {cells} |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=COUNT)
    count = parser.parse_args().count
    print(f"making and damaging {count} trajectories, some minutes ...", flush=True)
    trajectories = accepted(count, ROOT_SEED)
    scores, errors = scores_of(trajectories)
    REPORT.parent.mkdir(exist_ok=True)
    text = json.dumps(report(scores, errors, len(trajectories)), indent=2)
    REPORT.write_text(text + "\n", encoding="utf-8")
    good = show(scores, errors, len(trajectories))
    print(f"written to {REPORT}; the table of docs/checks.md:\n\n{table(scores)}")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
