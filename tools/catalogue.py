"""Function catalogues: files of function definitions, as groups of sound signatures.

Read: OpenAI tools (a JSON list, JSON Lines, `{"tools": [...]}`), BFCL rows with a `function` list,
BFCL function documentation with one function a line, bare lists of functions. Functions that stand
together in one row stay one group; functions that stand alone are grouped in the order of the file.
"""

import json
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from button.errors import InputError, SignatureError
from button.records import FunctionSignature
from tools.dialects import is_function, map_function
from tools.documents import Row, read_rows
from tools.gate import check_signature
from tools.names import legal_names

MAX_TOGETHER = 8
"""Most functions of one group where the file does not say what belongs together."""
LIST_KEYS = ("function", "functions", "tools")


class SkippedFunction(NamedTuple):
    """A function, or a row without one, that was left out."""

    file: str
    line: int
    name: str | None
    reason: str


class FunctionGroup(NamedTuple):
    """Functions that belong together, and the row (of the first) they came from."""

    functions: tuple[FunctionSignature, ...]
    line: int


class Catalogue(NamedTuple):
    """What one file held."""

    file: str
    groups: list[FunctionGroup]
    skipped: list[SkippedFunction]
    rows: int
    functions: int
    """Definitions in the file, the skipped ones included."""
    notes: dict[str, int]
    """What was changed in how many functions, for a report."""


def read_catalogue(path: Path) -> Catalogue:
    """The functions of a file that pass the gate, in groups, and what was left out with the reason.

    Raises:
        InputError: where the file cannot be read or holds no usable function.
    """
    catalogue = Catalogue(path.name, [], [], 0, 0, {})
    rows = functions = 0
    alone: list[tuple[int, Any]] = []
    for row in read_rows(path):
        rows += 1
        raws = _functions_of(row, catalogue)
        functions += len(raws)
        if raws and is_function(row.value):
            alone.append((row.number, raws[0]))
        elif raws:
            _add_group(catalogue, [(row.number, raw) for raw in raws])
    for members in _even_parts(alone):
        _add_group(catalogue, members)
    if not catalogue.groups:
        reason = catalogue.skipped[0].reason if catalogue.skipped else "no rows"
        raise InputError(f"{path}: no usable function in it (first reason: {reason})")
    return catalogue._replace(rows=rows, functions=functions)


def merge_groups(
    catalogues: Iterable[Catalogue],
) -> Iterator[tuple[str, FunctionGroup, str | None]]:
    """Every group with its file and, where an equal one came before, the source of that one."""
    first: dict[tuple[str, ...], str] = {}
    for catalogue in catalogues:
        for group in catalogue.groups:
            key = tuple(sorted(signature.id for signature in group.functions))
            source = f"{catalogue.file}:{group.line}"
            yield catalogue.file, group, first.get(key)
            first.setdefault(key, source)


def _even_parts(alone: list[tuple[int, Any]]) -> list[list[tuple[int, Any]]]:
    """Neighbours together, at most eight, in even parts: nine are 5 and 4, not 8 and 1."""
    parts = -(-len(alone) // MAX_TOGETHER)
    cuts = [round(index * len(alone) / parts) for index in range(parts + 1)] if parts else []
    return [alone[start:end] for start, end in pairwise(cuts)]


def _functions_of(row: Row, catalogue: Catalogue) -> list[Any]:
    if row.problem is not None:
        catalogue.skipped.append(SkippedFunction(catalogue.file, row.number, None, row.problem))
        return []
    if is_function(row.value):
        return [row.value]
    found = row.value
    if isinstance(found, dict):
        found = next((found[key] for key in LIST_KEYS if found.get(key)), None)
    if isinstance(found, str):
        found = _parsed(found)
    if isinstance(found, dict):
        found = [found]
    if not isinstance(found, list) or not found:
        reason = "no functions: none of 'function', 'functions', 'tools' in it"
        catalogue.skipped.append(SkippedFunction(catalogue.file, row.number, None, reason))
        return []
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _add_group(catalogue: Catalogue, members: list[tuple[int, Any]]) -> None:
    sound: dict[str, FunctionSignature] = {}
    line = 0
    for number, raw in members:
        try:
            mapped = map_function(raw)
            check_signature(mapped.signature, returns_required=False)
            name = mapped.signature.original_name or mapped.signature.name
            if name in sound:
                same = sound[name] == mapped.signature
                reason = "twice in its group" if same else "another of this name in its group"
                raise SignatureError("duplicate-name", reason)
        except SignatureError as error:
            skipped = SkippedFunction(catalogue.file, number, _name_of(raw), str(error))
            catalogue.skipped.append(skipped)
            continue
        line = line or number
        sound[name] = mapped.signature
        for note in mapped.notes:
            kind = note.rsplit(" (", 1)[0] if not note.startswith("name ") else "name made legal"
            catalogue.notes[kind] = catalogue.notes.get(kind, 0) + 1
    if sound:
        catalogue.groups.append(FunctionGroup(_uniquely_named(sound), line))


def _uniquely_named(sound: dict[str, FunctionSignature]) -> tuple[FunctionSignature, ...]:
    legal = legal_names(sound)
    return tuple(
        signature
        if signature.name == legal[original]
        else signature.model_copy(update={"name": legal[original], "original_name": original})
        for original, signature in sound.items()
    )


def _name_of(raw: Any) -> str | None:
    body = raw.get("function", raw) if isinstance(raw, dict) else None
    name = body.get("name", body.get("api_name")) if isinstance(body, dict) else None
    return name[:100] if isinstance(name, str) else None
