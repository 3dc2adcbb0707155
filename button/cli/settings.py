"""Settings of a run: the flags, over `--set`, over a YAML file, over the defaults.

    button generate --config run.yaml --set assistant.model=my-model --seed 7

All of them are checked against the context's pydantic model before anything is made.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from button.cli.strict_yaml import KeyPath, parse, read_file
from button.context import ROLES, Context, ModelSettings
from button.errors import ConfigurationError
from button.models.hidden_values import require_plain
from button.models.keys import require_keys
from button.models.prices import require_prices
from button.models.registry import require_judges

FLAGS = {"root_seed": "--seed", "parallel_calls": "--parallel"}
"""The flag that sets a setting, where it has one."""
NEVER_REPEATED = frozenset({"api_key_env", "base_url", "extra_body", "headers"})
"""Settings whose wrong value may be a secret."""
LONGEST_SHOWN = 60
LONGEST_SET = 20_000

ConfigOption = Annotated[
    Path | None, typer.Option(help="YAML file with settings; `button init` writes one.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="One setting, over the file's: max_calls=8, default_model.base_url=http://..., or of "
        "a role: assistant.model=my-model. May be given again.",
    ),
]


class Source(NamedTuple):
    """Where settings came from, for errors that name the place."""

    path: Path | None = None
    lines: Mapping[KeyPath, int] = {}
    sets: Mapping[KeyPath, str] = {}
    flags: Mapping[str, Any] = {}

    def place(self, found: KeyPath) -> str:
        """Where the setting at `found` was given: a flag, a `--set`, or a line of the file."""
        if found and found[0] in self.flags:
            return FLAGS.get(str(found[0]), str(found[0]))
        for given, words in self.sets.items():
            if given[: len(found)] == found or found[: len(given)] == given:
                return f"--set {words}"
        for length in range(len(found), 0, -1):
            if self.path and found[:length] in self.lines:
                return f"{self.path.name}:{self.lines[found[:length]]}"
        return self.path.name if self.path else "settings"


def read_settings(
    path: Path | None,
    flags: Mapping[str, Any],
    sets: Sequence[str] = (),
    base: Mapping[str, Any] | None = None,
) -> Context:
    """The context of a run. Flags that were not given (None) leave the other values.

    Without a file, `base` holds the values: those of another run, where each role has all of its
    own. A role follows a `--set` of `default_model` where it was asked as that one.

    Raises:
        ConfigurationError: the file cannot be read, a setting is unknown or not allowed, a key's
            environment variable is missing, or a budget cannot be kept; the text names file, line,
            key and what is allowed.
    """
    values, lines = (deepcopy(dict(base or {})), {}) if path is None else _read(path)
    given = {name: value for name, value in flags.items() if value is not None}
    places: dict[KeyPath, str] = {}
    parsed = [(each, *_parse_set(each)) for each in sets]
    if path is None:
        _follow_default(values, (found for _, found, _ in parsed))
    for each, found, value in parsed:
        _put(values, found, value, each)
        places[found] = each.partition("=")[0]
    source = Source(path, lines, places, given)
    try:
        context = Context.model_validate(values | given)
    except ValidationError as error:
        raise ConfigurationError(explain(error, source)) from None
    require_judges(context)
    require_keys(context)
    require_plain(context)
    require_prices(context)
    return context


def explain(error: ValidationError, source: Source) -> str:
    """The first thing that is wrong, and how many more there are, as one line."""
    first, *others = error.errors()
    more = f" (and {len(others)} more)" if others else ""
    return f"{_problem(first, source)}{more}"


def _problem(error: ErrorDetails, source: Source) -> str:
    found = tuple(part for part in error["loc"] if part != "[key]")
    where, key = source.place(found), ".".join(map(str, found))
    if error["type"] == "extra_forbidden":
        return f"{where}: {_unknown(found)}"
    if len(found) == 2 and found[0] == "models" and error["type"] == "literal_error":
        return f"{where}: {_not_among('role', str(found[1]), ROLES)}"
    told = error["msg"].removeprefix("Value error, ")
    if NEVER_REPEATED.intersection(map(str, found)) or error["type"] == "value_error":
        return f"{where}: {key}: {told}"
    shown = repr(error.get("input"))
    shown = shown if len(shown) <= LONGEST_SHOWN else f"{shown[:LONGEST_SHOWN]}..."
    return f"{where}: {key}: {told}, not {shown}"


def _unknown(found: KeyPath) -> str:
    name, inside = str(found[-1]), found[:-1]
    if not inside and name in ROLES:
        return f"unknown setting {name!r}; the models of roles stand under 'models'"
    model = _model_at(inside)
    kind = f"setting of {'.'.join(map(str, inside))}" if inside else "setting"
    return _not_among(kind, name, sorted(model.model_fields))


def _model_at(path: KeyPath) -> type[BaseModel]:
    if not path:
        return Context
    default = Context.model_fields[str(path[0])].get_default(call_default_factory=True)
    inside = isinstance(default, BaseModel) and "models" not in path
    return type(default) if inside else ModelSettings


def _not_among(kind: str, name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    what, _, of = kind.partition(" of ")
    return f"unknown {what} {name!r}{' of ' + of if of else ''}; {hint}known are {', '.join(known)}"


def _read(path: Path) -> tuple[dict[str, Any], Mapping[KeyPath, int]]:
    values, lines = parse(read_file(path), path.name)
    if values is None:
        return {}, lines
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ConfigurationError(f"{path.name}:1: settings are a mapping of names to values")
    return values, lines


def _parse_set(given: str) -> tuple[KeyPath, Any]:
    name, equals, text = given.partition("=")
    parts = name.split(".")
    if not equals or not all(parts):
        raise ConfigurationError(f"--set {given[:LONGEST_SHOWN]!r} is not of the form NAME=VALUE")
    if len(text) > LONGEST_SET:
        raise ConfigurationError(f"--set {name}: longer than {LONGEST_SET:,} characters")
    if parts[0] == "models":
        raise ConfigurationError(
            f"--set {name}: a role is named directly, such as assistant.model=my-model"
        )
    value, _ = parse(text, f"--set {name}")
    if parts[0] in ROLES:
        if len(parts) == 1 and not isinstance(value, dict):
            raise ConfigurationError(
                f"--set {name}: name a setting of the role, such as {name}.model=my-model"
            )
        return ("models", *parts), value
    if parts[0] not in Context.model_fields:
        known = [*sorted(Context.model_fields.keys() - {"models"}), *ROLES]
        raise ConfigurationError(f"--set {name}: {_not_among('setting', parts[0], known)}")
    return tuple(parts), value


def _follow_default(values: Mapping[str, Any], changes: Iterable[KeyPath]) -> None:
    """Let roles inherit what is to be changed in `default_model`, where theirs is the same.

    So does a committee of judges, from the role `judge` too.
    """
    default, models = values.get("default_model", {}), values.get("models", {})
    judge = dict(models.get("judge", default))
    committee = values.get("judges", {}).get("models", ())
    for place, *names in changes:
        before, heirs = default, [*models.values(), *committee]
        if (place, names[:1]) == ("models", ["judge"]):
            before, heirs, names = judge, list(committee), names[1:]
        elif place != "default_model":
            continue
        for own in heirs:
            for name in names[:1] or list(before):
                if name in before and own.get(name) == before[name]:
                    own.pop(name, None)


def _put(values: dict[str, Any], path: KeyPath, value: Any, given: str) -> None:
    place: Any = values
    for part in path[:-1]:
        place = place.setdefault(part, {}) if isinstance(place, dict) else None
        if not isinstance(place, dict):
            name = given.partition("=")[0]
            raise ConfigurationError(f"--set {name}: {part!r} holds a value, not settings")
    place[path[-1]] = value
