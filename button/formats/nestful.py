"""NESTFUL: a request and its calls, in which `$var1.field$` stands for a field of a result.

There are no results. A reference is recorded as the source of its argument, and a turn ends before
a call that refers to one of its own. `var_result`, which only names what is to be returned, is no
call.
"""

import re
from typing import Any

from button.checks.conversation import Conversation, Reference
from button.checks.leaves import leaves
from button.checks.profile import CALLS
from button.formats.chats import functions_of
from button.formats.definitions import Definitions
from button.formats.dialogue import Dialogue
from button.formats.format import Format, UnreadableRowError
from button.formats.written import WrittenCall, calls_of, plain_json, text_of_value

_GATHERED = "var_result"
_REFERENCE = re.compile(r"\$(\w+?)(?:\.([^$]+))?\$")


def _matches(row: dict[str, Any]) -> bool:
    calls = row.get("output")
    if not isinstance(row.get("input"), str):
        return False
    if isinstance(calls, str):
        return calls.lstrip().startswith("[{") and '"arguments"' in calls
    return isinstance(calls, list) and all(isinstance(c, dict) and "name" in c for c in calls)


def _read(row: dict[str, Any], external: Definitions | None) -> Conversation:
    dialogue = Dialogue(functions_of(row, "", external))
    dialogue.says("user", text_of_value(row["input"]))
    raw = row["output"]
    try:
        made = plain_json(raw) if isinstance(raw, str) else raw
        calls = calls_of(made)
    except ValueError as error:
        raise UnreadableRowError(f"malformed calls: {error}") from error
    labels = [str(each.get("label", "")).strip("$") for each in made]
    references: dict[str, dict[str, Reference]] = {}
    ids: dict[str, str] = {}
    for turn in _turns(dialogue, calls, labels):
        made_ids = dialogue.assistant("", [calls[at] for at in turn])
        for at, identifier in zip(turn, made_ids, strict=True):
            referring = _references(calls[at], ids)
            if referring:
                references[identifier] = referring
        ids |= {labels[at]: each for at, each in zip(turn, made_ids, strict=True) if labels[at]}
    return dialogue.conversation(references=references)


def _turns(dialogue: Dialogue, calls: list[WrittenCall], labels: list[str]) -> list[list[int]]:
    """The positions of the calls, parted where a call refers to one of the turn before."""
    turns: list[list[int]] = []
    for at, call in enumerate(calls):
        if call.name == _GATHERED:
            dialogue.note(f"{_GATHERED!r}, which names what is returned, left out")
            continue
        named = {label for label, _ in _named(call).values()}
        if not turns or named & {labels[before] for before in turns[-1]}:
            turns.append([])
        turns[-1].append(at)
    return turns


def _references(call: WrittenCall, ids: dict[str, str]) -> dict[str, Reference]:
    return {
        path: Reference(ids[label], f"$.{field}" if field else "$")
        for path, (label, field) in _named(call).items()
        if label in ids
    }


def _named(call: WrittenCall) -> dict[str, tuple[str, str | None]]:
    """Path of an argument -> (label, field) of the result that it stands for."""
    found = {}
    for leaf in leaves(call.arguments):
        match = _REFERENCE.search(leaf.value) if isinstance(leaf.value, str) else None
        if match:
            found[leaf.path] = (match[1], match[2])
    return found


NESTFUL = Format("nestful", "input and output of calls", _matches, _read, CALLS)
