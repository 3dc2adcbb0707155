"""Damage to what the tools answer."""

import copy
import json
import re
from typing import Any

from tests.button.checks.mutations.arguments import is_id, is_number, turned
from tests.button.checks.mutations.operator import Case, Made, Place, Row, operator, places
from tools.entities import words
from tools.ledger import CHANGING, READING


def _answer(case: Case, made: Made) -> Any:
    return json.loads(case.messages[made.answer]["content"])


def _write(case: Case, made: Made, result: Any) -> None:
    case.messages[made.answer]["content"] = json.dumps(
        result, ensure_ascii=False, separators=(",", ":")
    )


def _swap(case: Case, first: Made, second: Made) -> bool:
    one, other = case.messages[first.answer], case.messages[second.answer]
    if first.function["name"] == second.function["name"]:
        return False
    one["content"], other["content"] = other["content"], one["content"]
    return True


@operator("invalid_result", "tool")
def swap_parallel_answers(case: Case) -> bool:
    """Each call of a turn is given the answer to the other."""
    batch = case.pick([batch for batch in case.batches if len(batch) > 1])
    return batch is not None and _swap(case, batch[0], batch[1])


@operator("invalid_result", "tool")
def swap_results_of_turns(case: Case) -> bool:
    return len(case.batches) > 1 and _swap(case, case.batches[0][0], case.batches[-1][0])


@operator("invalid_result", "tool")
def swap_answer_with_another_trajectory(case: Case) -> bool:
    made = case.pick(case.calls)
    other = Case(case.donor, case.row, case.random)
    taken = case.pick(other.calls)
    if taken.function["name"] == made.function["name"]:
        return False
    case.messages[made.answer]["content"] = other.messages[taken.answer]["content"]
    return True


@operator("invalid_result", "tool")
def drop_result_field(case: Case) -> bool:
    made = case.pick(case.calls)
    result = _answer(case, made)
    if not isinstance(result, dict) or not result:
        return False
    del result[case.pick(sorted(result))]
    _write(case, made, result)
    return True


@operator("invalid_result", "tool")
def change_result_type(case: Case) -> bool:
    made = case.pick(case.calls)
    result = _answer(case, made)
    place = case.pick(list(places(result)))
    place.set([place.value])
    _write(case, made, result)
    return True


@operator("invalid_result", "tool")
def cut_result(case: Case) -> bool:
    message = case.messages[case.pick(case.calls).answer]
    message["content"] = message["content"][: len(message["content"]) // 2]
    return True


@operator("unserved_sub_task needless_refusal", "tool")
def refuse_valid_call(case: Case) -> bool:
    last = case.calls[-1]
    case.messages[last.answer] |= {"is_error": True, "content": "This is not possible."}
    case.messages[last.message]["trainable"] = False
    return len(case.batches[-1]) == 1


@operator("ungrounded_argument", "assistant")
def change_result_after_use(case: Case) -> bool:
    """A value that a later call uses is another one in the result it came from."""
    used = case.pick([each for each in case.leaves if case.origin(each) == "result"])
    if used is None or not (is_id(used.value) or is_number(used.value)):
        return False
    if is_number(used.value) and follows_otherwise(case, used.value):
        return False
    return _change_everywhere(case, used)


def follows_otherwise(case: Case, value: float) -> bool:
    """Whether a number is worked out from two or three others: then it needs no result."""
    figures = {float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", case.text())} - {0.0, 1.0}
    return any(
        value - each in figures
        or value + each in figures
        or value / each in figures
        or round(value * each, 6) in figures
        for each in figures
    ) or any((value - each) / other in figures for each in figures for other in figures)


def _change_everywhere(case: Case, used: Place) -> bool:
    origin = case.row["provenance"][used.call][used.path]
    at = next(made.message for made in case.calls if made.call["id"] == used.call)
    value = used.value
    another = turned(case, value) if is_id(value) else value * 97 + 1013
    for made in case.calls:
        result = _answer(case, made)
        held = [place for place in places(result) if place.value == value]
        if made.message < at and held:
            if made.call["id"] != origin["call"]:
                return False  # another result gives it as well
            for place in held:
                place.set(another)
            _write(case, made, result)
    return str(value) not in case.messages[1]["content"]


@operator("contradiction", "tool")
def contradict_earlier_result(case: Case) -> bool:
    """The same is asked again and answered otherwise, while nothing changed the world."""
    made = case.pick(case.calls)
    beside = [each for each in case.calls if each.message == made.message]
    if not _only_reads(made) or any(_changes(each) for each in beside[made.position :]):
        return False
    return _ask_again(case, made)


def _only_reads(made: Made) -> bool:
    verbs = words(made.function["name"])
    return verbs[0] in READING and not any(verb in CHANGING for verb in verbs[:2])


def _changes(made: Made) -> bool:
    """Whether it says that it changes something, which may be what is asked for again."""
    verbs = words(made.function["name"])
    return verbs[0] in CHANGING or (verbs[0] not in READING and not CHANGING.isdisjoint(verbs[1:2]))


def _ask_again(case: Case, made: Made) -> bool:
    result = _answer(case, made)
    place = case.pick([each for each in places(result) if is_number(each.value)])
    if place is None:
        return False
    place.set(place.value + 1)
    after = case.messages[made.message]
    call: Row = copy.deepcopy(made.call) | {"id": "again0000"}
    again = [
        {**after, "tool_calls": [call]},
        {**case.messages[made.answer], "tool_call_id": "again0000"},
    ]
    end = max(each.answer for each in case.calls if each.message == made.message) + 1
    case.messages[end:end] = copy.deepcopy(again)
    case.messages[end + 1]["content"] = json.dumps(result)
    return True
