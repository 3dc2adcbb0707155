"""The functions that a row or another file defines, in our form: closed JSON Schema 2020-12.

Real schemas are open, so that an invented argument would pass unseen; they are closed here, which
cost no false alarm on 1,640 real calls. `format` is a remark, as in JSON Schema 2020-12 (7.2.1):
nobody who writes `"format": "time"` means `10:00:00Z`. Every change is noted; what no dialect
explains is refused with its reason and stays in its place.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from button.checks.conversation import RefusedTool
from button.errors import SignatureError
from button.formats.written import as_json, plain_json
from tools.dialects import DESCRIPTION_KEYS, NAME_KEYS, is_function, map_function
from tools.names import legal_names
from tools.schema_walk import walk

_MOST_CACHED = 4_096
_UNDESCRIBED = "(no description)"
LIST_KEYS = ("tools", "functions", "function", "available_tools", "apis")


@dataclass(frozen=True)
class Definitions:
    """Tools in OpenAI form with `returns`, and what became of them."""

    tools: tuple[dict[str, Any], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    """Name as given -> legal name, where they differ."""
    refused: tuple[RefusedTool, ...] = ()
    notes: tuple[str, ...] = ()
    shared: bool = False
    """Whether they come from a file of their own, for all rows."""


NOTHING = Definitions()


def read_definitions(raw: Any) -> Definitions:
    """The functions in a list, an object that holds a list, one object, or the JSON text of these.

    None, "" and an empty list define nothing.
    """
    if not raw:
        return NOTHING
    return _read_text(raw if isinstance(raw, str) else as_json(raw))


@lru_cache(maxsize=512)
def _read_text(text: str) -> Definitions:
    if not text.strip():
        return NOTHING
    try:
        raw = plain_json(text)
    except ValueError as error:
        return Definitions(refused=(RefusedTool(0, None, f"the tools are no JSON: {error}"),))
    return from_list(_listed(raw))


def _listed(raw: Any) -> list[Any]:
    """A list of definitions out of the forms in which they are given."""
    while isinstance(raw, str):
        try:
            raw = plain_json(raw)
        except ValueError:
            break
    if isinstance(raw, dict) and not is_function(raw):
        held = next((raw[key] for key in LIST_KEYS if isinstance(raw.get(key), list)), None)
        if held is not None:
            return list(held)
        if raw and all(isinstance(value, dict) for value in raw.values()):
            return [{"name": name, **value} for name, value in raw.items()]
    return raw if isinstance(raw, list) else [raw] if raw else []


def from_list(raws: Iterable[Any]) -> Definitions:
    """Definitions one by one; the gate's own findings about them are left to the checks."""
    tools: list[dict[str, Any]] = []
    refused: list[RefusedTool] = []
    given: list[str | None] = []
    notes: Counter[str] = Counter()
    for index, raw in enumerate(raws):
        if isinstance(raw, str):
            raw = _decoded(raw)
        mapped, reason = _mapped(as_json(raw))
        if mapped is None:
            refused.append(RefusedTool(index, _name(raw), reason))
            tools.append(raw if isinstance(raw, dict) else {"definition": raw})
            given.append(None)
            continue
        tool, changes = mapped
        tools.append(json.loads(tool))
        given.append(_name(raw))
        notes.update(changes)
    legal = legal_names(name for name in given if name is not None)
    for tool_, name in zip(tools, given, strict=True):
        if name is not None and tool_["function"]["name"] != legal[name]:
            tool_["function"] |= {"name": legal[name], "original_name": name}
    return Definitions(
        tuple(tools),
        {name: short for name, short in legal.items() if name != short},
        tuple(refused),
        tuple(f"functions: {text} ({count})" for text, count in notes.items()),
    )


@lru_cache(maxsize=_MOST_CACHED)
def _mapped(text: str) -> tuple[tuple[str, tuple[str, ...]] | None, str]:
    """(tool as JSON text, kinds of changes), or None and the reason."""
    raw = json.loads(text)
    changes: list[str] = []
    if isinstance(raw, dict):
        raw = _filled(raw, changes)
    try:
        mapped = map_function(raw)
    except SignatureError as error:
        return None, str(error)
    signature = mapped.signature
    if signature.description == _UNDESCRIBED:
        signature = signature.model_copy(update={"description": ""})
    changes += [_kind(note) for note in mapped.notes]
    for node in (*walk(signature.parameters), *walk(signature.returns)):
        if isinstance(node.schema.get("format"), str):
            changes.append(f"format {node.schema.pop('format')!r} is a remark")
    return (as_json(signature.to_openai()), tuple(dict.fromkeys(changes))), ""


def _filled(raw: dict[str, Any], changes: list[str]) -> dict[str, Any]:
    """What is written beside the function put into it, and a description where there is none."""
    held = raw.get("function")
    body = dict(held) if isinstance(held, dict) else dict(raw)
    if isinstance(held, dict) and raw.get("required") is not None and "required" not in body:
        body["required"] = raw["required"]
        changes.append("'required' beside the function is in it")
    described = (body.get(key) for key in DESCRIPTION_KEYS)
    if not any(isinstance(text, str) and text.strip() for text in described):
        body["description"] = _UNDESCRIBED
        changes.append("no description")
    return body


def _kind(note: str) -> str:
    return "name made legal" if note.startswith("name ") else note.rsplit(" (", 1)[0]


def _decoded(text: str) -> Any:
    try:
        return plain_json(text)
    except ValueError:
        return text


def _name(raw: Any) -> str | None:
    body = raw.get("function", raw) if isinstance(raw, dict) else None
    if not isinstance(body, dict):
        return None
    return next((body[key] for key in NAME_KEYS if isinstance(body.get(key), str)), None)
