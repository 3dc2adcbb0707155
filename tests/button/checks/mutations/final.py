"""Damage to the final answer."""

import json
import re

from tests.button.checks.mutations.arguments import NAMES, is_id, turned
from tests.button.checks.mutations.operator import Case, operator, places
from tests.button.checks.mutations.results import follows_otherwise

_FIGURE = re.compile(r"(?<![\w.,:-])\d[\d,]*(?:\.\d+)?(?![\w:-])")
_SENTENCE = re.compile(r"(?<=[.!?]) (?=[A-Z])")


def _final(case: Case) -> str:
    return str(case.messages[-1]["content"])


def _write(case: Case, text: str) -> bool:
    changed = text != _final(case)
    case.messages[-1]["content"] = text
    return changed


@operator("empty_final_answer", "assistant")
def say_nothing(case: Case) -> bool:
    return _write(case, "  ")


@operator("answer_without_results", "assistant")
def say_nothing_of_results(case: Case) -> bool:
    return _write(case, "Everything is arranged as you wished. Have a good day!")


@operator("ungrounded_final_answer", "assistant")
def state_wrong_number(case: Case) -> bool:
    figures = [
        match
        for match in _FIGURE.finditer(_final(case))
        if float(match.group().replace(",", "").rstrip(".")) > 12
    ]
    match = case.pick(figures)
    if match is None:
        return False
    value = float(match.group().replace(",", "")) * 3 + 1237
    return _write(case, f"{_final(case)[: match.start()]}{value:,.0f}{_final(case)[match.end() :]}")


@operator("ungrounded_final_answer", "assistant")
def state_wrong_code(case: Case) -> bool:
    returned = [
        place.value
        for made in case.calls
        for place in places(json.loads(case.messages[made.answer]["content"]))
    ]
    code = case.pick([each for each in returned if is_id(each) and each in _final(case)])
    if code is None:
        return False
    return _write(case, _final(case).replace(code, turned(case, code)))


@operator("unknown_name", "assistant")
def name_somebody_unknown(case: Case) -> bool:
    sentences = _SENTENCE.split(_final(case))
    sentences.insert(1, f"As agreed, I asked {case.pick(list(NAMES))} about it as well.")
    return _write(case, " ".join(sentences))


@operator("ungrounded_final_answer", "assistant")
def quote_what_nobody_said(case: Case) -> bool:
    return _write(case, f'{_final(case)} The note says "splendid gardens, breakfast until noon".')


@operator("ungrounded_final_answer", "assistant")
def add_date_nobody_gave(case: Case) -> bool:
    return _write(case, f"{_final(case)} This holds until November 23.")


@operator("unmentioned_sub_task answer_without_results", "assistant")
def leave_out_outcome(case: Case) -> bool:
    """Without all that is said of a sub-task on which no other builds."""
    built_upon = {each for sub in case.row["task"]["sub_tasks"] for each in sub["depends_on"]}
    ends = [sub for sub in case.row["task"]["sub_tasks"] if sub["id"] not in built_upon]
    chosen = case.pick([sub for sub in ends if sub["functions"]])
    if chosen is None:
        return False
    told = _SENTENCE.split(_final(case))
    kept = [each for each in told if not _is_about(case, chosen["id"], each)]
    return 0 < len(kept) < len(told) and _write(case, " ".join(kept))


@operator("untold_conclusion", "assistant")
def leave_out_conclusion(case: Case) -> bool:
    """Without the sentences that tell what a sub-task of pure logic came to."""
    built_upon = {each for sub in case.row["task"]["sub_tasks"] for each in sub["depends_on"]}
    ends = [sub for sub in case.row["task"]["sub_tasks"] if sub["id"] not in built_upon]
    chosen = case.pick([sub for sub in ends if not sub["functions"]])
    figures = _FIGURE.findall(chosen["text"]) if chosen else []
    told = _SENTENCE.split(_final(case))
    kept = [each for each in told if not any(figure in each for figure in figures)]
    return 0 < len(kept) < len(told) and _write(case, " ".join(kept))


def _is_about(case: Case, sub_task: str, sentence: str) -> bool:
    """Whether a sentence tells a value of the sub-task's calls, or of their results."""
    said = set(re.findall(r"[\w@.+-]*\w", sentence))
    for made in case.calls:
        if case.row["links"].get(made.call["id"]) != sub_task:
            continue
        result = json.loads(case.messages[made.answer]["content"])
        for place in [*places(result), *places(made.function["arguments"])]:
            value = place.value
            if isinstance(value, bool):
                continue
            tokens = re.findall(r"[\w@.+-]*\w", str(value))
            if set(tokens) <= said or _told_otherwise(value, sentence):
                return True
    return False


def _told_otherwise(value: object, sentence: str) -> bool:
    """Dates, times and numbers are told in another form than they are returned in."""
    if isinstance(value, int | float):
        return f"{value:,}" in sentence or f"{value:.2f}" in sentence
    text = str(value)
    if re.fullmatch(r"\d\d:\d\d", text):
        hour = int(text[:2])
        return re.search(rf"\b{(hour - 1) % 12 + 1}(?::{text[3:]})? ?[ap]m", sentence) is not None
    date = re.fullmatch(r"\d{4}-(\d\d)-(\d\d)", text)
    return date is not None and re.search(rf"[a-z] {int(date[2])}\b", sentence) is not None


@operator("other_entity", "assistant")
def name_other_entity(case: Case) -> bool:
    """The answer speaks of another entry of a list than the one that the next call was given."""
    chosen = case.pick([each for each in case.leaves if case.origin(each) == "result"])
    if chosen is None or not isinstance(chosen.value, str) or chosen.value not in _final(case):
        return False
    origin = case.row["provenance"][chosen.call][chosen.path]
    source = next(made for made in case.calls if made.call["id"] == origin["call"])
    column = re.sub(r"\[\d+\]", "[*]", origin["path"])
    others = [
        place.value
        for place in places(json.loads(case.messages[source.answer]["content"]))
        if re.sub(r"\[\d+\]", "[*]", place.path) == column and place.value != chosen.value
    ]
    other = case.pick([each for each in others if column != origin["path"]])
    if other is None:
        return False
    text = re.sub(re.escape(chosen.value), lambda _: other, _final(case), flags=re.IGNORECASE)
    return _write(case, text)


@operator("ungrounded_final_answer ungrounded_argument other_arguments", "assistant tool")
def change_result_after_telling(case: Case) -> bool:
    """A figure or code that the answer tells is another one in the result it came from."""
    made = case.pick(case.calls)
    result = json.loads(case.messages[made.answer]["content"])
    place = case.pick([each for each in places(result) if _is_told(case, each.value)])
    before = json.dumps([message["content"] for message in case.messages[:-1]])
    if place is None or len(re.findall(rf"(?<!\d){re.escape(str(place.value))}(?!\d)", before)) > 1:
        return False
    if is_id(place.value):
        place.set(turned(case, place.value))
    elif follows_otherwise(case, place.value):
        return False
    else:
        place.set(place.value * 97 + 1013)
    case.messages[made.answer]["content"] = json.dumps(result)
    return True


def _is_told(case: Case, value: object) -> bool:
    """Whether the answer tells a code or a number that cannot be there by chance."""
    if is_id(value):
        return str(value) in _final(case)
    if not isinstance(value, int | float) or value <= 12:
        return False
    return re.search(rf"(?<![\w.,]){re.escape(f'{value:,}')}(?![\w,])", _final(case)) is not None
