"""Damage to what the human says, and to when it falls silent."""

import copy
import json

from tests.button.checks.mutations.arguments import is_id
from tests.button.checks.mutations.operator import Case, Row, operator, places

QUESTION = "Thank you, I have noted this. Is there anything else that I should know before I begin?"


def _insert(case: Case, at: int, *said: str) -> None:
    """Insert an exchange: what the assistant and the human say in turn."""
    roles: tuple[Row, Row] = ({"role": "assistant", "trainable": True}, {"role": "user"})
    case.messages[at:at] = [
        {**roles[index % 2], "content": text} for index, text in enumerate(said)
    ]


@operator("function_in_human", "human")
def name_function_to_assistant(case: Case) -> bool:
    name = case.pick(case.calls).function["name"]
    case.messages[1]["content"] += f" You may use {name} for this."
    return "_" in name


@operator("steps_in_human", "human")
def number_the_steps(case: Case) -> bool:
    texts = [each["text"] for each in case.row["task"]["sub_tasks"]]
    case.messages[1]["content"] = "\n".join(f"{i}. {text}" for i, text in enumerate(texts, 1))
    return True


@operator("steps_in_human", "human")
def count_the_steps(case: Case) -> bool:
    texts = [each["text"] for each in case.row["task"]["sub_tasks"]]
    case.messages[1]["content"] = " ".join(f"Step {i}: {text}" for i, text in enumerate(texts, 1))
    return True


@operator("result_foretold", "human")
def foretell_result(case: Case) -> bool:
    """The human states what the assistant is only going to find."""
    values = [
        place.value
        for made in case.calls
        for place in places(json.loads(case.messages[made.answer]["content"]))
        if is_id(place.value) and place.value not in str(case.row["task"])
    ]
    value = case.pick(values)
    if value is None:
        return False
    case.messages[1]["content"] += f" It should be {value}."
    return True


@operator("beyond_task", "human")
def tell_more_than_task(case: Case) -> bool:
    case.messages[1]["content"] += " My customer number is KD-5538217."
    return True


@operator("task_not_told ungrounded_argument", "human")
def withhold_values(case: Case) -> bool:
    """The human says nothing of what the calls need."""
    said = [
        place
        for place in case.leaves
        if case.origin(place) == "human" and (is_id(place.value) or isinstance(place.value, int))
    ]
    place = case.pick([each for each in said if not isinstance(each.value, bool)])
    if place is None:
        return False
    case.messages[1]["content"] = "Could you take care of a few things that I have in mind?"
    return True


@operator("human_ends_early", "human")
def say_goodbye_instead(case: Case) -> bool:
    """After the first results the human leaves; the assistant says goodbye."""
    if len(case.batches) < 2:
        return False
    end = case.batches[0][-1].answer + 1
    final = copy.deepcopy(case.messages[-1])
    del case.messages[end:]
    _insert(case, end, "Shall I go on with the rest?", "No, never mind, that is all. Goodbye.")
    case.messages.append(final)
    return True


@operator("human_ends_early missing_final", "human")
def have_the_last_word_early(case: Case) -> bool:
    end = case.pick(case.batches)[-1].answer + 1
    del case.messages[end:]
    _insert(case, end, "Shall I go on with the rest?", "No, thanks.")
    return True


@operator("human_does_not_stop", "human")
def thank_without_end(case: Case) -> bool:
    final = copy.deepcopy(case.messages[-1])
    case.messages.append({"role": "user", "content": "Thank you so much, that is great."})
    case.messages.append({**final, "content": "You are welcome."})
    return True


@operator("human_does_not_stop", "human")
def keep_the_last_word(case: Case) -> bool:
    case.messages.append({"role": "user", "content": "Thank you so much, that is great."})
    return True


@operator("human_repeats", "human")
def repeat_request(case: Case) -> bool:
    """Asked whether there is anything else, the human says it all again."""
    _insert(case, 2, QUESTION, case.messages[1]["content"])
    return True
