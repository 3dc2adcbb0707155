"""Ledger: the tools of one conversation never contradict themselves; none is asked twice."""

from collections.abc import Iterator, Sequence
from typing import Any

from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.checks.text import shorten
from button.checks.text import words as words_of
from button.checks.view import Call, Result
from button.records import Finding
from tools.entities import words
from tools.ledger import CHANGING, Fact, contradictions

CONTRADICTION = Code(
    "contradiction",
    "error",
    "tool",
    "A result contradicts what a tool said earlier in the conversation.",
)
REPEATED_CALL = Code(
    "repeated_call",
    "warning",
    "assistant",
    "A call asks again what was answered, or does again what was done, with the same arguments.",
)
OTHER_ARGUMENTS = Code(
    "other_arguments",
    "warning",
    "tool",
    "A result repeats an argument of its call with another value.",
)
CODES = (CONTRADICTION, REPEATED_CALL, OTHER_ARGUMENTS)


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
        found.extend(_other_arguments(call, result))
        if _is_repeated(facts, call, result.value):
            found.append(
                REPEATED_CALL.found(
                    f"{call.name!r} was called before with the same arguments",
                    call.message,
                    f"$.tool_calls[{call.position}]",
                )
            )
        facts.append({"name": call.name, "arguments": call.arguments, "result": result.value})
    return found


def _is_repeated(facts: Sequence[Fact], call: Call, result: Any) -> bool:
    """Whether a call is told nothing new, or does once more what was done."""
    changing = not CHANGING.isdisjoint(words(call.name)[:2])
    return any(
        fact["name"] == call.name
        and fact["arguments"] == call.arguments
        and (changing or fact["result"] == result)
        for fact in facts
    )


def _other_arguments(call: Call, result: Result) -> Iterator[Finding]:
    """Scalars that stand under the same name in the arguments and in the result, and differ."""
    if not isinstance(result.value, dict):
        return
    for name, given in call.arguments.items():
        repeated = result.value.get(name)
        if type(repeated) is type(given) and isinstance(given, str | int | float):
            same = words_of(str(repeated)) == words_of(str(given)) or repeated == given
            if not same:
                yield OTHER_ARGUMENTS.found(
                    f"{call.name!r} was given {name} {shorten(given)} and answers {name} "
                    f"{shorten(repeated)}",
                    result.message,
                    f"$.{name}",
                )
