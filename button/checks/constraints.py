"""What BUTTON demands of texts (`button.phrasing`): short, without function names and recipes."""

from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.phrasing import (
    MOST_ATOMIC_WORDS,
    MOST_SCENARIO_WORDS,
    lists_steps,
    named_functions,
)
from button.records import Finding, TrajectoryTask

SCENARIO_TOO_LONG = Code(
    "scenario_too_long", "error", "construction", "The scenario has more than 10 words."
)
SCENARIO_WITH_DIGITS = Code(
    "scenario_with_digits",
    "error",
    "construction",
    "The scenario names a figure; it should be general.",
)
ATOMIC_TASK_TOO_LONG = Code(
    "atomic_task_too_long", "error", "construction", "The atomic task has more than 30 words."
)
FUNCTION_IN_TASK = Code("function_in_task", "error", "construction", "The task names a function.")
FUNCTION_IN_HUMAN = Code("function_in_human", "error", "human", "The human names a function.")
STEPS_IN_HUMAN = Code(
    "steps_in_human", "error", "human", "The human lists the steps of the solution."
)
CODES = (
    SCENARIO_TOO_LONG,
    SCENARIO_WITH_DIGITS,
    ATOMIC_TASK_TOO_LONG,
    FUNCTION_IN_TASK,
    FUNCTION_IN_HUMAN,
    STEPS_IN_HUMAN,
)


def check(prepared: Prepared) -> list[Finding]:
    """All findings about lengths, names and recipes."""
    return [*_lengths(prepared), *_task(prepared), *_human(prepared)]


def _lengths(prepared: Prepared) -> Iterator[Finding]:
    if prepared.record is None:
        return
    scenario = prepared.record.scenario.text
    length = len(scenario.split())
    if length > MOST_SCENARIO_WORDS:
        yield SCENARIO_TOO_LONG.found(
            f"{length} words, {MOST_SCENARIO_WORDS} allowed", path="$.scenario.text"
        )
    if any(map(str.isdigit, scenario)):
        yield SCENARIO_WITH_DIGITS.found(f"scenario {scenario!r}", path="$.scenario.text")
    length = len(prepared.record.task.atomic_task.split())
    if length > MOST_ATOMIC_WORDS:
        yield ATOMIC_TASK_TOO_LONG.found(
            f"{length} words, {MOST_ATOMIC_WORDS} allowed", path="$.task.atomic_task"
        )


def _task(prepared: Prepared) -> Iterator[Finding]:
    task = prepared.task
    if task is None:
        return
    texts = {"$.task.text": task.text}
    if isinstance(task, TrajectoryTask):
        texts["$.task.atomic_task"] = task.atomic_task
    for index, sub in enumerate(task.sub_tasks):
        texts[f"$.task.sub_tasks[{index}].text"] = sub.text
    for path, text in texts.items():
        for name in named_functions(text, prepared.signatures):
            yield FUNCTION_IN_TASK.found(f"the task names {name!r}", path=path)


def _human(prepared: Prepared) -> Iterator[Finding]:
    for index, passage in prepared.human:
        for name in named_functions(passage.text, prepared.signatures):
            yield FUNCTION_IN_HUMAN.found(f"the human names {name!r}", index, "$.content")
        if lists_steps(passage.text):
            yield STEPS_IN_HUMAN.found("the human lists steps", index, "$.content")
