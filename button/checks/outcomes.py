"""What came of the task: the final answer tells the outcome of every sub-task, and of no other."""

import re
from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.leaves import Leaf
from button.checks.mentions import measured
from button.checks.prepared import Prepared
from button.checks.surface import Passage, Scalar, Surface
from button.checks.text import shorten, stem, vocabulary, words
from button.checks.view import Call, Result
from button.records import Finding, Origin, SubTask

ANSWER_WITHOUT_RESULTS = Code(
    "answer_without_results",
    "error",
    "assistant",
    "The final answer mentions nothing of any result.",
)
UNMENTIONED_SUB_TASK = Code(
    "unmentioned_sub_task",
    "error",
    "assistant",
    "The final answer tells nothing of the outcome of a sub-task on which no other builds.",
)
OTHER_ENTITY = Code(
    "other_entity",
    "error",
    "assistant",
    "The final answer names another entry of a list than the one that was chosen from it.",
)
UNTOLD_CONCLUSION = Code(
    "untold_conclusion",
    "warning",
    "assistant",
    "The final answer says no figure, or no words, of a sub-task without functions.",
)
CODES = (ANSWER_WITHOUT_RESULTS, UNMENTIONED_SUB_TASK, UNTOLD_CONCLUSION, OTHER_ENTITY)

_CONFIRMATIONS = frozenset(
    vocabulary(
        "ok okay success successful succeeded confirmed sent created done completed complete "
        "booked scheduled saved updated added accepted pending active cancelled canceled true yes"
    )
)
_SHARE_SAID = 0.6
"""Share of the words of a longer value that an answer must say to mention it."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_INDEX = re.compile(r"\[\d+\]")


def check(prepared: Prepared) -> list[Finding]:
    """All findings about results that the final answer leaves out or mixes up."""
    answer, index = prepared.answer, len(prepared.messages) - 1
    if answer is None:
        return []
    return [*_uses(prepared, index, answer), *_mixed_up(prepared, index, answer)]


def _uses(prepared: Prepared, index: int, answer: Passage) -> Iterator[Finding]:
    # What was reported before the human spoke again need not be repeated. In our own conversations
    # the human only answers what the assistant asks, so that the final answer tells everything.
    since = prepared.human[-1][0] if prepared.human and prepared.record is None else 0
    telling = [
        call for call in prepared.calls if call.message >= since and call.served and news(call)
    ]
    told = {call.id for call in telling if _tells(answer, call)}
    if telling and not told:
        yield ANSWER_WITHOUT_RESULTS.found(
            "the final answer mentions nothing that any tool returned", index, "$.content"
        )
        return
    built_upon = {before for sub in prepared.sub_tasks.values() for before in sub.depends_on}
    for sub_task in prepared.sub_tasks.values():
        if sub_task.id in built_upon:
            continue
        own = {call.id for call in prepared.served[sub_task.id]} & {call.id for call in telling}
        if own and not own & told:
            yield UNMENTIONED_SUB_TASK.found(
                f"nothing that came of sub-task {sub_task.id!r} is mentioned", index, "$.content"
            )
        elif not sub_task.functions and _says_nothing(answer, sub_task):
            yield UNTOLD_CONCLUSION.found(
                f"sub-task {sub_task.id!r} seems to be left open: {shorten(sub_task.text)}",
                index,
                "$.content",
            )


def news(call: Call) -> list[Leaf]:
    """What a result says beyond confirming the call and repeating its arguments."""
    if call.result is None:
        return []
    own = {leaf.value for leaf in call.leaves}
    return [
        leaf
        for leaf in call.result.leaves
        if not isinstance(leaf.value, bool)
        and leaf.value not in own
        and leaf.value != ""
        and str(leaf.value).casefold() not in _CONFIRMATIONS
    ]


def _tells(answer: Passage, call: Call) -> bool:
    """Whether the answer tells something new from the result, or that the act was done."""
    if any(mentioned(answer, leaf.value) for leaf in news(call) if leaf.value is not None):
        return True
    return call.result is not None and _reports_act(answer, call, call.result)


def _reports_act(answer: Passage, call: Call, result: Result) -> bool:
    """Whether one sentence says all that a record of an act repeats of its call.

    A record of an act (`{"email": ..., "amount": 9, "message_id": "MSG-3467"}`) has an id of its
    own, which nobody needs to hear; what was done, and to whom, is the outcome.
    """
    if any(isinstance(key, int) for leaf in result.leaves for key in leaf.keys[:1]) or any(
        isinstance(inner, dict) for leaf in result.leaves for inner in _members(result, leaf)
    ):
        return False
    own = [leaf.value for leaf in call.leaves]
    echoed = [
        leaf.value
        for leaf in result.leaves
        if leaf.value is not None and not isinstance(leaf.value, bool) and leaf.value in own
    ]
    fresh = any(_is_code(leaf.value) and leaf.value not in own for leaf in result.leaves)
    if not echoed or not fresh:
        return False
    return any(
        all(mentioned(sentence, value) for value in echoed)
        for sentence in (Passage(part, answer.today) for part in _SENTENCE_END.split(answer.text))
    )


def _members(result: Result, leaf: Leaf) -> list[object]:
    """The members of the list of a result in which a leaf stands; none outside of lists."""
    top = result.value.get(leaf.keys[0]) if isinstance(result.value, dict) else None
    return top if isinstance(top, list) else []


def _is_code(value: object) -> bool:
    """Whether it looks like an id: one word with letters and figures."""
    return (
        isinstance(value, str)
        and " " not in value
        and any(map(str.isdigit, value))
        and any(map(str.isalpha, value))
    )


def _says_nothing(answer: Passage, sub_task: SubTask) -> bool:
    """Whether nothing of a sub-task of pure logic is told: none of its figures, or of its words."""
    asked = Passage(sub_task.text, answer.today)
    figures = [each for each in measured(asked.text) if each.kind == "number"]
    if figures:
        return not any(each.value in answer.numbers for each in figures)
    said = asked.stems & answer.stems
    return len(said) < (1 - _SHARE_SAID) * len(asked.stems)


def mentioned(answer: Passage, value: Scalar) -> bool:
    """Whether the answer says a value: exactly, rounded, in another form, or most of its words."""
    if isinstance(value, float):
        return any(round(value, decimals) in answer.numbers for decimals in (6, 2, 1, 0))
    surface = Surface(value, answer.today)
    manner = surface.manner(answer)
    if manner:
        return manner != "count"  # every text has an `a`
    tokens = surface.words.split()
    said = sum(stem(token) in answer.stems for token in tokens)
    return len(tokens) >= 3 and said >= _SHARE_SAID * len(tokens)


def _mixed_up(prepared: Prepared, index: int, answer: Passage) -> Iterator[Finding]:
    """Choices that the answer does not name, where it names what was not chosen instead."""
    for call in prepared.calls:
        for leaf in call.leaves if call.served else ():
            trace = prepared.traces[call.id].get(leaf.path)
            chosen = leaf.value
            if trace is None or not isinstance(chosen, str) or trace.origin.source != "result":
                continue
            if _said(answer, chosen):
                continue
            others = _other_entries(prepared, trace.origin, chosen)
            other = next((each for each in others if _said(answer, each)), None)
            if other is not None:
                yield OTHER_ENTITY.found(
                    f"{shorten(other)} is named, but {call.name!r} was given {shorten(chosen)}",
                    index,
                    "$.content",
                )


def _other_entries(prepared: Prepared, origin: Origin, chosen: str) -> list[str]:
    """The texts that stand where a value came from in the other entries of the same list."""
    source = prepared.call_by_id.get(origin.call or "")
    column = _INDEX.sub("[*]", origin.path or "")
    if source is None or source.result is None or column == origin.path:
        return []
    return [
        leaf.value
        for leaf in source.result.leaves
        if isinstance(leaf.value, str)
        and leaf.value != chosen
        and _INDEX.sub("[*]", leaf.path) == column
    ]


def _said(answer: Passage, value: str) -> bool:
    return Surface(value, answer.today).manner(answer) is not None and bool(words(value).strip())
