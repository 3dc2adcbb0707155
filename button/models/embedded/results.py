"""What a simulated function answers: a result that fits its returns, arguments and facts."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from button.canonical import canonical_json, derived_random
from button.models.embedded.calculation import calculate
from button.models.embedded.domain_format import FieldSpec, SeasonSpec
from button.models.embedded.functions import Function
from button.models.embedded.kinds import (
    DateKind,
    Kind,
    ListedKind,
    PatternKind,
    Scalar,
    TimeKind,
)
from button.models.embedded.people import called
from button.models.embedded.seasons import seasonal
from button.models.embedded.wording import clock, draw_number, minutes_of, on_weekday, tidy_number

Facts = Sequence[Mapping[str, Any]]
Tables = Mapping[str, list[dict[str, Any]]]

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
DRAWS = 40
"""How often a value is drawn again to be unlike those already in a list."""


class ResultMaker:
    """Makes the result of one call. The same call gives the same result; known facts are kept."""

    def __init__(
        self,
        function: Function,
        arguments: dict[str, Any],
        facts: Facts,
        today: str,
        tables: Tables,
        *,
        strangers: bool = False,
    ) -> None:
        self.function = function
        self.arguments = arguments
        self.today = today
        self.tables = tables
        self.strangers = strangers
        """Whether a name that no table holds gets an entry, always the same, or is an error."""
        self.rng = derived_random("result", function.name, canonical_json(arguments))
        self.known = _known_fields(function, arguments, facts)

    def make(self) -> dict[str, Any]:
        """The result object."""
        return self._object(self.function.spec.returns, {}, {}, self.known)

    def _object(
        self,
        fields: Mapping[str, FieldSpec],
        scope: dict[str, Any],
        taken: dict[str, set[Any]],
        known: Mapping[str, Any],
    ) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for name, spec in fields.items():
            inner = {**scope, **made}
            if name in known and _is_stable(spec) and spec.item is None and spec.object is None:
                made[name] = known[name]
            else:
                made[name] = self._field(name, spec, inner, taken, known)
        return made

    def _field(
        self,
        name: str,
        spec: FieldSpec,
        scope: dict[str, Any],
        taken: dict[str, set[Any]],
        known: Mapping[str, Any],
    ) -> Any:
        if spec.object is not None:
            return self._object(spec.object, scope, taken, known)
        if spec.item is not None:
            fresh: dict[str, set[Any]] = {}
            count = self.rng.randint(*(spec.list or (2, 4)))
            items: list[dict[str, Any]] = []
            for _ in range(count):
                items.append(self._item(spec.item, scope, fresh, items))
            order = self._order(spec.item, items[0])
            return sorted(items, key=lambda item: [item[name] for name in order])
        if spec.echo is not None:
            return self._argument(spec.echo)
        if spec.list is not None:
            values: list[Any] = []
            for _ in range(self.rng.randint(*spec.list)):
                value = self._unlike(lambda: self._scalar(spec, scope), set(values))
                if value not in values:
                    values.append(value)
            return values
        seen = taken.setdefault(name, set())
        kind = self.function.kinds[spec.kind] if spec.kind else None
        value = self._unlike(lambda: self._scalar(spec, scope), seen, kind)
        seen.add(called(kind, value))
        return value

    def _item(
        self,
        fields: Mapping[str, FieldSpec],
        scope: dict[str, Any],
        taken: dict[str, set[Any]],
        before: Sequence[Mapping[str, Any]],
    ) -> dict[str, Any]:
        """One more item of a list, if possible unlike all before it in whatever picks one of them.

        The cheapest of three must not cost as much as another one, wherever its price comes from.
        """
        picking = [
            name
            for name, spec in fields.items()
            if spec.season is not None or name in self.function.picking_fields
        ]
        for _ in range(DRAWS):
            drawn = {name: set(values) for name, values in taken.items()}
            item = self._object(fields, scope, drawn, {})
            if not any(item[name] == other[name] for other in before for name in picking):
                break
        taken.update(drawn)
        return item

    def _order(self, fields: Mapping[str, FieldSpec], item: Mapping[str, Any]) -> list[str]:
        """Fields by which a list stands in order: its first day and its first hour."""
        kinds = {name: self.function.kinds[spec.kind] for name, spec in fields.items() if spec.kind}
        days = [name for name, kind in kinds.items() if isinstance(kind, DateKind)]
        days += [name for name in fields if _DAY.fullmatch(str(item[name]))]
        hours = [name for name, kind in kinds.items() if isinstance(kind, TimeKind)]
        return days[:1] + hours[:1]

    def _unlike(self, draw: Callable[[], Any], seen: set[Any], kind: Kind | None = None) -> Any:
        value = draw()
        for _ in range(DRAWS):
            if called(kind, value) not in seen:
                break
            value = draw()
        return value

    def _scalar(self, spec: FieldSpec, scope: dict[str, Any]) -> Any:
        if spec.calc is not None:
            return tidy_number(calculate(spec.calc, self._scope(scope)))
        if spec.after is not None:
            return self._on_working_day(spec, self._after(spec, scope))
        if spec.season is not None:
            return self._seasonal(spec.season, scope)
        if spec.of is not None:
            return self._attribute(spec.of, spec.take or "", scope)
        if spec.kind is not None and spec.within is not None:
            return self._row_within(spec, scope)
        if spec.kind is not None:
            return self._on_working_day(
                spec, self.function.kinds[spec.kind].draw(self.rng, self.today)
            )
        if spec.number is not None:
            return draw_number(self.rng, spec.number)
        return self.rng.choice(spec.values) if spec.values else spec.fixed

    def _after(self, spec: FieldSpec, scope: dict[str, Any]) -> str:
        base = str(self._named(spec.after or "", scope))
        if spec.minus is not None:
            return clock(minutes_of(base) - int(self._named(spec.minus, scope)))
        distance = self.rng.randint(*(spec.by or (1, 1)))
        if ":" in base:
            step = 5 if distance >= 10 else 1
            return clock(minutes_of(base) + distance // step * step)
        return (date.fromisoformat(base) + timedelta(days=distance)).isoformat()

    def _on_working_day(self, spec: FieldSpec, value: Any) -> Any:
        return on_weekday(str(value), self.today) if spec.weekday else value

    def _seasonal(self, spec: SeasonSpec, scope: dict[str, Any]) -> Any:
        place, day = self._named(spec.of, scope), str(self._named(spec.day, scope))
        low, high = (
            self._attribute(spec.of, f"{month}_{spec.take}", scope) for month in ("january", "july")
        )
        return seasonal(low, high, day, derived_random("season", str(place), spec.take, day))

    def _row_within(self, spec: FieldSpec, scope: dict[str, Any]) -> Any:
        kind = self.function.kinds[spec.kind or ""]
        table, column = str(kind.spec.table).split(".")
        value = self._named(spec.within or "", scope)
        rows = self.tables[table]
        fit = [row for row in rows if row["from"] <= value <= row["to"]]
        return self.rng.choice(fit or rows)[column]

    def _attribute(self, name: str, column: str, scope: dict[str, Any]) -> Any:
        value = self._named(name, scope)
        rows = [row for table in self.tables.values() for row in table if column in row]
        for row in rows:
            if value in row.values():
                return row[column]
        if not self.strangers:
            raise KeyError(f"no {column!r} of {value!r}")
        return derived_random("attribute", column, canonical_json(value)).choice(rows)[column]

    def _named(self, name: str, scope: dict[str, Any]) -> Any:
        return scope[name] if name in scope else self._argument(name)

    def _argument(self, path: str) -> Any:
        value: Any = self.arguments
        for step in path.split("."):
            if not isinstance(value, dict) or step not in value:
                param = self.function.params[path]
                return False if param.spec.flag else param.spec.default
            value = value[step]
        return value

    def _scope(self, scope: dict[str, Any]) -> dict[str, Any]:
        names = {path.replace(".", "_"): self._argument(path) for path in self.function.params}
        return {**names, **scope}


def _known_fields(function: Function, arguments: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """Fields that earlier results asserted of an entity that this call names."""
    named: set[Scalar] = set()
    for path, param in function.params.items():
        if param.kind is not None and _is_entity(param.kind):
            value = _at(arguments, path)
            if isinstance(value, str):
                named.add(value)
    known: dict[str, Any] = {}
    if named:
        for fact in facts:
            _collect(fact["result"], named, known)
    return {
        name: value
        for name, value in known.items()
        if _is_stable(spec := function.spec.returns.get(name)) and not _is_id(function, spec)
    }


def _is_id(function: Function, spec: FieldSpec | None) -> bool:
    """Whether a field is an id: what a call makes has an id of its own."""
    return (
        spec is not None
        and spec.kind is not None
        and isinstance(function.kinds[spec.kind], PatternKind)
    )


def _is_stable(spec: FieldSpec | None) -> bool:
    """A field that describes the entity; what is computed from the arguments is made anew."""
    return spec is not None and spec.echo is None and spec.calc is None and spec.fixed is None


def _is_entity(kind: Kind) -> bool:
    """Whether a kind's values name things that have properties of their own."""
    if kind.spec.shared and kind.spec.shared != "entity":
        return False
    return not kind.spec.closed and not (isinstance(kind, ListedKind) and len(kind.values) < 8)


def _collect(value: Any, named: set[Scalar], known: dict[str, Any]) -> None:
    if isinstance(value, dict):
        if any(isinstance(inner, str) and inner in named for inner in value.values()):
            for name, inner in value.items():
                known.setdefault(name, inner)
        for inner in value.values():
            _collect(inner, named, known)
    elif isinstance(value, list):
        for inner in value:
            _collect(inner, named, known)


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]
    return value
