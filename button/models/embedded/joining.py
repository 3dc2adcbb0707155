"""How clauses join in a sentence of a person's, and what makes a sentence hard to read."""

import re
from os.path import commonprefix

from button.models.embedded.phrases import Template

FRAMES = (
    "could you",
    "would you",
    "can you",
    "i'd",
    "i need",
    "i want",
    "then",
    "also",
    "after",
    "oh,",
)
BEHIND = "for|is|are|has|have|was|will|can|would|opens?|costs?|takes?|plays?|works?|needs?|starts?"
MOST_OF_A_KIND = {"with": 1, "for": 2, "at": 2, "that": 1}
"""How often a preposition may stand in a sentence before nobody knows what it belongs to."""
TWINS = re.compile(r"(?:look up|pull up|check|get|search) (?!.*\b(?:an?|how|what|when) )")
"""Look-ups that can be asked for two things at once."""
MOST_TWIN_WORDS = 3
_STUTTER = re.compile(r"\b(\w+ \w+) \1\b")


_DETAIL = re.compile(r"(?:for|to|at|in|from|on|with|as|by|into|over|and|including) |$")
"""What may follow a long noun phrase and still be read with the verb before it."""


def trails(words: str, phrase: str) -> bool:
    """Whether something follows a noun phrase that could be read as belonging to it."""
    return not _DETAIL.match(words.partition(phrase)[2].lstrip(", "))


def is_followed(template: Template, path: str) -> bool:
    """Whether its verb follows a slot, or a detail that could belong to the slot's words."""
    return bool(re.search(rf"{{{re.escape(path)}}} (?:{BEHIND})\b", template.source))


def repeats(text: str) -> bool:
    """Whether the same three words stand in a text twice, or two of them in a row."""
    runs = _runs(text, 3)
    return len(set(runs)) < len(runs) or bool(_STUTTER.search(text))


def shares_words(text: str, other: str) -> bool:
    """Whether the same four words stand in two texts."""
    runs = [_runs(each.lower(), 4) for each in (text, other)]
    return bool(set(runs[0]) & set(runs[1]))


def _runs(text: str, length: int) -> list[tuple[str, ...]]:
    words = text.split()
    return [tuple(words[index : index + length]) for index in range(len(words) - length + 1)]


def is_tangled(text: str) -> bool:
    """Whether words repeat in a text, or one preposition leads to too many things."""
    return is_crowded(text) or repeats(text)


def is_crowded(text: str) -> bool:
    """Whether one preposition leads to so many things that nobody knows which belongs to which."""
    words = text.split()
    return any(words.count(each) > most for each, most in MOST_OF_A_KIND.items())


def frames(form: str) -> set[str]:
    """What a reader notices as repeated in a form."""
    lowered = form.lower()
    return {frame for frame in FRAMES if frame in lowered} or {lowered}


def then(first: str, second: str) -> str:
    """A wish and one that builds on it."""
    holds_more = " and " in first or "," in first
    return f"{first}, and then {second}" if holds_more else f"{first} and then {second}"


def both(first: str, second: str, also: str = "also ") -> str:
    """Two wishes side by side; a comma tells where one that holds `and` itself ends."""
    once = _with_one_verb(first, second)
    if once:
        return once
    holds_more = " and " in first or "," in first
    return f"{first}, and {also}{second}" if holds_more else f"{first} and {second}"


def _with_one_verb(first: str, second: str) -> str | None:
    """`look up A and B in my contacts` for the same look-up said twice."""
    words, others = first.split(), second.split()
    head = len(commonprefix([words, others]))
    head -= head > 0 and words[head - 1] in ("my", "the")
    tail = len(commonprefix([words[head:][::-1], others[head:][::-1]]))
    middle, other = words[head : len(words) - tail], others[head : len(others) - tail]
    short = 0 < len(middle) <= MOST_TWIN_WORDS and 0 < len(other) <= MOST_TWIN_WORDS
    if head < 2 or not short or not TWINS.match(first):
        return None
    return " ".join([*words[:head], *middle, "and", *other, *words[len(words) - tail :]])
