"""What BUTTON demands of texts: short scenarios and tasks, no function names, no recipes.

Source: arXiv 2410.12952, the prompts of the bottom-up stages and of the human.
"""

import re
from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.prepared import Prepared
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

LONGEST_SCENARIO = 10
LONGEST_ATOMIC_TASK = 30

_IDENTIFIER = re.compile(r"[_.\d-]|[a-z][A-Z]")
_CLAUSE = r"(?:^|[.;:!?\n]\s*|,\s+(?:and\s+)?)"
_FIRST = re.compile(
    rf"{_CLAUSE}(?:first|firstly|first of all|to start(?: with)?)\b(?!\s+class)", re.I
)
_NEXT = re.compile(
    rf"{_CLAUSE}(?:second|secondly|then|next|after that|afterwards|third|thirdly)\b"
    r"(?!\s+(?:week|month|year|monday|tuesday|wednesday|thursday|friday|saturday|sunday|of)\b)",
    re.I,
)
_STEP = re.compile(r"\bstep\s+(?:\d+|one|two|three)\b", re.I)
_NUMBERED = re.compile(r"(?:^|\n)\s*\d+[.)]\s+\S|(?<![\w.])\(?[1-9]\)\s+\w")


def check(prepared: Prepared) -> list[Finding]:
    """All findings about lengths, names and recipes."""
    return [*_lengths(prepared), *_task(prepared), *_human(prepared)]


def lists_steps(text: str) -> bool:
    """Whether `text` is a recipe: `first ... second`, `step 1`, or a numbered list."""
    first = _FIRST.search(text)
    ordered = first is not None and _NEXT.search(text, first.end()) is not None
    return ordered or bool(_STEP.search(text)) or len(_NUMBERED.findall(text)) > 1


def named_functions(text: str, names: list[str]) -> list[str]:
    """The function names that `text` uses as identifiers.

    A name that is one ordinary word (`search`) does not count: nobody can avoid it.
    """
    return [
        name
        for name in names
        if name in text
        and _IDENTIFIER.search(name)
        and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)
    ]


def _lengths(prepared: Prepared) -> Iterator[Finding]:
    if prepared.record is None:
        return
    scenario = prepared.record.scenario.text
    length = len(scenario.split())
    if length > LONGEST_SCENARIO:
        yield SCENARIO_TOO_LONG.found(
            f"{length} words, {LONGEST_SCENARIO} allowed", path="$.scenario.text"
        )
    if any(map(str.isdigit, scenario)):
        yield SCENARIO_WITH_DIGITS.found(f"scenario {scenario!r}", path="$.scenario.text")
    length = len(prepared.record.task.atomic_task.split())
    if length > LONGEST_ATOMIC_TASK:
        yield ATOMIC_TASK_TOO_LONG.found(
            f"{length} words, {LONGEST_ATOMIC_TASK} allowed", path="$.task.atomic_task"
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
        for name in named_functions(text, list(prepared.signatures)):
            yield FUNCTION_IN_TASK.found(f"the task names {name!r}", path=path)


def _human(prepared: Prepared) -> Iterator[Finding]:
    for index, passage in prepared.human:
        for name in named_functions(passage.text, list(prepared.signatures)):
            yield FUNCTION_IN_HUMAN.found(f"the human names {name!r}", index, "$.content")
        if lists_steps(passage.text):
            yield STEPS_IN_HUMAN.found("the human lists steps", index, "$.content")
