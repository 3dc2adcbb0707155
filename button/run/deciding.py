"""Which settings decide what a run makes, and how two runs differ in them.

A role counts with the model that plays it, wherever the settings name that model: to give one role
another time limit changes nothing, although a new entry of `models` appears.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from button.canonical import canonical_json
from button.context import OUTPUT_NEUTRAL, ROLES

DECIDING = ("format", "version", "packages", "prompts", "code", "shard_rows")
"""Keys of run.json that decide, besides the configuration."""
NEUTRAL_SETTINGS = frozenset({"budget", "retry"})
"""Top-level settings that never change what a run makes; of a model's settings see
`button.context.OUTPUT_NEUTRAL`."""
SHOWN = 60
_MODELS = ("default_model", "models")
_UNSET = "not set"


def deciding(header: Mapping[str, Any]) -> dict[str, Any]:
    """What decides, by dotted key."""
    configuration = header["configuration"]
    plain = {
        key: value
        for key, value in configuration.items()
        if key not in _MODELS and key not in NEUTRAL_SETTINGS
    }
    if isinstance(judges := plain.get("judges"), Mapping):
        plain["judges"] = {key: value for key, value in judges.items() if key not in _MODELS}
    rest = {key: header[key] for key in DECIDING if key in header}
    return dict(_leaves(rest | plain, "")) | {
        f"{role}.{key}": value
        for role in _roles(configuration)
        for key, value in settings_of_role(configuration, role).items()
    }


def settings_of_role(configuration: Mapping[str, Any], role: str) -> dict[str, Any]:
    """The deciding settings of the model that plays `role`; of judges those of each of them."""
    committee = configuration.get("judges", {}).get("models", ()) if role == "judge" else ()
    if committee:
        return {
            f"{number}.{key}": value
            for number, member in enumerate(committee)
            for key, value in member.items()
            if key not in OUTPUT_NEUTRAL
        }
    settings = configuration.get("models", {}).get(role, configuration.get("default_model", {}))
    return {key: value for key, value in settings.items() if key not in OUTPUT_NEUTRAL}


def differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """One phrase for each deciding key in which two headers differ: key, then, now."""
    then, today = deciding(before), deciding(now)
    changed = {
        key: (_shown(then, key), _shown(today, key))
        for key in sorted(then.keys() | today.keys())
        if _shown(then, key) != _shown(today, key)
    }
    return [
        f"{name} is {there:.{SHOWN}} there and {here:.{SHOWN}} here"
        for name, (there, here) in _together(changed).items()
    ]


def changed_roles(before: Mapping[str, Any], now: Mapping[str, Any]) -> set[str]:
    """Roles that another model plays, or the same one otherwise."""
    return {role for role in ROLES if settings_of_role(before, role) != settings_of_role(now, role)}


def _roles(configuration: Mapping[str, Any]) -> tuple[str, ...]:
    return ROLES if "default_model" in configuration else ()


def _together(changed: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Where all roles changed alike, their default model is what changed."""
    result: dict[str, tuple[str, str]] = {}
    for key, values in changed.items():
        role, _, setting = key.partition(".")
        alike = role in ROLES and all(changed.get(f"{each}.{setting}") == values for each in ROLES)
        result[f"default_model.{setting}" if alike else key] = values
    return result


def _leaves(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _leaves(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", inner


def _shown(values: Mapping[str, Any], key: str) -> str:
    return canonical_json(values[key]) if key in values else _UNSET
