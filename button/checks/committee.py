"""Judges: whether more than half of a committee's votes are for each part that was judged.

The votes are in the record (`graphs/pipeline.py` collects them, where `judges` are turned on); what
they decide is counted here, and again by whoever checks the row later.
"""

from collections.abc import Iterator, Sequence

from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.records import Finding, Judged, Judgement

UNLIKE_A_PERSON = Code(
    "unlike_a_person",
    "error",
    "human",
    "Most judges say that the human does not speak as a person with this task would.",
)
UNANSWERED_REQUEST = Code(
    "unanswered_request",
    "error",
    "assistant",
    "Most judges say that the final answer does not answer the request.",
)
IMPLAUSIBLE_RESULT = Code(
    "implausible_result",
    "error",
    "tool",
    "Most judges say that a result is not what such a function would return.",
)
JUDGES_UNDECIDED = Code(
    "judges_undecided",
    "error",
    "construction",
    "Neither yes nor no has more than half of the judges' votes.",
)
CODES = (UNLIKE_A_PERSON, UNANSWERED_REQUEST, IMPLAUSIBLE_RESULT, JUDGES_UNDECIDED)

_AGAINST: dict[Judged, Code] = {
    "human": UNLIKE_A_PERSON,
    "assistant": UNANSWERED_REQUEST,
    "tool": IMPLAUSIBLE_RESULT,
}


def check(view: Prepared) -> list[Finding]:
    """What the votes in the record decide; nothing where nothing was judged."""
    return decided(view.record.judgements or ()) if view.record else []


def decided(judgements: Sequence[Judgement]) -> list[Finding]:
    """One error for each part that has no majority for it."""
    return list(_decided(judgements))


def _decided(judgements: Sequence[Judgement]) -> Iterator[Finding]:
    for judged, code in _AGAINST.items():
        votes = [each for each in judgements if each.of == judged]
        against = [each for each in votes if each.vote == "no"]
        if 2 * sum(each.vote == "yes" for each in votes) > len(votes) or not votes:
            continue
        if 2 * len(against) > len(votes):
            yield code.found(f"{len(against)} of {len(votes)} votes are no: {against[0].reason}")
        else:
            silent = sum(each.vote == "none" for each in votes)
            yield JUDGES_UNDECIDED.found(
                f"{judged}: of {len(votes)} votes {len(votes) - len(against) - silent} are yes, "
                f"{len(against)} no, {silent} none"
            )
