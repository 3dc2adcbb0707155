"""Free text that is worded from what was said: a message, a title, a note."""

import ast
import json
from collections.abc import Sequence
from datetime import date

from button.checks.leaves import leaves
from button.checks.mentions import measured
from button.checks.sources import Derived, Source
from button.checks.surface import Surface
from button.checks.text import stem

_SHARE_OF_WORDS = 0.6
"""Share of the words of a longer free text that must have been said (docs/checks.md: grounding)."""
_FREE_TEXT_WORDS = 5
"""From this length on a text is free text; of a shorter one every word must have been said."""
_LONGEST_LITERAL = 2000


def by_words(text: str, sources: Sequence[Source], today: date | None) -> Derived | None:
    """Text made of words that were said: all of a short text, 60 % of a longer one.

    Every date, time, number and id in it must have been said, however long it is.
    """
    text = rest = _unwrapped(text)
    used: list[Source] = []
    for mention in measured(text):
        surface = Surface(mention.value if mention.kind == "number" else mention.text, today)
        holder = next((each for each in sources if surface.manner(each.passage)), None)
        if holder is None:
            return None
        used.append(holder)
        rest = rest.replace(mention.text, " ", 1)
    tokens = [stem(token) for token in Surface(rest).words.split()]
    if len(tokens) + len(used) < 2:
        return None
    said = 0
    for token in tokens:
        holder = next((each for each in sources if token in each.passage.stems), None)
        if holder is not None:
            said += 1
            used.append(holder)
    needed = 1 if len(tokens) + len(used) < _FREE_TEXT_WORDS else _SHARE_OF_WORDS
    if said < needed * len(tokens):
        return None
    return Derived("words", tuple(dict.fromkeys(used)))


def _unwrapped(text: str) -> str:
    """The values, where a text is itself a list or an object written as JSON or Python."""
    if text[:1] not in ("[", "{") or len(text) > _LONGEST_LITERAL:
        return text
    try:
        value = json.loads(text) if "\\" in text else ast.literal_eval(text)
        json.dumps(value)  # sets have no order
    except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
        return text
    return "\n".join(str(leaf.value) for leaf in leaves(value))
