"""The final answer: it says something, and what it says is true to what was said and returned."""

import re
from bisect import bisect
from collections.abc import Iterator
from itertools import pairwise

from button.checks.claims import known, worked_out
from button.checks.codes import Code
from button.checks.mentions import Mention, measured, names, naming_words, quoted
from button.checks.prepared import Prepared
from button.checks.quantities import currencies
from button.checks.sources import Source
from button.checks.surface import Passage
from button.checks.text import stem, words
from button.records import Finding

EMPTY_FINAL_ANSWER = Code(
    "empty_final_answer", "error", "assistant", "There is no final answer, or it says nothing."
)
UNGROUNDED_FINAL_ANSWER = Code(
    "ungrounded_final_answer",
    "error",
    "assistant",
    "The final answer states a number, date, time, id or quote that nobody gave.",
)
UNKNOWN_NAME = Code(
    "unknown_name",
    "warning",
    "assistant",
    "The final answer states a small count or a name that nobody gave.",
)
CODES = (
    EMPTY_FINAL_ANSWER,
    UNGROUNDED_FINAL_ANSWER,
    UNKNOWN_NAME,
)

_CALCULATED = re.compile(
    r"\b(?:totals?|sum|altogether|combined|together|difference|left|remain\w*|average|mean|per|each|"
    r"more|less|cheaper|saves?|savings?|over|under|within|half|double|twice|percent|shorter|longer|"
    r"faster|slower|overall|both|apart|counts?|all(?! (?:done|set)\b))\b|%|[=×+]",
    re.I,
)
_SENTENCE_END = re.compile(r"(?<!\b[A-Z])(?<!\b[A-Z][a-z])(?<!\bMrs)[.!?]\s+(?=[A-Z])")
"""Not the point of `Dr. Moreau`, nor that of an initial."""
_SMALL = 10
_SHARE_OF_QUOTE = 0.6
_LONGEST_UNIT = 12
"""Characters after a name in which the unit of a currency stands."""


def check(prepared: Prepared) -> list[Finding]:
    """All findings about the closing message."""
    last = len(prepared.messages) - 1
    if prepared.answer is None:
        return [EMPTY_FINAL_ANSWER.found("no final answer", last)]
    return list(_claims(prepared, last, prepared.answer))


def _claims(prepared: Prepared, index: int, answer: Passage) -> Iterator[Finding]:
    sources = _sources(prepared)
    logical = any(not sub.functions for sub in prepared.sub_tasks.values())
    starts, calculating = _calculating(answer.text)
    for mention in measured(answer.text):
        if known(mention, sources, answer):
            continue
        if mention.kind == "number":
            calculated = logical or calculating[bisect(starts, mention.start) - 1]
            if worked_out(mention, sources, answer, calculated):
                continue
        small = mention.kind == "number" and mention.value <= _SMALL and not mention.decimals
        code = UNKNOWN_NAME if small else UNGROUNDED_FINAL_ANSWER
        yield code.found(f"{mention.kind} {mention.text!r} is nowhere before", index, "$.content")
    for mention in quoted(answer.text):
        tokens = [stem(token) for token in words(mention.text).split()]
        if sum(_said(token, sources) for token in tokens) < _SHARE_OF_QUOTE * len(tokens):
            yield UNGROUNDED_FINAL_ANSWER.found(
                f"quote {mention.text!r} is nowhere before", index, "$.content"
            )
    for mention in names(answer.text):
        naming = naming_words(mention.text)
        given = any(_said(token, sources) for token in naming) or _names_a_field(naming, prepared)
        if not given and not _is_currency(mention, sources, answer):
            yield UNKNOWN_NAME.found(f"name {mention.text!r} is nowhere before", index, "$.content")


def _calculating(text: str) -> tuple[list[int], list[bool]]:
    """Where sentences start, and whether they, or the ones before them, speak of calculating.

    The rest of the answer does not count: a total at its end makes no sum of a house number.
    """
    starts = [0, *(match.end() for match in _SENTENCE_END.finditer(text))]
    spoken = [
        _CALCULATED.search(text, start, end) is not None
        for start, end in pairwise([*starts, len(text)])
    ]
    return starts, [before or own for before, own in pairwise([False, *spoken])]


def _said(token: str, sources: list[Source]) -> bool:
    return any(token in source.passage.stems for source in sources)


def _names_a_field(naming: frozenset[str], prepared: Prepared) -> bool:
    """Whether a name is what a result calls one of its values: `Wi-Fi` for `wifi_password`."""
    return any(
        stem(token) in naming
        for _, result in prepared.results
        for key in {key for leaf in result.leaves for key in leaf.keys if isinstance(key, str)}
        for token in words(key).split()
    )


def _sources(prepared: Prepared) -> list[Source]:
    """Everything that the final answer may rely on; arguments are judged by the grounding check."""
    said = [Source(passage, index) for index, passage in (*prepared.human, *prepared.system)]
    returned = [
        Source(result.passage, result.message, call.id, result.leaves)
        for call, result in prepared.results
    ]
    given = "\n".join(
        str(leaf.value) for call in prepared.calls for leaf in call.leaves if not call.refused
    )
    return [*said, *returned, Source(Passage(given, prepared.today), 0)]


def _is_currency(mention: Mention, sources: list[Source], answer: Passage) -> bool:
    """Whether a name belongs to a known currency: `Hungarian` before `forints`, where HUF was."""
    end = mention.start + len(mention.text)
    named = answer.text[mention.start : end + _LONGEST_UNIT]
    codes = currencies(named, words(named))
    return any(
        code in source.passage.currencies or f" {code.casefold()} " in source.passage.words
        for code in codes
        for source in sources
    )
