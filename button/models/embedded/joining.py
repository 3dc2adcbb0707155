"""How clauses join in a sentence of a person's, and what makes a sentence hard to read."""

import re

from button.models.embedded.phrases import Template

FRAMES = ("could you", "would you", "can you", "i'd", "i need", "i want", "then", "also", "after")
BEHIND = "for|is|are|has|have|was|will|can|would|opens?|costs?|takes?|plays?|works?|needs?|starts?"
_STUTTER = re.compile(r"\b(\w+ \w+) \1\b")


def is_followed(template: Template, path: str) -> bool:
    """Whether its verb follows a slot, or a detail that could belong to the slot's words."""
    return bool(re.search(rf"{{{re.escape(path)}}} (?:{BEHIND})\b", template.source))


def repeats(text: str) -> bool:
    """Whether the same three words stand in a text twice, or two of them in a row."""
    words = text.split()
    runs = [tuple(words[index : index + 3]) for index in range(len(words) - 2)]
    return len(set(runs)) < len(runs) or bool(_STUTTER.search(text))


def frames(form: str) -> set[str]:
    """What a reader notices as repeated in a form."""
    lowered = form.lower()
    return {frame for frame in FRAMES if frame in lowered} or {lowered}


def then(first: str, second: str) -> str:
    """A wish and one that builds on it."""
    return f"{first}, and then {second}" if "," in first else f"{first} and then {second}"


def both(first: str, second: str, also: str = "also ") -> str:
    """Two wishes side by side; a comma tells where one that holds `and` itself ends."""
    holds_more = " and " in first or "," in first
    return f"{first}, and {also}{second}" if holds_more else f"{first} and {second}"
