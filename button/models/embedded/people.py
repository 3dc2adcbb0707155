"""Kinds of values that name people."""

from typing import Any

from button.models.embedded.kinds import ComposedKind, Kind

NAMED_KINDS = ("guest", "colleague", "sender", "translator", "podcast_host")
"""Kinds of people whose names stand in tables."""


def is_person(kind: Kind | None) -> bool:
    """Whether a kind's values are full names of people."""
    if isinstance(kind, ComposedKind):
        return list(kind.spec.parts) == ["first", "last"]
    return kind is not None and kind.name.rpartition(".")[2] in NAMED_KINDS


def called(kind: Kind | None, value: Any) -> Any:
    """What tells a value from others of its list: people go by their first names."""
    return str(value).split(" ")[0] if is_person(kind) else value
