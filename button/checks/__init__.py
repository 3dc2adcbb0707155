"""Checks: deterministic proof over a finished trajectory.

`verify` runs them all; each is a pure function of the prepared trajectory and may be run alone. The
codes are listed in `docs/checks.md`.
"""

from collections.abc import Callable

from button.checks import (
    arguments,
    composition,
    constraints,
    final_answer,
    grammar,
    grounding,
    ledger,
    parallelism,
    sameness,
    signatures,
)
from button.checks.codes import Code
from button.checks.dataflow import edges, links
from button.checks.prepared import Prepared
from button.checks.provenance import provenance
from button.records import Finding, Trajectory, Verdict

Check = Callable[[Prepared], list[Finding]]

_MODULES = (
    grammar,
    signatures,
    arguments,
    ledger,
    grounding,
    composition,
    parallelism,
    sameness,
    constraints,
    final_answer,
)

CHECKS: tuple[Check, ...] = tuple(module.check for module in _MODULES)
"""All checks, in the order in which their findings are listed."""

CODES: tuple[Code, ...] = tuple(code for module in _MODULES for code in module.CODES)
"""Everything that a check can find."""

__all__ = ["CHECKS", "CODES", "Check", "Code", "Prepared", "edges", "links", "provenance", "verify"]


def verify(trajectory: Trajectory) -> Verdict:
    """Run all checks; accepted where none of them finds an error."""
    prepared = Prepared(trajectory)
    findings = tuple(finding for check in CHECKS for finding in check(prepared))
    return Verdict(
        accepted=not any(finding.severity == "error" for finding in findings), findings=findings
    )
