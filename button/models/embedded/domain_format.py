"""The format of `world/*.yaml`: one file per domain, described in `world/README.md`."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field


class Spec(BaseModel):
    """Base of everything read from a domain file: unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DateSpec(Spec):
    first: int
    last: int
    weekday: bool = False
    """Monday to Friday: where an office, a practice or a workplace is meant."""


class TimeSpec(Spec):
    first: str
    last: str
    step: int = 30


class NumberSpec(Spec):
    min: float
    max: float
    step: float = 1


class KindSpec(Spec):
    """A kind of value. Exactly one of values, table, pattern, compose, number, date, time."""

    about: str = ""
    values: list[Any] | dict[str, str] | None = None
    table: str | None = None
    pattern: str | None = None
    compose: str | None = None
    parts: dict[str, list[str]] = Field(default_factory=dict)
    number: NumberSpec | None = None
    date: DateSpec | None = None
    time: TimeSpec | None = None
    say: str = "{v}"
    closed: bool = False
    known: bool = True
    shared: bool | Literal["entity"] = False
    """A task keeps to one value; of an `entity`, results are remembered as well."""
    format: str | None = None
    fractional: bool = False
    """For numbers: values of results may have decimals, even where people name whole ones."""


class ParamSpec(Spec):
    """One parameter (or one field of an object parameter)."""

    about: str
    kind: str | None = None
    object: dict[str, "ParamSpec"] | None = None
    list: tuple[int, int] | None = None
    flag: bool = False
    optional: bool = False
    default: Any = None
    differs: str | None = None
    after: str | None = None
    by: tuple[int, int] | None = None
    weekday: bool = False
    """For dates: Monday to Friday."""
    least: float | None = None
    """Only results that are typically at least this large make sense here."""
    email_of: str | None = None
    reference: bool = True
    only_reference: bool = False
    takes_from: tuple[str, ...] | None = None
    """Functions or domains whose results make sense here; overrides the domain's own list."""
    not_from: tuple[str, ...] = ()
    """Functions or domains whose results make no sense here."""


class SeasonSpec(Spec):
    """What varies with the season at a place: columns `january_X` and `july_X` of its table."""

    of: str
    day: str
    take: str


class FieldSpec(Spec):
    """A field of a result: kind, number, values, echo, fixed, calc, of/take, item or object."""

    about: str
    kind: str | None = None
    number: NumberSpec | None = None
    values: list[Any] | None = None
    echo: str | None = None
    fixed: Any = None
    calc: str | None = None
    of: str | None = None
    take: str | None = None
    after: str | None = None
    by: tuple[int, int] | None = None
    minus: str | None = None
    """For times, instead of `by`: how many minutes before `after` this is, a field or parameter."""
    weekday: bool = False
    """For dates: Monday to Friday."""
    season: SeasonSpec | None = None
    within: str | None = None
    """For kinds with a table: only its rows whose `from` and `to` enclose the named field."""
    list: tuple[int, int] | None = None
    item: dict[str, "FieldSpec"] | None = None
    object: dict[str, "FieldSpec"] | None = None


class PortSpec(Spec):
    """One value of a result that a later step can use, and how people speak of it."""

    np: str
    full: str
    take: str
    kind: str | None = None
    measure: str | None = None
    unit: str | None = None
    tell: list[str]


class FunctionSpec(Spec):
    about: str
    params: dict[str, ParamSpec]
    returns: dict[str, FieldSpec]
    outputs: list[PortSpec] = Field(default_factory=list)
    say: list[str]
    why: list[str] = Field(default_factory=list)
    report: list[str]
    opens: bool = True


class DomainSpec(Spec):
    domain: str
    together: list[list[str]] = Field(default_factory=list)
    """Groups of domains that one person may need at once; stands in the common domain."""
    takes_from: list[str] | None = None
    """Domains whose results make sense as arguments here; none: only its own; `all`: any."""
    keywords: list[str]
    scenarios: list[str]
    suits: dict[str, list[str]] = Field(default_factory=dict)
    """Scenario -> the functions that a task about it begins with; where absent, any that can."""
    tables: dict[str, list[dict[str, Any]]] = Field(default_factory=dict)
    kinds: dict[str, KindSpec] = Field(default_factory=dict)
    functions: dict[str, FunctionSpec] = Field(default_factory=dict)
