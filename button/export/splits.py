"""Splits by scenario: no scenario is on both sides, and the same rows always part the same way."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from button.canonical import content_hash
from button.errors import ConfigurationError, InputError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_TOLERANCE = 1e-6


class Split(NamedTuple):
    """A part of the data set and its share of the rows."""

    name: str
    share: float


WHOLE = (Split("train", 1.0),)


def parse_splits(text: str) -> tuple[Split, ...]:
    """Splits from `train=0.9,test=0.1`.

    Raises:
        ConfigurationError: a name or share is unusable, or the shares do not add up to 1.
    """
    splits = []
    for part in text.split(","):
        name, _, share = part.strip().partition("=")
        try:
            value = float(share)
        except ValueError:
            value = 0.0
        if not _NAME.match(name) or not 0 < value <= 1:
            raise ConfigurationError(
                f"split {part.strip()!r}: write a name and a share above 0, as train=0.9,test=0.1"
            )
        splits.append(Split(name, value))
    names = [split.name for split in splits]
    if len(set(names)) < len(names):
        raise ConfigurationError(f"splits {text!r}: a name stands there twice")
    total = sum(split.share for split in splits)
    if abs(total - 1) > _TOLERANCE:
        raise ConfigurationError(f"splits {text!r}: the shares add up to {total:g}, not to 1")
    return tuple(splits)


def scenario_key(text: str) -> str:
    """A scenario as it is compared: letter case and white space aside."""
    return " ".join(text.casefold().split())


def assign(scenarios: Mapping[str, int], splits: tuple[Split, ...]) -> dict[str, str]:
    """Scenario -> name of its split, from the number of rows that each scenario has.

    The scenarios stand in the order of their hashes, which is no order at all, and are cut where
    the shares are reached.

    Raises:
        InputError: a split would be empty.
    """
    total = sum(scenarios.values())
    result: dict[str, str] = {}
    before = 0
    for key in sorted(scenarios, key=lambda each: content_hash(["split", each])):
        middle = (before + scenarios[key] / 2) / total
        result[key] = _at(middle, splits)
        before += scenarios[key]
    for split in splits:
        if total and split.name not in result.values():
            raise InputError(
                f"split {split.name!r} would be empty: {len(scenarios)} scenarios are too few for "
                f"a share of {split.share:g}, and none is divided"
            )
    return result


def _at(place: float, splits: tuple[Split, ...]) -> str:
    reached = 0.0
    for split in splits:
        reached += split.share
        if place < reached:
            return split.name
    return splits[-1].name
