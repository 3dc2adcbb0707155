"""Which functions fit a scenario: those that speak of what it speaks of."""

import re
from collections.abc import Sequence
from math import log

from button.models.embedded.functions import Function

LONGEST_STEM = 5
FEWEST_LETTERS = 4
MIN_SHARE = 0.5
"""How near to the best a function has to be to fit as well."""


def fitting(functions: Sequence[Function], scenario: str) -> list[Function]:
    """The functions whose words say most of a scenario; all of them where none says any."""
    stems = [_stems(_text(function)) for function in functions]
    wanted = _stems(scenario)
    scores = [
        sum(_weight(stem, stems) for stem in wanted if stem in own) / (1 + len(own)) ** 0.25
        for own in stems
    ]
    best = max(scores)
    return [
        function
        for function, score in zip(functions, scores, strict=True)
        if score >= MIN_SHARE * best
    ]


def _weight(stem: str, stems: Sequence[set[str]]) -> float:
    return log(len(stems) / sum(stem in own for own in stems))


def _text(function: Function) -> str:
    spec = function.spec
    return " ".join([function.name.replace("_", " "), spec.about, *spec.say, *spec.why])


def _stems(text: str) -> set[str]:
    words = re.findall(r"[a-z]+", text.lower())
    return {word[:LONGEST_STEM] for word in words if len(word) >= FEWEST_LETTERS}
