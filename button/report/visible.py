"""Text of models made fit for a page: what cannot be seen is named, what is endless is cut."""

import re
from typing import Any

from markupsafe import Markup

LONGEST_TEXT = 100_000
"""Characters of one text that a report holds; the shard has the rest."""
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
"""Controls, marks that turn the direction of text, invisible characters, lone surrogates."""


def visible(value: Any) -> Any:
    """A text with what cannot be seen as its number, such as `⟨U+202E⟩`; other values as they are.

    Text that is markup already stays as it is.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", value)


def bounded(value: Any) -> Any:
    """JSON-like data with texts of at most LONGEST_TEXT characters and what was cut in words."""
    if isinstance(value, str):
        if len(value) <= LONGEST_TEXT:
            return value
        return f"{value[:LONGEST_TEXT]}… ({len(value) - LONGEST_TEXT:,} more characters)"
    if isinstance(value, dict):
        return {bounded(key): bounded(inner) for key, inner in value.items()}
    return [bounded(inner) for inner in value] if isinstance(value, list) else value
