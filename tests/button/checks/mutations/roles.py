"""Damage to who speaks when."""

import copy

from tests.button.checks.mutations.operator import Case, operator


@operator("unanswered_call", "tool")
def drop_result(case: Case) -> bool:
    del case.messages[case.pick(case.calls).answer]
    return True


@operator("orphan_result", "tool")
def drop_call(case: Case) -> bool:
    made = case.pick(case.calls)
    calls = case.messages[made.message]["tool_calls"]
    del calls[made.position]
    if not calls:
        del case.messages[made.message]
    return True


@operator("missing_final", "assistant")
def drop_final_answer(case: Case) -> bool:
    case.messages.pop()
    return True


@operator("role_order", "assistant")
def drop_human(case: Case) -> bool:
    del case.messages[1]
    return True


@operator("role_order", "construction")
def drop_system(case: Case) -> bool:
    del case.messages[0]
    return True


@operator("answer_order", "tool")
def reorder_parallel_answers(case: Case) -> bool:
    batch = case.pick([batch for batch in case.batches if len(batch) > 1])
    if batch is None:
        return False
    first, second = batch[0].answer, batch[1].answer
    case.messages[first], case.messages[second] = case.messages[second], case.messages[first]
    return True


@operator("role_order", "human")
def duplicate_human(case: Case) -> bool:
    case.messages.insert(1, copy.deepcopy(case.messages[1]))
    return True


@operator("answered_twice", "tool")
def duplicate_result(case: Case) -> bool:
    answer = case.pick(case.calls).answer
    case.messages.insert(answer, copy.deepcopy(case.messages[answer]))
    return True


@operator("unanswered_call", "tool assistant")
def duplicate_calling_turn(case: Case) -> bool:
    turn = case.pick(case.calls).message
    case.messages.insert(turn, copy.deepcopy(case.messages[turn]))
    return True


@operator("early_final role_order", "assistant")
def duplicate_final_answer(case: Case) -> bool:
    case.messages.append(copy.deepcopy(case.messages[-1]))
    return True


@operator("duplicate_call_id", "construction")
def duplicate_call_id(case: Case) -> bool:
    first, last = case.calls[0], case.calls[-1]
    last.call["id"] = case.messages[last.answer]["tool_call_id"] = first.call["id"]
    return first.message != last.message


@operator("call_id_form", "construction")
def lengthen_call_id(case: Case) -> bool:
    made = case.pick(case.calls)
    made.call["id"] += "_"
    case.messages[made.answer]["tool_call_id"] += "_"
    return True


@operator("orphan_result", "tool")
def retarget_answer(case: Case) -> bool:
    case.messages[case.pick(case.calls).answer]["tool_call_id"] = "zzzzzzzzz"
    return True


@operator("empty_message", "human")
def silence_human(case: Case) -> bool:
    case.messages[1]["content"] = "  "
    return True


@operator("misplaced_field", "construction")
def train_on_result(case: Case) -> bool:
    case.messages[case.pick(case.calls).answer]["trainable"] = True
    return True


@operator("missing_final", "assistant")
def truncate_after_human(case: Case) -> bool:
    del case.messages[2:]
    return True


@operator("missing_final", "tool")
def truncate_after_call(case: Case) -> bool:
    del case.messages[case.pick(case.calls).message + 1 :]
    return True


@operator("missing_final", "assistant")
def truncate_after_results(case: Case) -> bool:
    del case.messages[case.pick(case.batches)[-1].answer + 1 :]
    return True


@operator("unanswered_call", "tool")
def truncate_among_parallel_answers(case: Case) -> bool:
    batch = case.pick([batch for batch in case.batches if len(batch) > 1])
    if batch is None:
        return False
    del case.messages[batch[0].answer + 1 :]
    return True


@operator("missing_final", "assistant")
def unmark_final_answer(case: Case) -> bool:
    del case.messages[-1]["is_final"]
    return True


@operator("early_final", "assistant")
def mark_final_early(case: Case) -> bool:
    case.messages[case.pick(case.calls).message]["is_final"] = True
    return True


@operator("thought_in_content", "assistant")
def say_thought_beside_calls(case: Case) -> bool:
    message = case.messages[case.pick(case.calls).message]
    message["content"] = message["thought"]
    return True


@operator("thought_in_content", "assistant")
def leave_thought_tags(case: Case) -> bool:
    message = case.messages[-1]
    message["content"] = f"<thought>{message['thought']}</thought> {message['content']}"
    return True
