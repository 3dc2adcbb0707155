"""Failures that travel: an error raised on purpose in one process is the same in the other."""

from typing import Any

from button import errors
from button.errors import BudgetError, CallError, WorkerError
from button.models.redaction import error_text


def told_failure(error: BaseException) -> dict[str, Any]:
    """An exception as JSON."""
    told: dict[str, Any] = {"class": type(error).__name__, "text": error_text(error)}
    if isinstance(error, BudgetError):
        told["kind"] = error.kind
    if isinstance(error, CallError):
        told |= {"code": error.code, "status_code": error.status_code}
    return told


def failure_of(told: dict[str, Any]) -> Exception:
    """The exception that `told_failure` told; one that is none of ours is a `WorkerError`."""
    kind, text = getattr(errors, told["class"], None), told["text"]
    if kind is BudgetError:
        return BudgetError(told["kind"], text)
    if kind is CallError:
        return CallError(told["code"], text, told["status_code"])
    if isinstance(kind, type) and issubclass(kind, errors.ButtonError):
        made: Exception = kind(text)
        return made
    return WorkerError(f"a worker failed: {told['class']}: {text}")
