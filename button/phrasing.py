"""What BUTTON demands of texts: told to the model that wrote one, and checked at the end.

Source: arXiv 2410.12952, the prompts of the bottom-up stages and of the human.
"""

import re
from collections.abc import Iterable

MOST_SCENARIO_WORDS = 10
MOST_ATOMIC_WORDS = 30
SHORTEST_REPEAT = 6
"""Words from which on the same words are no courtesy."""

_IDENTIFIER = re.compile(r"[_.\d-]|[a-z][A-Z]")
_CLAUSE = r"(?:^|[.;:!?\n]\s*|,\s+(?:and\s+)?)"
_FIRST = re.compile(
    rf"{_CLAUSE}(?:first|firstly|first of all|to start(?: with)?)\b(?!\s+class)", re.I
)
_NEXT = re.compile(
    rf"{_CLAUSE}(?:second|secondly|then|next|after that|afterwards|third|thirdly)\b"
    r"(?!\s+(?:week|month|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday|of)\b)",
    re.I,
)
_STEP = re.compile(r"\bstep\s+(?:\d+|one|two|three)\b", re.I)
_NUMBERED = re.compile(r"(?:^|\n)\s*\d+[.)]\s+\S|(?<![\w.])\(?[1-9]\)\s+\w")


def lists_steps(text: str) -> bool:
    """Whether `text` is a recipe: `first ... second`, `step 1`, or a numbered list."""
    first = _FIRST.search(text)
    ordered = first is not None and _NEXT.search(text, first.end()) is not None
    return ordered or bool(_STEP.search(text)) or len(_NUMBERED.findall(text)) > 1


def named_functions(text: str, names: Iterable[str]) -> list[str]:
    """The function names that `text` uses as identifiers.

    A name that is one ordinary word (`search`) does not count: nobody can avoid it.
    """
    return [
        name
        for name in names
        if name in text
        and _IDENTIFIER.search(name)
        and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    ]
