"""Ledger: the tools of one conversation never contradict themselves."""

from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.records import Finding
from tools.ledger import Fact, contradictions

CONTRADICTION = Code(
    "contradiction",
    "error",
    "tool",
    "A result contradicts what a tool said earlier in the conversation.",
)
CODES = (CONTRADICTION,)


def check(prepared: Prepared) -> list[Finding]:
    """Each result against all results before it."""
    facts: list[Fact] = []
    found: list[Finding] = []
    for call, result in prepared.results:
        if result.is_error or not result.is_json:
            continue
        found.extend(
            CONTRADICTION.found(line, result.message, "$")
            for line in contradictions(facts, call.name, call.arguments, result.value)
        )
        facts.append({"name": call.name, "arguments": call.arguments, "result": result.value})
    return found
