"""What a format is: how its rows are known, and how one becomes a conversation."""

from collections.abc import Callable
from typing import Any, NamedTuple

from button.checks.conversation import Conversation
from button.checks.profile import FOREIGN, Profile
from button.formats.definitions import Definitions


class UnreadableRowError(Exception):
    """The row is no conversation of its format; the text is `kind: detail`, to be counted by kind.

    What is only wrong (a call without an answer, broken arguments) is read and left to the checks.
    """


class Format(NamedTuple):
    """One format of tool-calling data."""

    name: str
    form: str
    """What its rows look like, in a few words, for the person whose file fits none."""
    matches: Callable[[dict[str, Any]], bool]
    read: Callable[[dict[str, Any], Definitions | None], Conversation]
    """A row, and functions from another file for rows that define none."""
    profile: Profile = FOREIGN
