"""Clauses about functions the world does not know: said and read by their schemas alone.

The form is regular so that it can be read back: what the function does, then each required leaf as
its label and its value, texts in quotes: `change the drink order (drink id: "latte")`.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from random import Random
from typing import TYPE_CHECKING, Any

from button.canonical import canonical_json
from button.models.embedded.clauses import nested
from button.models.embedded.unseen_values import draw_value, required_leaves
from button.models.embedded.unseen_wording import imperative, label_of, words_of
from button.models.embedded.wording import say_number
from button.models.embedded.world import the_world

if TYPE_CHECKING:
    from button.models.embedded.plan import Source, Step

RESULTING = "the resulting "
DATE_PAIRS = (("start", "end"), ("in", "out"), ("departure", "return"), ("from", "to"))
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_VALUE = r'(?:"[^"]*"(?:(?:, | and )"[^"]*")*|-?[\d.,]*\d|yes|no|null|the resulting [a-z0-9 ]+?)'


@dataclass(frozen=True)
class UnseenClause:
    """One call of an unknown function, with literal values and references by leaf path."""

    function: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(self.function["name"])

    def said(self, path: str) -> str:
        """The words for one leaf."""
        return self.references[path] if path in self.references else say_leaf(self.values[path])

    def text(self) -> str:
        """The clause in words."""
        pairs = [f"{label_of(path)}: {self.said(path)}" for path in self._paths()]
        head = imperative(self.function)
        return f"{head} ({', '.join(pairs)})" if pairs else head

    def _paths(self) -> list[str]:
        return [
            path
            for path, _ in required_leaves(self.function.get("parameters", {}))
            if path in self.values or path in self.references
        ]

    def arguments(self, resolved: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The arguments object."""
        return nested({**self.values, **(resolved or {})})

    def source(self, path: str, before: Sequence["Step"]) -> "Source | None":
        """The step whose result a reference means: the one that returns it, else by position."""
        from button.models.embedded.plan import Source  # noqa: PLC0415 - the two know each other

        wanted = field_of(self.references[path])
        for step in before:
            if isinstance(step.clause, UnseenClause) and wanted in _returned(step.clause.function):
                return Source(step, None)
        index = sorted(self.references).index(path)
        return Source(before[min(index, len(before) - 1)], None) if before else None


def field_of(reference: str) -> str:
    """The field name that `the resulting drink id` means."""
    return reference.removeprefix(RESULTING).replace(" ", "_")


def _returned(function: Mapping[str, Any]) -> set[str]:
    return {"_".join(words_of(name)) for name in function.get("returns", {}).get("properties", {})}


def say_leaf(value: Any) -> str:
    """A value in the regular form."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return say_number(value)
    if isinstance(value, str):
        return '"' + value.replace('"', "'") + '"'
    if isinstance(value, list) and value and all(isinstance(item, str) for item in value):
        quoted = [say_leaf(item) for item in value]
        return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def draw_unseen(
    function: Mapping[str, Any],
    rng: Random,
    today: str,
    references: Mapping[str, str] | None = None,
) -> UnseenClause:
    """A clause with drawn values for every required leaf that no reference fills."""
    references = references or {}
    values = {
        path: _no_quotes(draw_value(schema, path.rsplit(".", 1)[-1], rng, today))
        for path, schema in required_leaves(function.get("parameters", {}))
        if path not in references
    }
    _order_dates(values)
    return UnseenClause(function, values, references)


def _order_dates(values: dict[str, Any]) -> None:
    """What ends does not end before it starts."""
    for start, end in DATE_PAIRS:
        first = next((path for path in values if start in words_of(path)), None)
        last = next((path for path in values if end in words_of(path)), None)
        days = [str(values.get(path or "", "")) for path in (first, last)]
        if first and last and all(map(_DATE.fullmatch, days)) and days[1] < days[0]:
            values[first], values[last] = values[last], values[first]


def _no_quotes(value: Any) -> Any:
    return value.replace('"', "'") if isinstance(value, str) else value


def read_unseen(text: str, functions: Sequence[Mapping[str, Any]]) -> UnseenClause | None:
    """The clause that `text` says about one of `functions`, or None."""
    return _read(text, canonical_json(list(functions)))


def is_of_the_world(function: Mapping[str, Any]) -> bool:
    """Whether a function is one of the world's own, by name and parameters."""
    own = the_world().functions.get(str(function["name"]))
    return own is not None and own.signature.parameters == function.get("parameters")


@lru_cache(maxsize=4096)
def _read(text: str, functions_json: str) -> UnseenClause | None:
    functions: list[dict[str, Any]] = json.loads(functions_json)
    text = text.strip().removesuffix(".")
    options = [f for f in functions if text.lower().startswith(imperative(f).lower())]
    readings = [reading for f in options if (reading := _read_one(text, f)) is not None]
    return max(readings, key=lambda r: len(r.values) + len(r.references), default=None)


def _read_one(text: str, function: Mapping[str, Any]) -> UnseenClause | None:
    rest = text[len(imperative(function)) :]
    values: dict[str, Any] = {}
    references: dict[str, str] = {}
    leaves = list(required_leaves(function.get("parameters", {})))
    for index, (path, schema) in enumerate(leaves):
        lead = f"{', ' if index else ' ('}{label_of(path)}: "
        if not rest.startswith(lead):
            return None
        rest = rest[len(lead) :]
        last = index + 1 == len(leaves)
        words = _scan(rest, ")" if last else f", {label_of(leaves[index + 1][0])}: ")
        if words is None:
            return None
        rest = rest[len(words) + last :]
        if words.startswith(RESULTING):
            references[path] = words
        else:
            values[path] = _value_of(words, schema)
    return None if rest else UnseenClause(function, values, references)


def _scan(rest: str, following: str) -> str | None:
    """The words of one value at the beginning of `rest`, before `following`."""
    if rest[:1] in ("{", "["):
        try:
            _, end = json.JSONDecoder().raw_decode(rest)
        except ValueError:
            return None
        return rest[:end]
    match = re.match(f"{_VALUE}(?={re.escape(following)})", rest)
    return match[0] if match else None


def _value_of(words: str, schema: Mapping[str, Any]) -> Any:
    kind = schema.get("type", "string")
    kind = kind[0] if isinstance(kind, list) else kind
    quoted = re.findall(r'"([^"]*)"', words)
    if words[0] in "{[":
        return json.loads(words)
    if kind == "array":
        return quoted or [_scalar(words)]
    return quoted[0] if quoted else _scalar(words)


def _scalar(words: str) -> Any:
    if words in ("yes", "no", "null"):
        return None if words == "null" else words == "yes"
    number = float(words.replace(",", ""))
    return int(number) if number == int(number) else number
