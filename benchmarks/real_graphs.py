"""NESTFUL: is the derived graph of calls the one that its `$var` references write down?

Once from the references as they are read, and once without them: every call is answered with
made-up values, and a reference becomes the value that it stands for, so that only the values tell
who feeds whom.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from button.checks import Conversation
from button.checks.dependencies import Dependencies, of_calls
from button.checks.prepared import Prepared
from button.checks.profile import CALLS
from button.records import CalledFunction, Message, ToolCall

_REFERENCE = re.compile(r"\$(var\d+)(?:\.([^$]+))?\$")
_GATHERED = "var_result"
Needs = dict[int, frozenset[int]]


@dataclass
class Graphs:
    """How many items were compared, and where the derived graph differs."""

    items: int = 0
    as_referred: int = 0
    as_played: int = 0
    shapes: Counter[str] = field(default_factory=Counter)
    """Of what is written: `chain`, `single`, and `wide` where calls share a level."""
    unlike: list[str] = field(default_factory=list)


def graphs(items: Iterable[tuple[Mapping[str, Any], Conversation]]) -> Graphs:
    """Compare for each (row, conversation)."""
    found = Graphs()
    for number, (row, talk) in enumerate(items, 1):
        made = _calls(row)
        needs = written(made)
        found.items += 1
        found.shapes[form(needs)] += 1
        referred, acted = derived(talk), derived(played(str(row["input"]), made, talk))
        found.as_referred += referred == needs
        found.as_played += acted == needs
        for name, graph in (("referred", referred), ("played", acted)):
            if graph != needs:
                found.unlike.append(f"NESTFUL, item {number}, {name}: {_shown(graph, needs)}")
    return found


def written(made: list[dict[str, Any]]) -> Needs:
    """Position of a call -> positions of those whose results it refers to."""
    return {
        at: frozenset(_source(made, at, label) for label, _ in _references(call))
        for at, call in enumerate(made)
    }


def form(needs: Needs) -> str:
    """`single`, `chain`, or `wide` where several calls have the same level."""
    if len(needs) == 1:
        return "single"
    levels: dict[int, int] = {}
    for at, before in needs.items():  # no reference points forward
        levels[at] = max((levels[each] + 1 for each in before), default=0)
    return "chain" if len(set(levels.values())) == len(levels) else "wide"


def derived(talk: Conversation) -> Needs:
    """The graph that the checks find, by the positions of the calls."""
    graph: Dependencies = of_calls(Prepared.of(talk, CALLS))
    places = {call: at for at, call in enumerate(graph.needs)}
    return {
        places[call]: frozenset(places[each] for each in needed)
        for call, needed in graph.needs.items()
    }


def played(request: str, made: list[dict[str, Any]], talk: Conversation) -> Conversation:
    """The conversation with one call a turn, results, and values where references were."""
    kinds = _result_types(talk)
    results: list[dict[str, Any]] = [{} for _ in made]
    for at, call in enumerate(made):
        for label, path in _references(call):
            source = _source(made, at, label)
            kind = kinds.get(str(made[source]["name"]), {}).get(path, "string")
            results[source].setdefault(path or "value", _value(kind, source, path))
    messages = [Message(role="user", content=request)]
    for at, call in enumerate(made):
        held = {label: results[_source(made, at, label)] for label, _ in _references(call)}
        arguments = _filled(call["arguments"], held)
        identifier = f"played{at:03}"
        function = CalledFunction(name=str(call["name"]), arguments=arguments)
        messages.append(
            Message(role="assistant", tool_calls=(ToolCall(id=identifier, function=function),))
        )
        content = json.dumps({"status": "ok", **results[at]})
        messages.append(Message(role="tool", content=content, tool_call_id=identifier))
    return Conversation(tuple(messages), talk.tools)


def _calls(row: Mapping[str, Any]) -> list[dict[str, Any]]:
    made = json.loads(row["output"]) if isinstance(row["output"], str) else row["output"]
    return [call for call in made if call["name"] != _GATHERED]


def _references(call: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(label, field) of each reference in the arguments; the field is "" for a whole result."""
    return _REFERENCE.findall(json.dumps(call["arguments"]))


def _source(made: list[dict[str, Any]], at: int, label: str) -> int:
    """Position of the last call before `at` with this label; one item uses a label twice."""
    return max(before for before in range(at) if made[before]["label"].strip("$") == label)


def _result_types(talk: Conversation) -> dict[str, dict[str, str]]:
    """Function -> property of its result -> type, as far as the definitions tell."""
    found: dict[str, dict[str, str]] = {}
    for tool in talk.tools:
        function = tool.get("function", {})
        properties = (function.get("returns") or {}).get("properties", {})
        found[str(function.get("name"))] = {
            name: str(schema.get("type")) for name, schema in properties.items()
        }
    return found


def _value(kind: str, source: int, path: str) -> Any:
    """A value that nobody else says, always the same for a field of a result."""
    number = sum(ord(c) * (at + 7) for at, c in enumerate(f"{source}.{path}")) + 0.37
    if kind in ("number", "integer"):
        return int(number) if kind == "integer" else number
    text = f"{path or 'value'} V{source}-{int(number)}"
    return [f"{text} a", f"{text} b"] if kind == "array" else text


def _filled(node: Any, results: Mapping[str, Mapping[str, Any]]) -> Any:
    if isinstance(node, dict):
        return {key: _filled(value, results) for key, value in node.items()}
    if isinstance(node, list):
        return [_filled(value, results) for value in node]
    if not isinstance(node, str):
        return node
    whole = _REFERENCE.fullmatch(node)
    if whole:
        return results[whole[1]][whole[2] or "value"]
    return _REFERENCE.sub(lambda match: str(results[match[1]][match[2] or "value"]), node)


def _shown(graph: Needs, needs: Needs) -> str:
    return ", ".join(
        f"call {at + 1} needs {_places(graph.get(at))}, written {_places(needs.get(at))}"
        for at in sorted(graph.keys() | needs.keys())
        if graph.get(at) != needs.get(at)
    )


def _places(needed: frozenset[int] | None) -> str:
    return "no such call" if needed is None else str([at + 1 for at in sorted(needed)])
