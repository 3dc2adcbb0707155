"""Arguments and results against a function signature; tool-call arguments parsed without repair."""

from collections.abc import Iterable
from typing import Any

from button.canonical import canonical_json, parse_json_strict, remembered_canonical_json
from button.records import FunctionSignature
from tools.bounds import INSTANCE_BOUNDS, bounds_problem
from tools.engines import TooManyStepsError, explained, fast_engine

MAX_ERRORS = 20
MAX_MESSAGE = 240


def parse_arguments(arguments: str | dict[str, Any]) -> dict[str, Any]:
    """The arguments of a tool call as an object; nothing is repaired or guessed.

    Raises:
        ValueError: where they are not one JSON object (duplicate keys, NaN, lone surrogates, values
            beyond the bounds and an empty text included). The text is fit for the assistant.
    """
    if isinstance(arguments, str):
        try:
            value: Any = parse_json_strict(arguments)
        except ValueError as error:
            raise ValueError(f"arguments are not valid JSON: {error}") from error
    else:
        value = arguments
    if not isinstance(value, dict):
        raise ValueError(f"arguments must be a JSON object, not {_kind(value)}")
    if (problem := bounds_problem(value, INSTANCE_BOUNDS)) is not None:
        raise ValueError(f"arguments are unusable: {problem}")
    return value


def argument_errors(signature: FunctionSignature, arguments: Any) -> list[str]:
    """What is wrong with the arguments of a call, one line each (`$.date: reason`)."""
    return schema_errors(signature.parameters, arguments)


def result_errors(signature: FunctionSignature, result: Any) -> list[str]:
    """What is wrong with the result of a call, one line each."""
    return schema_errors(signature.returns, result)


def fits(schema: dict[str, Any], value: Any) -> bool:
    """Whether `value` is bounded JSON data that satisfies a sound `schema` (formats asserted)."""
    if bounds_problem(value, INSTANCE_BOUNDS) is not None:
        return False
    return fast_engine(remembered_canonical_json(schema)).is_valid(value)


def schema_errors(schema: dict[str, Any], value: Any) -> list[str]:
    """Every way in which `value` breaks a sound `schema`, sorted by path, at most 20.

    Raises:
        ValueError: where the schema itself cannot be compiled (`tools.gate` refuses such ones).
    """
    if (problem := bounds_problem(value, INSTANCE_BOUNDS)) is not None:
        return [f"$: {problem}"]
    text = remembered_canonical_json(schema)
    fast = fast_engine(text)
    if fast.is_valid(value):
        return []
    try:
        errors = explained(text, value)
    except TooManyStepsError:
        return ["$: does not fit the schema, in more ways than can be told"]
    found = {(value_path(error.absolute_path), _short(error.message)) for error in errors}
    if not found:  # should the engines ever disagree, the deciding one also words the errors
        found = {(value_path(e.instance_path), _short(e.message)) for e in fast.iter_errors(value)}
    return [f"{path}: {message}" for path, message in sorted(found)[:MAX_ERRORS]]


def value_path(parts: Iterable[str | int]) -> str:
    """A place in a JSON value, such as `$.flights[0].number`."""
    return "".join(["$", *map(path_step, parts)])


def path_step(part: str | int) -> str:
    """What one key or index adds to a path: `.flights`, `["two words"]`, `[0]`."""
    if isinstance(part, str) and part.isidentifier():
        return f".{part}"
    return f"[{canonical_json(part)}]"


def _short(message: str) -> str:
    text = " ".join(message.split())
    if len(text) <= MAX_MESSAGE:
        return text
    half = MAX_MESSAGE // 2
    return f"{text[:half]} ... {text[-half:]}"


def _kind(value: Any) -> str:
    names = {list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
