"""A clause: one function with what is known of its arguments, as said in one sub-task."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from button.models.embedded.deeds import is_confirmed
from button.models.embedded.functions import Function, Param
from button.models.embedded.kinds import DateKind, Kind, ListedKind
from button.models.embedded.people import called, is_person
from button.models.embedded.phrases import Template, join_words
from button.models.embedded.wording import clock, minutes_of, on_weekday

OPTIONAL_SHARE = 0.4
EMAIL_HOSTS = ("example.com", "example.org", "example.net")


@dataclass(frozen=True)
class Clause:
    """Function, phrasing, literal values by path, and references (noun phrases) by path."""

    function: Function
    phrasing: int
    values: Mapping[str, Any] = field(default_factory=dict)
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def template(self) -> Template:
        return self.function.says[self.phrasing]

    def gives(self, path: str) -> bool:
        return path in self.values or path in self.references

    def say(self, path: str, today: str, rng: Random | None = None) -> str:
        """The words for one slot."""
        if path in self.references:
            return self.references[path]
        param = self.function.params[path]
        value = self.values[path]
        if param.kind is None:
            return str(value)
        if param.is_list:
            return join_words([param.kind.say(item, today, rng) for item in value])
        return param.kind.say(value, today, rng)

    def text(self, today: str, rng: Random | None = None, template: Template | None = None) -> str:
        """The clause in words, a bare infinitive such as `find flights to Vienna`."""
        return (template or self.template).fill(lambda path: self.say(path, today, rng), self.gives)

    def arguments(self, resolved: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The arguments object; `resolved` holds the values of the references by path."""
        return nested({**self.values, **(resolved or {})})


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by dotted path as one object: `{"a.b": 1}` is `{"a": {"b": 1}}`."""
    result: dict[str, Any] = {}
    for path, value in values.items():
        target = result
        *parents, leaf = path.split(".")
        for parent in parents:
            target = target.setdefault(parent, {})
        target[leaf] = value
    return result


@dataclass
class Draw:
    """Draws the literal values of a clause so that they agree with what the task said before."""

    rng: Random
    today: str
    shared: dict[str, list[Any]]
    """Kind -> values the task has used so far, for kinds that a task keeps to (city, date...)."""

    def clause(
        self,
        function: Function,
        references: Mapping[str, str] | None = None,
    ) -> Clause:
        """A clause for `function`."""
        references = references or {}
        phrasing = self.rng.randrange(len(function.says))
        template = function.says[phrasing]
        values: dict[str, Any] = {}
        wanted = [p.path for p in function.required if p.path not in references]
        wanted += self._optional(function, template.optional)
        for path in wanted:
            values[path] = self._value(function, function.params[path], values)
        values |= dict.fromkeys(self._optional(function, template.flags), True)
        values = {path: values[path] for path in function.params if path in values}
        self._remember(function, values, references)
        return Clause(function, phrasing, values, dict(references))

    def _optional(self, function: Function, paths: Iterable[str]) -> list[str]:
        """Some of the optional wishes, those that an answer will confirm."""
        drawn = [path for path in paths if self.rng.random() < OPTIONAL_SHARE]
        return [path for path in drawn if is_confirmed(function, path)]

    def twin(self, clause: Clause, varied: Iterable[str]) -> Clause:
        """The same request again, unlike it at the `varied` paths and wherever it refers."""
        function, values = clause.function, dict(clause.values)
        changed = {*varied, *clause.references}
        for path in changed:
            param, old = function.params[path], {clause.values.get(path)}
            unlike = old | {values.get(param.spec.differs or "")}
            values[path] = self._draw_unlike(
                param, unlike | set(self.shared.get(param.kind_name, ()))
            )
        for path, param in function.params.items():
            if path in values and changed & {param.spec.email_of, param.spec.after}:
                values[path] = self._value(function, param, values)
        values = {path: values[path] for path in function.params if path in values}
        self._remember(function, values, {})
        return Clause(function, clause.phrasing, values, {})

    def _value(self, function: Function, param: Param, values: Mapping[str, Any]) -> Any:
        spec, kind = param.spec, param.kind
        if kind is None:
            return True
        if spec.email_of and spec.email_of in values:
            return self._email(str(values[spec.email_of]))
        if spec.after and spec.after in values:
            value = later(str(values[spec.after]), self.rng.randint(*(spec.by or (1, 1))))
            return on_weekday(value, self.today) if spec.weekday else value
        unlike = {values.get(spec.differs)} if spec.differs else set()
        if spec.list is not None:
            return self._several(param, self.rng.randint(*spec.list))
        used = self.shared.get(kind.name, [])
        if used:
            for value in used if isinstance(kind, DateKind) else reversed(used):
                if value not in unlike:
                    return self._on_working_day(param, value)
        return self._draw_unlike(param, unlike)

    def _on_working_day(self, param: Param, value: Any) -> Any:
        return on_weekday(value, self.today) if param.spec.weekday else value

    def _several(self, param: Param, count: int) -> list[Any]:
        items: list[Any] = []
        for _ in range(count):
            value = self._draw_unlike(param, {called(param.kind, item) for item in items})
            if value not in items:
                items.append(value)
        if isinstance(param.kind, ListedKind) and param.kind.spec.closed:
            items.sort(key=param.kind.values.index)
        return items

    def _draw_unlike(self, param: Param, unlike: set[Any]) -> Any:
        assert param.kind is not None
        for _ in range(20):
            value = self._on_working_day(param, param.kind.draw(self.rng, self.today))
            if value not in unlike and called(param.kind, value) not in unlike:
                break
        return value

    def _email(self, name: str) -> str:
        plain = name.lower().replace(" ", ".").replace("'", "")
        ascii_name = plain.encode("ascii", "ignore").decode()
        return f"{ascii_name}@{EMAIL_HOSTS[len(name) % len(EMAIL_HOSTS)]}"

    def _remember(
        self, function: Function, values: Mapping[str, Any], references: Mapping[str, str]
    ) -> None:
        for path, value in values.items():
            param = function.params[path]
            kind = param.kind
            follows = param.spec.after is not None and param.spec.after not in references
            if kind is None or follows:
                continue
            keep_to(self.shared, kind, value)


def later(value: str, distance: int) -> str:
    """`value` plus minutes for a clock time, plus days for a date."""
    if ":" in value:
        return clock(minutes_of(value) + max(5, distance // 5 * 5))
    return (date.fromisoformat(value) + timedelta(days=distance)).isoformat()


def keep_to(shared: dict[str, list[Any]], kind: Kind, value: Any) -> None:
    """Remember a value that a task keeps to: one of a shared kind, or the people it is about."""
    values = value if isinstance(value, list) else [value]
    if is_person(kind) or (kind.spec.shared and not isinstance(value, list)):
        shared.setdefault(kind.name, []).extend(values)
