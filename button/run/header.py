"""run.json: what a run is. It decides whether a directory may be continued."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from button import __version__
from button.canonical import canonical_json, content_hash, parse_json_strict
from button.errors import RunDirectoryError
from button.run.atomic_write import write_atomically
from button.run.layout import FORMAT_VERSION, RunLayout
from button.run.plan import RunPlan

NEUTRAL_KEYS = frozenset({"count", "concurrency", "out", "keep_calls", "timeout_s", "api_key_env"})
"""Last parts of configuration keys that never change what a run produces."""
SHOWN = 60
_UNSET = "not set"


def header_of(plan: RunPlan) -> dict[str, Any]:
    """The content of run.json for `plan`.

    `identity` hashes what decides the output: everything here but the neutral keys.
    """
    header = {
        "format": FORMAT_VERSION,
        "version": __version__,
        "configuration": dict(plan.configuration),
        "prompts": plan.versions.prompts,
        "code": plan.versions.code,
        "shard_rows": plan.shard_rows,
        "count": plan.count,
    }
    plain: dict[str, Any] = json.loads(canonical_json(header))
    return plain | {"identity": content_hash(_deciding(plain))}


def write_header(layout: RunLayout, header: Mapping[str, Any]) -> None:
    """Write run.json.

    Raises:
        StorageError: it could not be written.
    """
    write_atomically(layout.header, [json.dumps(header, indent=2, sort_keys=True) + "\n"])


def read_header(layout: RunLayout) -> dict[str, Any]:
    """Read run.json.

    Raises:
        RunDirectoryError: it is missing, unreadable, broken, or of another format version.
    """
    header = read_json_object(layout, "run.json")
    if header.get("format") != FORMAT_VERSION:
        raise RunDirectoryError(
            f"run directory {str(layout.root)!r} has format {header.get('format')!r}; "
            f"this version knows {FORMAT_VERSION}"
        )
    return header


def read_json_object(layout: RunLayout, name: str) -> dict[str, Any]:
    """One of the JSON files of a run directory.

    Raises:
        RunDirectoryError: it is missing, unreadable or broken.
    """
    path = layout.root / name
    try:
        value = parse_json_strict(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise RunDirectoryError(f"{str(layout.root)!r} is no run directory: no {name}") from None
    except OSError as error:
        raise RunDirectoryError(f"cannot read {str(path)!r}: {error.strerror}") from error
    except ValueError as error:
        raise RunDirectoryError(f"{str(path)!r} is damaged: {error}") from error
    if not isinstance(value, dict):
        raise RunDirectoryError(f"{str(path)!r} is damaged: not a JSON object")
    return value


def refuse_other_run(layout: RunLayout, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Stop where `now` would not continue the run that `before` describes.

    Raises:
        RunDirectoryError: a deciding key differs (all are named), or the count was lowered.
    """
    name = repr(str(layout.root))
    differences = list(_differences(_deciding(before), _deciding(now)))
    if differences:
        raise RunDirectoryError(
            f"run directory {name} was begun otherwise: {'; '.join(differences)}; "
            "take the former settings to continue it, or another directory"
        )
    if _as_bound(now["count"]) < _as_bound(before["count"]):
        raise RunDirectoryError(
            f"run directory {name} was begun with count {_shown_count(before['count'])}; it cannot "
            f"be lowered to {now['count']}"
        )


def _as_bound(count: int | None) -> float:
    return float("inf") if count is None else count


def _shown_count(count: int | None) -> str:
    return "unlimited" if count is None else str(count)


def _deciding(header: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in _leaves(header, "")
        if key.rpartition(".")[2] not in NEUTRAL_KEYS and key != "identity"
    }


def _leaves(value: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for key, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _leaves(inner, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", inner


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[str]:
    for key in sorted(before.keys() | now.keys()):
        there, here = _shown(before, key), _shown(now, key)
        if there != here:
            name = key.removeprefix("configuration.")
            yield f"{name} is {there:.{SHOWN}} there and {here:.{SHOWN}} here"


def _shown(values: Mapping[str, Any], key: str) -> str:
    return canonical_json(values[key]) if key in values else _UNSET
