"""The final answer: it says something, what it says is true to the results, and it uses them."""

import re
from collections.abc import Iterator

from button.checks.arithmetic import by_arithmetic, by_unit
from button.checks.calendar_steps import by_calendar, by_duration
from button.checks.codes import Code
from button.checks.leaves import Leaf, leaves
from button.checks.mentions import Mention, measured, names, quoted
from button.checks.prepared import Prepared
from button.checks.quantities import amounts
from button.checks.sources import Source
from button.checks.surface import Passage, Surface
from button.checks.text import stem, vocabulary, words
from button.checks.view import Call
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
ANSWER_WITHOUT_RESULTS = Code(
    "answer_without_results",
    "error",
    "assistant",
    "The final answer mentions nothing of any result.",
)
UNMENTIONED_SUB_TASK = Code(
    "unmentioned_sub_task",
    "warning",
    "assistant",
    "The final answer mentions nothing of the results of a sub-task on which no other builds.",
)
CODES = (
    EMPTY_FINAL_ANSWER,
    UNGROUNDED_FINAL_ANSWER,
    UNKNOWN_NAME,
    ANSWER_WITHOUT_RESULTS,
    UNMENTIONED_SUB_TASK,
)

_CALCULATED = re.compile(
    r"\b(?:totals?|sum|altogether|combined|together|difference|left|remain\w*|average|mean|per|each|"
    r"more|less|cheaper|saves?|savings?|over|under|within|half|double|twice|percent|shorter|longer|"
    r"faster|slower|overall|both|apart|counts?|all)\b|%|[=×+]",
    re.I,
)
_SMALL = 10
_FAHRENHEIT = re.compile(r"\s*(?:degrees )?(?:Fahrenheit|°\s?F)", re.I)
_SCALES = frozenset({5, 10, 20, 100, 1000})
_SCALE = re.compile(r"(?:\bout of|\bper|\bon|\bin every|\d/) ?$")
_PART_OF_ID = 5
_SHORTEST_ENDING = 3
_ENDING = re.compile(r"\b(?:ending|ends)(?: in| with)?:?\s*\W*$", re.I)
_CONFIRMATIONS = frozenset(
    vocabulary(
        "ok okay success successful succeeded confirmed sent created done completed complete "
        "booked scheduled saved updated added accepted pending active cancelled canceled true yes"
    )
)
_SHARE_OF_QUOTE = 0.6


def check(prepared: Prepared) -> list[Finding]:
    """All findings about the closing message."""
    if prepared.final is None or not prepared.final[1].content.strip():
        return [EMPTY_FINAL_ANSWER.found("no final answer", len(prepared.messages) - 1)]
    index, message = prepared.final
    answer = Passage(message.content, prepared.today)
    return [*_claims(prepared, index, answer), *_uses(prepared, index, answer)]


def _claims(prepared: Prepared, index: int, answer: Passage) -> Iterator[Finding]:
    sources = _sources(prepared)
    calculated = bool(_CALCULATED.search(answer.text)) or any(
        not sub.functions for sub in prepared.sub_tasks.values()
    )
    for mention in measured(answer.text):
        if _known(mention, sources, answer) or (
            mention.kind == "number" and _worked_out(mention, sources, answer, calculated)
        ):
            continue
        small = mention.kind == "number" and mention.value <= _SMALL and not mention.decimals
        code = UNKNOWN_NAME if small else UNGROUNDED_FINAL_ANSWER
        yield code.found(f"{mention.kind} {mention.text!r} is nowhere before", index, "$.content")
    stems = frozenset().union(*(source.passage.stems for source in sources))
    for mention in quoted(answer.text):
        tokens = [stem(token) for token in words(mention.text).split()]
        if sum(token in stems for token in tokens) < _SHARE_OF_QUOTE * len(tokens):
            yield UNGROUNDED_FINAL_ANSWER.found(
                f"quote {mention.text!r} is nowhere before", index, "$.content"
            )
    for mention in names(answer.text):
        if stems.isdisjoint(stem(token) for token in words(mention.text).split()):
            yield UNKNOWN_NAME.found(f"name {mention.text!r} is nowhere before", index, "$.content")


def _sources(prepared: Prepared) -> list[Source]:
    """Everything that the final answer may rely on; arguments are judged by the grounding check."""
    said = [Source(passage, index) for index, passage in (*prepared.human, *prepared.system)]
    returned = [
        Source(result.passage, result.message, call.id, result.leaves)
        for call, result in prepared.results
    ]
    given = "\n".join(
        str(leaf.value)
        for call in prepared.calls
        for leaf in leaves(call.arguments)
        if not call.refused
    )
    return [*said, *returned, Source(Passage(given, prepared.today), 0)]


def _known(mention: Mention, sources: list[Source], answer: Passage) -> bool:
    if mention.kind == "date":
        meant = Passage(mention.text, answer.today).dates
        by_day: dict[tuple[int, int], list[bool]] = {}
        for day in meant:
            known = any(day in source.passage.dates for source in sources)
            by_day.setdefault((day.month, day.day), []).append(known)
        return all(map(any, by_day.values())) or bool(
            by_calendar(Surface(mention.text, answer.today), sources)
        )
    if mention.kind == "number":
        return _is_scale(mention, answer) or any(
            _rounds_to(mention, source.passage.numbers) or _part_of_id(mention, source, answer)
            for source in sources
        )
    surface = Surface(mention.text, answer.today)
    if any(surface.manner(source.passage) for source in sources):
        return True
    return mention.kind == "time" and by_calendar(surface, sources) is not None


def _is_scale(mention: Mention, answer: Passage) -> bool:
    """Whether a number is the end of a scale or a base: `4.2 out of 5`, `6 litres per 100 km`."""
    return mention.value in _SCALES and bool(
        _SCALE.search(answer.text, max(0, mention.start - 24), mention.start)
    )


def _part_of_id(mention: Mention, source: Source, answer: Passage) -> bool:
    """Whether a long figure is part of an id (`gift_card_7504069`), as a whole or as its ending."""
    if len(mention.text) >= _PART_OF_ID and f" {mention.text} " in source.passage.words:
        return True
    ending = (
        _ENDING.search(answer.text, max(0, mention.start - 24), mention.start)
        and len(mention.text) >= _SHORTEST_ENDING
    )
    return bool(ending) and f"{mention.text} " in source.passage.words


def _rounds_to(mention: Mention, known: frozenset[float]) -> bool:
    if mention.value in known:
        return True
    return any(
        not number.is_integer() and abs(number - mention.value) <= 0.5 * 10**-mention.decimals
        for number in known
    )


def _worked_out(mention: Mention, sources: list[Source], answer: Passage, calculated: bool) -> bool:
    """Whether a number follows from known ones.

    Sums and the like count only where the answer speaks of calculating.
    """
    around = answer.text[mention.start : mention.start + len(mention.text) + 20]
    for amount in amounts(around, words(around)):
        meant = amount.value == mention.value and amount.dimension == "time"
        if meant and by_duration(mention.value, sources, amount.factor):
            return True
    if by_unit(mention.value, sources):
        return True
    if _FAHRENHEIT.match(around, len(mention.text)):
        celsius = round((mention.value - 32) * 5 / 9, 1)
        return any(celsius in source.passage.numbers for source in sources)
    return calculated and by_arithmetic(mention.value, sources, mention.decimals) is not None


def _uses(prepared: Prepared, index: int, answer: Passage) -> Iterator[Finding]:
    # What was reported before the human spoke again need not be repeated. In our own conversations
    # the human only answers what the assistant asks, so that the final answer tells everything.
    since = prepared.human[-1][0] if prepared.human and prepared.record is None else 0
    telling = [
        call for call in prepared.calls if call.message >= since and call.served and _news(call)
    ]
    if not telling:
        return
    mentioned = {call.id for call in telling if _mentions(answer, call)}
    if not mentioned:
        yield ANSWER_WITHOUT_RESULTS.found(
            "the final answer mentions nothing that any tool returned", index, "$.content"
        )
        return
    built_upon = {before for sub in prepared.sub_tasks.values() for before in sub.depends_on}
    for sub_task, calls in prepared.served.items():
        own = {call.id for call in calls} & {call.id for call in telling}
        if sub_task not in built_upon and own and not own & mentioned:
            yield UNMENTIONED_SUB_TASK.found(
                f"nothing that sub-task {sub_task!r} returned is mentioned", index, "$.content"
            )


def _news(call: Call) -> list[Leaf]:
    """What a result says beyond confirming the call and repeating its arguments."""
    if call.result is None:
        return []
    own = {leaf.value for leaf in leaves(call.arguments)}
    return [
        leaf
        for leaf in call.result.leaves
        if not isinstance(leaf.value, bool)
        and leaf.value not in own
        and leaf.value != ""
        and str(leaf.value).casefold() not in _CONFIRMATIONS
    ]


def _mentions(answer: Passage, call: Call) -> bool:
    return any(_mentioned(answer, leaf.value) for leaf in _news(call) if leaf.value is not None)


def _mentioned(answer: Passage, value: str | int | float | bool) -> bool:
    if isinstance(value, float):
        return any(round(value, decimals) in answer.numbers for decimals in (6, 2, 1, 0))
    surface = Surface(value, answer.today)
    if surface.manner(answer):
        return True
    tokens = surface.words.split()
    said = sum(stem(token) in answer.stems for token in tokens)
    return len(tokens) >= 3 and said >= _SHARE_OF_QUOTE * len(tokens)
