"""Damage to what is called when: order, batches, sub-tasks left out."""

import copy

from tests.button.checks.mutations.operator import Case, Made, operator


def _segment(batch: list[Made]) -> tuple[int, int]:
    """The messages of a turn: its calls and their answers."""
    return batch[0].message, batch[-1].answer + 1


@operator("ungrounded_argument out_of_order", "assistant")
def reorder_turns(case: Case) -> bool:
    if len(case.batches) < 2:
        return False
    first, last = _segment(case.batches[0]), _segment(case.batches[-1])
    before, after = case.messages[slice(*first)], case.messages[slice(*last)]
    between = case.messages[first[1] : last[0]]
    case.messages[first[0] : last[1]] = [*after, *between, *before]
    return True


@operator("dependent_batch", "assistant")
def merge_dependent_turns(case: Case) -> bool:
    """A call is made in the turn whose result it uses."""
    batches = case.batches
    fed = [
        (one, two) for one, two in zip(batches, batches[1:], strict=False) if _feeds(case, one, two)
    ]
    chosen = case.pick(fed)
    if chosen is None:
        return False
    one, two = chosen
    answers = [case.messages[each.answer] for each in two]
    case.messages[one[0].message]["tool_calls"] += [each.call for each in two]
    case.messages[two[0].message : two[-1].answer + 1] = []
    end = one[-1].answer + 1
    case.messages[end:end] = answers
    return True


def _feeds(case: Case, one: list[Made], two: list[Made]) -> bool:
    """Whether a call of `two` holds the very value that only `one` returns."""
    sources = {each.call["id"] for each in one}
    return any(
        origin["source"] == "result" and origin["call"] in sources
        for each in two
        for origin in case.row["provenance"][each.call["id"]].values()
    )


@operator("no_parallel_turn serial_independent", "assistant")
def split_parallel_turn(case: Case) -> bool:
    batch = case.pick([batch for batch in case.batches if len(batch) == 2])
    if batch is None:
        return False
    first, second = batch
    turn = case.messages[first.message]
    answers = [case.messages[first.answer], case.messages[second.answer]]
    case.messages[first.message : second.answer + 1] = [
        {**copy.deepcopy(turn), "tool_calls": [first.call]},
        answers[0],
        {**copy.deepcopy(turn), "tool_calls": [second.call]},
        answers[1],
    ]
    return True


@operator("parallel_forbidden", "assistant")
def forbid_parallel_calls(case: Case) -> bool:
    case.row["parallel_calls"] = False
    return any(len(batch) > 1 for batch in case.batches)


@operator("unserved_sub_task", "assistant")
def leave_out_last_calls(case: Case) -> bool:
    del case.messages[slice(*_segment(case.batches[-1]))]
    return True


@operator("unserved_sub_task", "construction assistant")
def add_sub_task_nobody_serves(case: Case) -> bool:
    """One more sub-task with a function that is called for another one only."""
    sub_tasks = case.row["task"]["sub_tasks"]
    name = case.calls[-1].function["name"]
    sub_tasks.append(
        {
            "id": "t9",
            "text": "Do the same once more for the neighbours.",
            "depends_on": [sub_tasks[-1]["id"]],
            "functions": [name],
        }
    )
    return True


@operator("repeated_call", "assistant")
def call_twice(case: Case) -> bool:
    """The same call is made again in a turn of its own and answered the same."""
    made = case.pick(case.calls)
    turn, answer = case.messages[made.message], case.messages[made.answer]
    end = max(each.answer for each in case.calls if each.message == made.message) + 1
    again = copy.deepcopy([{**turn, "tool_calls": [made.call]}, answer])
    again[0]["tool_calls"][0]["id"] = again[1]["tool_call_id"] = "again0000"
    case.messages[end:end] = again
    return True


@operator("joined_with_itself edge_without_dataflow", "construction assistant")
def join_with_itself(case: Case) -> bool:
    """A call that brings two results together is given the same one twice."""
    for made in reversed(case.calls):
        joined = [
            place
            for place in case.leaves
            if place.call == made.call["id"]
            and case.origin(place) == "result"
            and isinstance(place.value, str)
        ]
        if len(joined) > 1:
            joined[1].set(joined[0].value)
            return joined[0].value != joined[1].value
    return False


@operator("edge_without_dataflow", "assistant")
def ignore_result(case: Case) -> bool:
    """What should come from a result is replaced by what the human said."""
    last = case.calls[-1].call["id"]
    own = [each for each in case.leaves if each.call == last]
    fed = [each for each in own if case.origin(each) == "result"]
    said = [each.value for each in case.leaves if case.origin(each) == "human"]
    texts = [each for each in said if isinstance(each, str)]
    if len(fed) != 1 or any(case.origin(each) == "derived" for each in own) or not texts:
        return False
    if not isinstance(fed[0].value, str):
        return False
    fed[0].set(case.pick(texts))
    return True
