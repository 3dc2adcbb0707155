"""Where each argument came from: the origin of every scalar leaf of every call.

Only what was said before a call counts. A value that the human said before any tool gave it back is
the human's; an answer that merely echoes the arguments of its own call is no source.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from button.checks.arithmetic import by_arithmetic, by_unit
from button.checks.calendar_steps import by_calendar
from button.checks.leaves import Leaf, listed, schema_at
from button.checks.sources import Derived, Source
from button.checks.surface import Manner, Passage, Scalar, Surface
from button.checks.text import stem, words
from button.checks.view import Call, Result, View
from button.checks.wording import by_words
from button.records import CompositionalTask, Message, Origin

Provenance = dict[str, dict[str, Origin]]

_PLAIN_MANNERS = ("verbatim", "number")


class Trace(NamedTuple):
    """The origin of a leaf, and every call whose result can have supplied it."""

    origin: Origin
    calls: frozenset[str] = frozenset()


class _Said(NamedTuple):
    message: int
    manner: Manner


class _Held(NamedTuple):
    call: Call
    message: int
    manner: Manner
    path: str | None
    exact: bool
    echo: bool
    expected: bool
    affinity: int


def provenance(
    messages: Sequence[Message], tools: Sequence[dict[str, Any]], task: CompositionalTask | None
) -> Provenance:
    """Call id -> path of the argument leaf -> origin. `task` may be None for imported data."""
    return origins(traces(View(messages, tools, task)))


def origins(traced: dict[str, dict[str, Trace]]) -> Provenance:
    """The recorded part of traces."""
    return {
        call: {path: trace.origin for path, trace in by_path.items()}
        for call, by_path in traced.items()
    }


def traces(view: View) -> dict[str, dict[str, Trace]]:
    """Call id -> path of the argument leaf -> trace."""
    return {
        call.id: {leaf.path: _trace(view, call, leaf) for leaf in call.leaves}
        for call in view.calls
    }


def _trace(view: View, call: Call, leaf: Leaf) -> Trace:
    if leaf.value is None or leaf.value == "":
        return Trace(Origin(source="default"))
    if isinstance(leaf.value, bool):
        return Trace(_origin_of_switch(view, call, leaf))
    surface = Surface(leaf.value, view.today)
    said = _first_said(surface, view.human, call.message)
    held = list(_held(view, call, leaf, surface))
    expected = [each for each in held if each.expected and not each.echo]
    supply = frozenset(each.call.id for each in expected)
    if said and not _result_came_first(said, expected, leaf.value):
        return Trace(_origin_of_said(said, "human"))
    if expected:
        return Trace(_origin_of_held(min(expected, key=_rank)), supply)
    return _trace_unsaid(view, call, leaf, surface, held)


def _trace_unsaid(view: View, call: Call, leaf: Leaf, surface: Surface, held: list[_Held]) -> Trace:
    """A value that neither the human nor a tool meant to supply it has said."""
    said = _first_said(surface, view.system, call.message)
    if said:
        return Trace(_origin_of_said(said, "system"))
    source = _origin_in_schema(call, leaf)
    if source:
        return Trace(source)
    if held:
        best = min(held, key=_rank)
        return Trace(_origin_of_held(best), frozenset((best.call.id,)))
    derived = _derive(view, call, surface)
    if derived:
        return _trace_of_derived(derived)
    return Trace(Origin(source="nowhere"))


def _first_said(
    surface: Surface, passages: tuple[tuple[int, Passage], ...], before: int
) -> _Said | None:
    for index, passage in passages:
        if index < before:
            manner = surface.manner(passage)
            if manner:
                return _Said(index, manner)
    return None


def _result_came_first(said: _Said, expected: list[_Held], value: Scalar) -> bool:
    """Whether a result, and not the human, is where the value appeared first.

    Figures meet by chance more easily than names: for them, a field of the same name in a result
    counts more than a bare figure somewhere in the human's words.
    """
    if not expected:
        return False
    if min(each.message for each in expected) < said.message or said.manner == "count":
        return True
    return not isinstance(value, str) and any(
        each.exact and each.affinity == 2 for each in expected
    )


def _held(view: View, call: Call, leaf: Leaf, surface: Surface) -> Iterator[_Held]:
    suppliers = _suppliers(view, call)
    for source, result in view.results:
        if result.message >= call.message:
            return
        found = _find(surface, result, leaf)
        if found:
            holder, manner, exact = found
            own = {each.value for each in source.leaves}
            yield _Held(
                source,
                result.message,
                manner,
                holder.path if holder else None,
                exact,
                echo=exact and leaf.value in own,
                expected=suppliers is None or source.name in suppliers,
                affinity=_affinity(leaf.key, holder.key) if holder else 0,
            )


def _find(surface: Surface, result: Result, leaf: Leaf) -> tuple[Leaf | None, Manner, bool] | None:
    """The leaf of a result that holds the value, and whether it is that very value."""
    same = result.index.get(surface.value)
    if same:
        return max(same, key=lambda each: _affinity(leaf.key, each.key)), "verbatim", True
    manner = surface.manner(result.passage)
    if manner is None or manner == "count":
        return None
    for each in result.leaves:
        if surface.manner(Passage(str(each.value), result.passage.today)):
            return each, manner, words(str(each.value)) == surface.words
    return None, manner, False


def _suppliers(view: View, call: Call) -> frozenset[str] | None:
    """Functions whose results may feed this call: of its own sub-task and of those before it.

    None where the task says nothing about the function: then every result may.
    """
    own = [sub.id for sub in view.sub_tasks.values() if call.name in sub.functions]
    if not own:
        return None
    before = set(own).union(*(view.ancestors[each] for each in own))
    return frozenset(
        name for each in before if each in view.sub_tasks for name in view.sub_tasks[each].functions
    )


def _rank(held: _Held) -> tuple[bool, int, int]:
    return (not held.exact, -held.affinity, held.message)


def _affinity(wanted: str, given: str) -> int:
    """2 for the same property name, 1 for a shared word, else 0."""
    if wanted == given:
        return 2
    left, right = words(wanted).split(), words(given).split()
    if left == right:
        return 2
    return int(not {stem(word) for word in left}.isdisjoint(stem(word) for word in right))


def _origin_of_said(said: _Said, speaker: str) -> Origin:
    if said.manner in _PLAIN_MANNERS:
        return Origin(source="human" if speaker == "human" else "system", message=said.message)
    return Origin(source="derived", message=said.message, note=said.manner)


def _origin_of_held(held: _Held) -> Origin:
    plain = held.manner in _PLAIN_MANNERS
    return Origin(
        source="result" if plain else "derived",
        message=held.message,
        call=held.call.id,
        path=held.path,
        note=None if plain else held.manner,
    )


def _origin_of_switch(view: View, call: Call, leaf: Leaf) -> Origin:
    """A boolean is an enum of two; the human's where the words of its name were said."""
    named = {stem(word) for word in words(leaf.key).split()} - {"is", "has", "include", "allow"}
    for index, passage in view.human:
        if index < call.message and named and named <= passage.stems:
            return Origin(source="human", message=index)
    return _origin_in_schema(call, leaf) or Origin(source="enum")


def _origin_in_schema(call: Call, leaf: Leaf) -> Origin | None:
    if call.signature is None:
        return None
    schema = call.signature.parameters
    described = schema_at(schema, leaf.keys)
    whole = call.arguments[str(leaf.keys[0])]
    defaults = [node["default"] for node in described if "default" in node]
    whole_defaults = [
        node["default"] for node in schema_at(schema, leaf.keys[:1]) if "default" in node
    ]
    if leaf.value in defaults or whole in whole_defaults:
        return Origin(source="default")
    if any(leaf.value in (*listed(node, "enum"), node.get("const")) for node in described):
        return Origin(source="enum")
    return None


def _derive(view: View, call: Call, surface: Surface) -> Derived | None:
    sources = [Source(passage, index) for index, passage in view.human if index < call.message]
    sources += [
        Source(result.passage, result.message, earlier.id, result.leaves)
        for earlier, result in view.results
        if result.message < call.message
    ]
    if isinstance(surface.value, str):
        if surface.is_moment:
            now = [Source(said, index) for index, said in view.system]
            return by_calendar(surface, sources, now)
        return by_words(surface.value, sources, view.today)
    value = surface.number
    if value is None:
        return None
    decimals = 0 if value.is_integer() else min(2, len(repr(value).partition(".")[2]))
    for source in sources:
        if source.call is None and surface.manner(source.passage) == "count":
            return Derived("count", (source,))
    return by_unit(value, sources) or by_arithmetic(value, sources, decimals)


def _trace_of_derived(derived: Derived) -> Trace:
    calls = [source for source in derived.sources if source.call]
    first = calls[0] if calls else derived.sources[0]
    origin = Origin(
        source="derived",
        message=first.message,
        call=first.call,
        path=derived.path if first.call else None,
        note=derived.note,
    )
    return Trace(origin, frozenset(source.call for source in calls if source.call))
