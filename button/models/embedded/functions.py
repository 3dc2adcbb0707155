"""Functions of the embedded world: parameters, results, outputs and phrasings, made from a spec."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from button.models.embedded.domain_format import FieldSpec, FunctionSpec, ParamSpec, PortSpec
from button.models.embedded.kinds import Kind, ListedKind
from button.models.embedded.phrases import Template
from button.records import FunctionSignature

Kinds = Mapping[str, Kind]


@dataclass(frozen=True)
class Param:
    """One leaf parameter, at a dotted path such as `passenger.name`."""

    path: str
    spec: ParamSpec
    kind: Kind | None
    optional: bool

    @property
    def kind_name(self) -> str:
        return self.kind.name if self.kind is not None else ""

    @property
    def is_list(self) -> bool:
        return self.spec.list is not None


@dataclass(frozen=True, eq=False)
class Port:
    """A value of a result that a later step can use, and how people speak of it."""

    function: str
    index: int
    spec: PortSpec
    np: Template
    full: Template
    tell: tuple[Template, ...]

    @property
    def kind(self) -> str | None:
        return self.spec.kind


@dataclass(eq=False)
class Function:
    """One function of the world."""

    name: str
    domain: str
    spec: FunctionSpec
    kinds: Kinds
    params: dict[str, Param] = field(init=False)
    noun_phrases: Callable[[str], str | None] = field(default=lambda kind: None, repr=False)
    """Regular expression of the noun phrases that stand for results of a kind."""

    def __post_init__(self) -> None:
        self.params = dict(_leaves(self.spec.params, self.kinds, "", optional=False))

    @cached_property
    def says(self) -> list[Template]:
        return [Template(text, self._patterns) for text in self.spec.say]

    @cached_property
    def _patterns(self) -> dict[str, str]:
        """What a slot's words look like: a form of its kind's own, a known noun phrase."""
        patterns = {}
        for path, param in self.params.items():
            if param.kind is not None and not param.is_list:
                phrases = self.noun_phrases(param.kind.name) if param.spec.reference else None
                known = [each for each in (param.kind.pattern, phrases) if each]
                if known:
                    patterns[path] = "|".join(known)
        return patterns

    @cached_property
    def whys(self) -> list[Template]:
        return [Template(text) for text in self.spec.why]

    @cached_property
    def reports(self) -> list[Template]:
        return [Template(text) for text in self.spec.report]

    @cached_property
    def ports(self) -> list[Port]:
        return [
            Port(
                self.name,
                index,
                spec,
                Template(spec.np),
                Template(spec.full),
                tuple(Template(text) for text in spec.tell),
            )
            for index, spec in enumerate(self.spec.outputs)
        ]

    @cached_property
    def required(self) -> list[Param]:
        return [param for param in self.params.values() if not param.optional]

    @cached_property
    def reference_slots(self) -> list[Param]:
        """Required parameters that an earlier result can fill."""
        return [
            param
            for param in self.required
            if param.kind is not None and param.spec.reference and not param.is_list
        ]

    @cached_property
    def can_open(self) -> bool:
        """Whether a person who knows nothing yet can ask for it."""
        return self.spec.opens and all(
            param.kind is None or (param.kind.spec.known and not param.spec.only_reference)
            for param in self.required
        )

    @cached_property
    def words_of_fields(self) -> dict[str, Mapping[Any, str]]:
        """Name of a result field, at any depth -> the words for its choices."""
        return dict(_words_of_fields(self.spec.returns, self.kinds))

    @cached_property
    def found_kinds(self) -> frozenset[str]:
        """Kinds of the things in the lists that its results hold."""
        lists = [spec.item for spec in self.spec.returns.values() if spec.item]
        return frozenset(field.kind for item in lists for field in item.values() if field.kind)

    @cached_property
    def picking_fields(self) -> frozenset[str]:
        """Fields by the least or greatest of which one item of a list is picked."""
        texts = [*self.spec.report]
        for port in self.spec.outputs:
            texts += [port.take, *port.tell]
        return frozenset(name for text in texts for name in _PICKING.findall(text))

    @cached_property
    def signature(self) -> FunctionSignature:
        return FunctionSignature(
            name=self.name,
            description=self.spec.about,
            parameters=_parameters_schema(self.spec.params, self.kinds),
            returns=_returns_schema(self.spec.returns, self.kinds, self.params),
        )


def _leaves(
    params: Mapping[str, ParamSpec], kinds: Kinds, prefix: str, *, optional: bool
) -> list[tuple[str, Param]]:
    leaves = []
    for name, spec in params.items():
        path = f"{prefix}{name}"
        is_optional = optional or spec.optional or spec.flag
        if spec.object is not None:
            leaves += _leaves(spec.object, kinds, f"{path}.", optional=is_optional)
        else:
            kind = None if spec.flag else kinds[spec.kind or ""]
            leaves.append((path, Param(path, spec, kind, is_optional)))
    return leaves


def _words_of_fields(
    fields: Mapping[str, FieldSpec], kinds: Kinds
) -> Iterator[tuple[str, Mapping[Any, str]]]:
    for name, spec in fields.items():
        kind = kinds[spec.kind] if spec.kind else None
        if isinstance(kind, ListedKind):
            yield name, kind.words
        yield from _words_of_fields({**(spec.item or {}), **(spec.object or {})}, kinds)


def _parameters_schema(params: Mapping[str, ParamSpec], kinds: Kinds) -> dict[str, Any]:
    properties = {name: _parameter_schema(spec, kinds) for name, spec in params.items()}
    required = [name for name, spec in params.items() if not (spec.optional or spec.flag)]
    return closed_object(properties, required)


def _parameter_schema(spec: ParamSpec, kinds: Kinds) -> dict[str, Any]:
    if spec.object is not None:
        schema = _parameters_schema(spec.object, kinds)
    elif spec.flag:
        schema = {"type": "boolean"}
    else:
        schema = dict(kinds[spec.kind or ""].json_schema)
        if spec.list is not None:
            schema = {"type": "array", "items": schema, "minItems": 1}
    schema["description"] = spec.about
    if spec.default is not None:
        schema["default"] = spec.default
    return schema


def _returns_schema(
    fields: Mapping[str, FieldSpec], kinds: Kinds, params: Mapping[str, Param]
) -> dict[str, Any]:
    return closed_object(
        {name: _field_schema(spec, kinds, params) for name, spec in fields.items()}, list(fields)
    )


def _field_schema(spec: FieldSpec, kinds: Kinds, params: Mapping[str, Param]) -> dict[str, Any]:
    if spec.object is not None:
        schema = _returns_schema(spec.object, kinds, params)
    elif spec.item is not None:
        schema = {"type": "array", "items": _returns_schema(spec.item, kinds, params)}
    elif spec.echo is not None:
        schema = _echo_schema(params[spec.echo])
    else:
        schema = dict(_scalar_schema(spec, kinds))
        if spec.list is not None:
            schema = {"type": "array", "items": schema}
    schema["description"] = spec.about
    return schema


def _echo_schema(param: Param) -> dict[str, Any]:
    if param.kind is None:
        return {"type": "boolean"}
    schema = {key: value for key, value in param.kind.json_schema.items() if key != "pattern"}
    return {"type": "array", "items": schema} if param.is_list else schema


def _scalar_schema(spec: FieldSpec, kinds: Kinds) -> dict[str, Any]:
    if spec.kind is not None:
        return {
            key: value for key, value in kinds[spec.kind].json_schema.items() if key != "pattern"
        }
    if spec.number is not None:
        whole = spec.number.step == int(spec.number.step) and spec.number.min == int(
            spec.number.min
        )
        return {"type": "integer" if whole else "number"}
    if spec.calc is not None:
        return {"type": "number"}
    sample = spec.values[0] if spec.values else spec.fixed
    if isinstance(sample, bool):
        return {"type": "boolean"}
    if isinstance(sample, int | float):
        return {"type": "number"}
    return {"type": "string"}


def closed_object(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    """A JSON Schema object that admits no other keys."""
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


_PICKING = re.compile(r"\[(?:min|max) (\w+)\]")
_PICK = re.compile(r"(\w+)(?:\[(min|max|first|last)(?: (\w+))?\])?$")


def take(result: Any, path: str) -> tuple[Any, str]:
    """The value at `path` in a result, and its concrete JSON path.

    A path is dotted; `flights[min price].number` picks the item with the lowest price.

    Raises:
        KeyError: where the result has no such value.
    """
    concrete = "$"
    for step in path.split("."):
        match = _PICK.match(step)
        if match is None:
            raise KeyError(path)
        name, how, by = match.groups()
        result = result[name]
        concrete += f".{name}"
        if how:
            index = _pick(result, how, by)
            result, concrete = result[index], f"{concrete}[{index}]"
    return result, concrete


def _pick(items: list[Any], how: str, by: str | None) -> int:
    if not items:
        raise KeyError("empty list")
    if how in ("first", "last"):
        return 0 if how == "first" else len(items) - 1
    order = sorted(range(len(items)), key=lambda index: items[index][by or ""])
    return order[0] if how == "min" else order[-1]
