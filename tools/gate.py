"""What a function signature must be before anything is built on it.

The gate refuses what is unsound (not JSON Schema 2020-12, open objects, names endpoints refuse)
and what is hostile (references out of the document or in a circle, patterns that backtrack, schemas
made to exhaust a validator). Reasons are stable codes, so that rejections can be counted.
"""

import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import jsonschema_rs

from button.canonical import canonical_json
from button.errors import SignatureError
from button.records import FunctionSignature
from tools.bounds import SCHEMA_BOUNDS, bounds_problem
from tools.closure import closure_problems
from tools.engines import compile_fast, pattern_problem
from tools.names import LEGAL_NAME
from tools.references import reference_problems
from tools.schema_walk import Node, walk

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TYPES = ("array", "boolean", "integer", "null", "number", "object", "string")
FORBIDDEN = ("$id", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$vocabulary")
NO_SCHEMA = ("unknown-type", "metaschema")
"""Codes of what is no JSON Schema at all."""
GRAVE = ("dialect", *NO_SCHEMA)
"""Codes after which a schema is not looked at any further."""
MAX_BYTES = 64_000
MAX_ENUM = 2_000
MAX_PATTERN = 512
MAX_CACHED = 8_192


class Problem(NamedTuple):
    """One reason to refuse a signature."""

    code: str
    detail: str


def check_signature(signature: FunctionSignature, *, returns_required: bool = True) -> None:
    """Pass a sound signature, refuse any other.

    Args:
        signature: what is to be checked.
        returns_required: False admits `returns == {}`, which an imported function has whose
            catalogue does not say what it returns.

    Raises:
        SignatureError: with the first reason; `code` is stable.
    """
    for problem in signature_problems(signature, returns_required=returns_required):
        raise SignatureError(problem.code, f"function {signature.name!r}: {problem.detail}")


def gate_problems(
    signatures: Sequence[FunctionSignature], *, returns_required: bool = True
) -> list[str]:
    """Every reason against a set of signatures, one line each; empty where the set is sound."""
    lines = []
    names: set[str] = set()
    for signature in signatures:
        found = list(signature_problems(signature, returns_required=returns_required))
        if signature.name in names:
            found.append(Problem("duplicate-name", "the name is used twice in this set"))
        names.add(signature.name)
        lines += [f"function {signature.name!r}: {code}: {detail}" for code, detail in found]
    return lines


def signature_problems(
    signature: FunctionSignature, *, returns_required: bool = True
) -> tuple[Problem, ...]:
    """Every reason to refuse one signature, the gravest first."""
    named = {"parameters": signature.parameters, "returns": signature.returns}
    for part, schema in named.items():
        if (problem := bounds_problem(schema, SCHEMA_BOUNDS)) is not None:
            return (Problem("too-large", f"{part}: {problem}"),)
    try:
        text = canonical_json([signature.name, signature.description, named])
    except ValueError as error:
        return (Problem("not-json", str(error)),)
    if len(text.encode("utf-8")) > MAX_BYTES:
        return (Problem("too-large", f"more than {MAX_BYTES} bytes"),)
    return _problems(text, returns_required)


@lru_cache(maxsize=MAX_CACHED)
def _problems(text: str, returns_required: bool) -> tuple[Problem, ...]:
    name, description, named = json.loads(text)
    problems = list(_label_problems(name, description))
    for part, schema in named.items():
        if part == "returns" and schema == {}:
            if returns_required:
                problems.append(Problem("no-returns", "returns: no schema for the result"))
            continue
        found = _schema_problems(schema)
        problems += [Problem(code, f"{part}{detail}") for code, detail in found]
    return tuple(problems)


def _label_problems(name: str, description: str) -> Iterator[Problem]:
    if not LEGAL_NAME.match(name):
        yield Problem("name", f"{name!r} is not of the form {LEGAL_NAME.pattern[:-2]}")
    if not description.strip():
        yield Problem("no-description", "the description is empty")


def _schema_problems(schema: dict[str, Any]) -> list[Problem]:
    nodes = list(walk(schema))
    problems = soundness_problems(schema, nodes)
    if not any(problem.code in GRAVE for problem in problems):
        problems += [Problem(*found) for found in closure_problems(nodes)]
    return problems


def soundness_problems(schema: dict[str, Any], nodes: Sequence[Node]) -> list[Problem]:
    """What keeps a schema out of the supported subset of JSON Schema 2020-12.

    The subset: one document, references within it that end, patterns that are matched in linear
    time. What a function's parameters need besides (closed objects) is not asked here.

    Args:
        schema: the document.
        nodes: its schemas, from `walk`.
    """
    grave = list(_dialect_problems(schema))
    if grave:
        return grave
    problems = [problem for node in nodes for problem in _node_problems(node)]
    problems += [Problem("reference", detail) for detail in reference_problems(schema, nodes)]
    if not problems:
        try:
            compile_fast(schema)
        except ValueError as error:
            problems.append(Problem("uncompilable", f": {str(error).splitlines()[0]}"))
    return problems


def _dialect_problems(schema: dict[str, Any]) -> Iterator[Problem]:
    dialect = schema.get("$schema", DIALECT)
    if not isinstance(dialect, str) or dialect.rstrip("#") != DIALECT:
        yield Problem("dialect", f": $schema {dialect!r} is not {DIALECT!r}")
        return
    try:
        jsonschema_rs.meta.validate({**schema, "$schema": DIALECT})
    except ValueError as error:
        path = [str(part) for part in getattr(error, "instance_path", [])]
        message = getattr(error, "message", str(error))
        if "type" in path[-2:]:
            allowed = ", ".join(TYPES)
            message = f"unknown type {getattr(error, 'instance', None)!r} (known: {allowed})"
            yield Problem("unknown-type", f"/{'/'.join(path)}: {message}")
        else:
            yield Problem("metaschema", f"/{'/'.join(path)}: {message}")


def _node_problems(node: Node) -> Iterator[Problem]:
    where, schema = node.pointer, node.schema
    for keyword in FORBIDDEN:
        if keyword in schema:
            yield Problem("forbidden-keyword", f"{where}: {keyword!r} is not allowed")
    if "$schema" in schema and node.parent is not None:
        yield Problem("forbidden-keyword", f"{where}: '$schema' is allowed at the root only")
    enum = schema.get("enum", [None])
    if not enum:
        yield Problem("enum", f"{where}: an empty enum admits nothing")
    elif len(enum) > MAX_ENUM:
        yield Problem("enum", f"{where}: enum of {len(enum)} values (at most {MAX_ENUM})")
    patterns = [schema["pattern"]] if "pattern" in schema else []
    for pattern in [*patterns, *schema.get("patternProperties", {})]:
        if len(pattern) > MAX_PATTERN:
            yield Problem("pattern", f"{where}: pattern longer than {MAX_PATTERN} characters")
        elif (problem := pattern_problem(pattern)) is not None:
            yield Problem("pattern", f"{where}: {problem}")
