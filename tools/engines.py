"""The two JSON Schema engines, set up so that neither fetches, backtracks or disagrees.

The fast one (jsonschema-rs) decides; the other (jsonschema) words the errors for people, within a
budget of steps: alternatives inside alternatives have exponentially many reasons. Formats,
patterns, `multipleOf` and `uniqueItems` are decided by the fast engine in both: Python's `re` knows
no Unicode classes, lets `$` match before a newline and can be made to backtrack for seconds; float
remainders make `multipleOf 0.01` refuse 4.35.
"""

import json
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import lru_cache
from typing import Any, Protocol

import jsonschema_rs
import referencing
from jsonschema import Draft202012Validator, ValidationError, validators

from button.canonical import canonical_json

MAX_COMPILED = 4096
MAX_PATTERN_BYTES = 1_000_000
"""Largest compiled form of a pattern."""
MAX_STEPS = 2_000
"""Keywords looked at to word the errors of one value; the official test suite needs at most 64."""

_steps: ContextVar[list[int] | None] = ContextVar("steps left", default=None)


class TooManyStepsError(ValueError):
    """The errors of a value are not worth their search."""


Keyword = Callable[[Any, Any, Any, Any], Any]
"""How jsonschema calls a keyword: validator, value of the keyword, instance, schema."""


class Explainer(Protocol):
    """What is used of a jsonschema validator."""

    def iter_errors(self, instance: Any) -> Iterator[ValidationError]: ...


def explained(text: str, instance: Any) -> list[ValidationError]:
    """The errors of `instance` against the canonical JSON of a schema.

    Raises:
        TooManyStepsError: finding them takes more than `MAX_STEPS`.
    """
    token = _steps.set([MAX_STEPS])
    try:
        return list(explaining_engine(text).iter_errors(instance))
    finally:
        _steps.reset(token)


def compile_fast(schema: dict[str, Any]) -> jsonschema_rs.Draft202012Validator:
    """The deciding engine: linear-time patterns, formats asserted, no retrieval.

    Raises:
        ValueError: where the schema is invalid, has a dangling `$ref` or a pattern that the linear
            engine cannot hold.
    """
    return jsonschema_rs.Draft202012Validator(
        schema,
        validate_formats=True,
        retriever=_refuse_retrieval,
        pattern_options=jsonschema_rs.RegexOptions(size_limit=MAX_PATTERN_BYTES),
    )


@lru_cache(maxsize=MAX_COMPILED)
def fast_engine(text: str) -> jsonschema_rs.Draft202012Validator:
    """`compile_fast` for the canonical JSON of a schema, once per content."""
    return compile_fast(json.loads(text))


@lru_cache(maxsize=MAX_COMPILED)
def explaining_engine(text: str) -> Explainer:
    """The engine that words errors, for the canonical JSON of a schema, once per content."""
    explainer: Explainer = _Explaining(json.loads(text), registry=referencing.Registry())
    return explainer


def pattern_problem(pattern: str) -> str | None:
    """Why the linear-time engine cannot compile `pattern`, or None where it can."""
    try:
        compile_fast({"pattern": pattern})
    except ValueError:
        return f"pattern {pattern!r} is not a linear-time regular expression"
    return None


def _refuse_retrieval(uri: str) -> Any:
    raise ValueError(f"{uri!r} is not in the document, and nothing is fetched")


def _decides(keyword: str, value: Any, instance: Any) -> bool:
    return fast_engine(canonical_json({keyword: value})).is_valid(instance)


def _pattern(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    if not _decides("pattern", pattern, instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _format(_: Any, name: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    if not _decides("format", name, instance):
        yield ValidationError(f"{instance!r} is not a {name!r}")


def _multiple_of(_: Any, step: float, instance: Any, __: Any) -> Iterator[ValidationError]:
    if not _decides("multipleOf", step, instance):
        yield ValidationError(f"{instance!r} is not a multiple of {step}")


def _unique_items(_: Any, wanted: bool, instance: Any, __: Any) -> Iterator[ValidationError]:
    if not _decides("uniqueItems", wanted, instance):
        yield ValidationError(f"{instance!r} has non-unique elements")


def _pattern_properties(
    validator: Any, named: dict[str, Any], instance: Any, _: Any
) -> Iterator[ValidationError]:
    for pattern, schema in named.items() if isinstance(instance, dict) else ():
        for key in instance:
            if _decides("pattern", pattern, key):
                yield from validator.descend(instance[key], schema, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, additional: Any, instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    for key in instance if isinstance(instance, dict) else ():
        if key in named or any(_decides("pattern", pattern, key) for pattern in patterns):
            continue
        if additional is False:
            allowed = ", ".join(repr(name) for name in named) or "none"
            yield ValidationError(f"unexpected property {key!r} (allowed: {allowed})")
        else:
            yield from validator.descend(instance[key], additional, path=key)


def _counted(keyword: Keyword) -> Keyword:
    """A keyword that takes a step of the budget, where there is one."""

    def step(validator: Any, value: Any, instance: Any, schema: Any) -> Any:
        left = _steps.get()
        if left is not None:
            left[0] -= 1
            if left[0] < 0:
                raise TooManyStepsError(f"more than {MAX_STEPS} steps")
        return keyword(validator, value, instance, schema)

    return step


_OURS: dict[str, Keyword] = {
    "pattern": _pattern,
    "format": _format,
    "multipleOf": _multiple_of,
    "uniqueItems": _unique_items,
    "patternProperties": _pattern_properties,
    "additionalProperties": _additional_properties,
}
_Explaining = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {
        name: _counted(keyword)
        for name, keyword in {**Draft202012Validator.VALIDATORS, **_OURS}.items()
    },
)
