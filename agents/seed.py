"""What agents read of a seed: functions of its catalogue, messages of its conversation."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from button.errors import InputError
from button.records import Seed


def seed_of(seed: Mapping[str, Any]) -> Seed:
    """The seed that a graph's input holds.

    Raises:
        InputError: it is no seed.
    """
    try:
        return Seed.model_validate(dict(seed))
    except ValidationError as error:
        found = error.errors(include_url=False)[0]
        where = ".".join(map(str, found["loc"])) or "seed"
        raise InputError(f"not a seed: {where}: {found['msg']}") from error


def catalogue_of(seed: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The functions of a catalogue as prompts show them; empty for other seeds."""
    return [
        {key: function[key] for key in ("name", "description", "parameters", "returns")}
        for function in seed.get("functions", ())
    ]
