"""Checks: deterministic proof over a finished trajectory.

`verify` runs them all on a trajectory of our own, `lint` on a conversation of any origin. Each is a
pure function of the prepared conversation and may be run alone. The codes are listed in
`docs/checks.md`.
"""

from collections.abc import Callable

from button.checks import (
    arguments,
    committee,
    composition,
    constraints,
    final_answer,
    grammar,
    grounding,
    human,
    ledger,
    outcomes,
    parallelism,
    requests,
    sameness,
    signatures,
    spoken,
)
from button.checks.codes import Code
from button.checks.conversation import Conversation
from button.checks.dataflow import edges, links
from button.checks.prepared import Prepared
from button.checks.profile import FOREIGN, OWN, Profile
from button.checks.provenance import provenance
from button.records import Finding, Trajectory, Verdict

Check = Callable[[Prepared], list[Finding]]

_MODULES = (
    grammar,
    spoken,
    human,
    signatures,
    arguments,
    ledger,
    grounding,
    composition,
    requests,
    parallelism,
    sameness,
    constraints,
    final_answer,
    outcomes,
    committee,
)

CHECKS: tuple[Check, ...] = tuple(module.check for module in _MODULES)
"""All checks, in the order in which their findings are listed."""

CODES: tuple[Code, ...] = tuple(code for module in _MODULES for code in module.CODES)
"""Everything that a check can find."""

__all__ = [
    "CHECKS",
    "CODES",
    "Check",
    "Code",
    "Conversation",
    "Prepared",
    "Profile",
    "edges",
    "links",
    "lint",
    "provenance",
    "verify",
]


def verify(trajectory: Trajectory) -> Verdict:
    """Run all checks on one of our own; accepted where none of them finds an error."""
    return lint(Conversation.of(trajectory), OWN)


def lint(conversation: Conversation, profile: Profile = FOREIGN) -> Verdict:
    """Run all checks on any conversation; accepted where none finds an error of this profile.

    What needs a task or a record is checked where the conversation has one.
    """
    prepared = Prepared.of(conversation, profile)
    findings = tuple(profile.apply(finding for check in CHECKS for finding in check(prepared)))
    return Verdict(
        accepted=not any(finding.severity == "error" for finding in findings), findings=findings
    )
