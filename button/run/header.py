"""run.json: what a run is. It decides whether a directory may be continued."""

import json
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from button import __version__
from button.canonical import canonical_json, content_hash
from button.errors import RunDirectoryError
from button.run.deciding import deciding, differences
from button.run.json_files import read_json, write_json
from button.run.layout import FORMAT_VERSION, RunLayout
from button.run.plan import RunPlan

PACKAGES = ("jinja2", "jsonschema", "jsonschema-rs", "langchain-core", "langgraph", "pydantic")
"""Packages that take part in what a row says; a run is not continued with other versions."""


def header_of(plan: RunPlan) -> dict[str, Any]:
    """The content of run.json for `plan`.

    `identity` hashes what decides the output (`button.run.deciding`).
    """
    header = {
        "format": FORMAT_VERSION,
        "version": __version__,
        "packages": {name: _installed(name) for name in PACKAGES},
        "configuration": dict(plan.configuration),
        "prompts": plan.versions.prompts,
        "code": plan.versions.code,
        "shard_rows": plan.shard_rows,
        "count": plan.count,
        "skipped": dict(plan.skipped),
        "handling": plan.handling.to_json(),
    }
    plain: dict[str, Any] = json.loads(canonical_json(header))
    return plain | {"identity": content_hash(deciding(plain))}


def write_header(layout: RunLayout, header: Mapping[str, Any]) -> None:
    """Write run.json.

    Raises:
        StorageError: it could not be written.
    """
    write_json(layout.header, header)


def read_header(layout: RunLayout) -> dict[str, Any]:
    """Read run.json.

    Raises:
        RunDirectoryError: it is missing, unreadable, damaged, or of another format version.
    """
    return read_json(layout.header, FORMAT_VERSION)


def refuse_other_run(layout: RunLayout, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Stop where `now` would not continue the run that `before` describes.

    Raises:
        RunDirectoryError: a deciding key differs (all are named), or the count was lowered.
    """
    name = repr(str(layout.root))
    differing = differences(before, now)
    if differing:
        raise RunDirectoryError(
            f"run directory {name} was begun otherwise: {'; '.join(differing)}; take the former "
            f"settings to continue it, or carry its responses over with `button fork "
            f"{layout.root} NEW`"
        )
    if _as_bound(now["count"]) < _as_bound(before["count"]):
        raise RunDirectoryError(
            f"run directory {name} was begun with count {_shown_count(before['count'])}; it cannot "
            f"be lowered to {now['count']}"
        )


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


def _as_bound(count: int | None) -> float:
    return float("inf") if count is None else count


def _shown_count(count: int | None) -> str:
    return "unlimited" if count is None else str(count)
