"""Our own trajectories, the public format of `docs/format.md`."""

from typing import Any

from pydantic import ValidationError

from button.checks.conversation import Conversation
from button.checks.profile import OWN as OWN_PROFILE
from button.formats.definitions import Definitions
from button.formats.format import Format, UnreadableRowError
from button.records import Trajectory

_MARKS = ("strategy", "scenario", "messages", "links", "provenance")


def _read(row: dict[str, Any], _: Definitions | None) -> Conversation:
    try:
        return Conversation.of(Trajectory.from_row(row))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UnreadableRowError(f"no trajectory: {place}: {first['msg']}") from error
    except ValueError as error:
        raise UnreadableRowError(f"wrong id: {error}") from error


OWN = Format(
    "own",
    "trajectories of this simulator",
    lambda row: all(mark in row for mark in _MARKS),
    _read,
    OWN_PROFILE,
)
