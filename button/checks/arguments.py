"""Arguments and results against the schemas of the function that was called."""

from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.checks.text import shorten
from button.checks.view import Call, Result
from button.records import Finding, FunctionSignature
from tools.validation import argument_errors, parse_arguments, result_errors

INVALID_ARGUMENTS = Code(
    "invalid_arguments", "error", "assistant", "Arguments do not fit the function's parameters."
)
UNPARSABLE_ARGUMENTS = Code(
    "unparsable_arguments",
    "error",
    "assistant",
    "Arguments are no JSON object, or have a key twice.",
)
INVALID_RESULT = Code(
    "invalid_result",
    "error",
    "tool",
    "A result does not fit what the function returns, or is no JSON.",
)
REFUSED_CALL = Code(
    "refused_call",
    "info",
    "assistant",
    "A call was refused; its arguments are not checked, but it is counted.",
)
NEEDLESS_REFUSAL = Code(
    "needless_refusal", "warning", "tool", "A call was refused although its arguments are valid."
)
CODES = (INVALID_ARGUMENTS, UNPARSABLE_ARGUMENTS, INVALID_RESULT, REFUSED_CALL, NEEDLESS_REFUSAL)


def check(prepared: Prepared) -> list[Finding]:
    """Schema violations on both sides of every call.

    Unknown functions and unsound signatures are left to the check of signatures.
    """
    found: list[Finding] = []
    sound = prepared.sound
    for call in prepared.calls:
        if call.id in prepared.reading.unparsable:
            found.append(_unparsable(prepared.reading.unparsable[call.id], call))
        elif call.refused:
            found.extend(_refusal(prepared, call))
        elif call.signature is not None and call.name in sound:
            found.extend(_arguments(prepared, call, call.signature))
            if call.result is not None and _promised(prepared, call.signature):
                found.extend(_result(call.name, call.signature, call.result))
    return found


def _unparsable(written: str, call: Call) -> Finding:
    try:
        parse_arguments(written)
        reason = "arguments are no JSON object"
    except ValueError as error:
        reason = str(error)
    return UNPARSABLE_ARGUMENTS.found(
        f"{call.name!r}: {reason}, in {shorten(written)}", call.message, call.path
    )


def _arguments(prepared: Prepared, call: Call, signature: FunctionSignature) -> Iterator[Finding]:
    # A reference to a later result has no value yet, so its type cannot be wrong.
    open_paths = prepared.reading.references.get(call.id, {})
    for error in argument_errors(signature, call.arguments):
        if error.partition(": ")[0] not in open_paths:
            yield INVALID_ARGUMENTS.found(f"{call.name!r}: {error}", call.message, call.path)


def _promised(prepared: Prepared, signature: FunctionSignature) -> bool:
    """Whether the form of the result was said; our own tools always answer JSON."""
    return prepared.record is not None or bool(signature.returns)


def is_needless_refusal(prepared: Prepared, call: Call) -> bool:
    """Whether a call was refused although its arguments are valid."""
    return (
        call.refused
        and call.signature is not None
        and call.name in prepared.sound
        and not argument_errors(call.signature, call.arguments)
    )


def _refusal(prepared: Prepared, call: Call) -> Iterator[Finding]:
    yield REFUSED_CALL.found(f"{call.name!r} was refused", call.message, call.path)
    if is_needless_refusal(prepared, call):
        yield NEEDLESS_REFUSAL.found(
            f"{call.name!r} was refused with valid arguments",
            call.result.message if call.result else None,
        )


def _result(name: str, signature: FunctionSignature, result: Result) -> Iterator[Finding]:
    if not result.is_json:
        yield INVALID_RESULT.found(f"{name!r} answered what is no JSON", result.message, "$")
        return
    for error in result_errors(signature, result.value):
        yield INVALID_RESULT.found(f"{name!r}: {error}", result.message, "$")
