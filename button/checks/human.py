"""The simulated human: tells its task and nothing else, lets the assistant work, ends in time."""

import re
from collections.abc import Iterator

from button.checks.calendar_steps import by_calendar
from button.checks.claims import known
from button.checks.codes import Code
from button.checks.mentions import Mention, measured
from button.checks.prepared import Prepared
from button.checks.sources import Source
from button.checks.surface import Passage, Scalar, Surface
from button.checks.text import shorten, words
from button.checks.wording import by_words
from button.phrasing import SHORTEST_REPEAT
from button.records import CompositionalTask, Finding, TrajectoryTask

RESULT_FORETOLD = Code(
    "result_foretold",
    "error",
    "human",
    "The human states what only a result after it gives: the assistant's work.",
)
BEYOND_TASK = Code(
    "beyond_task",
    "error",
    "human",
    "The human states a number, date, time or id that its task does not say.",
)
TASK_NOT_TOLD = Code(
    "task_not_told",
    "warning",
    "human",
    "The human never tells a number, date, time or id of its task.",
)
HUMAN_REPEATS = Code("human_repeats", "error", "human", "The human says again what it said before.")
HUMAN_ENDS_EARLY = Code(
    "human_ends_early",
    "error",
    "human",
    "The human takes its leave while sub-tasks are still not served.",
)
HUMAN_DOES_NOT_STOP = Code(
    "human_does_not_stop", "error", "human", "The human goes on after the final answer."
)
CODES = (
    RESULT_FORETOLD,
    BEYOND_TASK,
    TASK_NOT_TOLD,
    HUMAN_REPEATS,
    HUMAN_ENDS_EARLY,
    HUMAN_DOES_NOT_STOP,
)

_LEAVE = re.compile(
    r"\b(?:good ?bye|bye|never ?mind|forget (?:it|about it)|that(?:'s|’s| is| will be| would be) "
    r"(?:all|it|everything)|no,? thank(?:s| you)|have to go|leave it at that)\b",
    re.I,
)


def check(prepared: Prepared) -> list[Finding]:
    """All findings about the human's part."""
    return [
        *(_against_task(prepared, prepared.task) if prepared.task else ()),
        *_repeats(prepared),
        *_early(prepared),
        *_late(prepared),
    ]


def in_task(prepared: Prepared, value: Scalar) -> bool:
    """Whether the task says a value in some form."""
    if prepared.task is None:
        return False
    sources, surface = _task(prepared, prepared.task), Surface(value, prepared.today)
    if any(surface.manner(source.passage) for source in sources):
        return True
    if not isinstance(value, str):
        return False
    if surface.is_moment:
        return by_calendar(surface, sources) is not None
    return by_words(value, sources, prepared.today) is not None


def _task(prepared: Prepared, task: CompositionalTask) -> list[Source]:
    """The task as a whole; its parts only say what it does not say in other words already."""
    atomic = [task.atomic_task] if isinstance(task, TrajectoryTask) else []
    parts = (*atomic, *(sub.text for sub in task.sub_tasks))
    texts = [task.text, "\n".join(dict.fromkeys(parts))]
    return [Source(Passage(text, prepared.today), 0) for text in texts]


def _against_task(prepared: Prepared, task: CompositionalTask) -> Iterator[Finding]:
    """What the human states, against its task and what it has heard; and what it keeps back."""
    parts = _task(prepared, task)
    sources = [*parts, *(Source(said, at) for at, said in prepared.system)]
    for index, passage in prepared.human:
        heard = [
            Source(Passage(message.content, prepared.today), at)
            for at, message in enumerate(prepared.messages[:index])
            if message.role == "assistant" and message.content
        ]
        for mention in measured(passage.text):
            if known(mention, [*sources, *heard], passage):
                continue
            if _found_later(prepared, mention, index):
                text = f"{mention.kind} {mention.text!r} is only found later"
                yield RESULT_FORETOLD.found(text, index, "$.content")
            else:
                text = f"{mention.kind} {mention.text!r} is nothing that the task says"
                yield BEYOND_TASK.found(text, index, "$.content")
        yield from _foretold_names(prepared, passage, index, [*sources, *heard])
    yield from _untold(prepared, parts[0].passage)


def _found_later(prepared: Prepared, mention: Mention, before: int) -> bool:
    surface = Surface(mention.value if mention.kind == "number" else mention.text, prepared.today)
    return any(
        surface.manner(result.passage) for _, result in prepared.results if result.message > before
    )


def _foretold_names(
    prepared: Prepared, passage: Passage, index: int, sources: list[Source]
) -> Iterator[Finding]:
    """Names of several words that a later result gives and that the human says already."""
    said = passage.text.casefold()
    for call, result in prepared.results:
        if result.message < index:
            continue
        for leaf in result.leaves:
            value = leaf.value
            if not isinstance(value, str) or not value[:1].isupper() or " " not in value.strip():
                continue
            if value.casefold() not in said:
                continue
            name = words(value)
            if name in passage.words and not any(name in each.passage.words for each in sources):
                text = f"{shorten(value)} is only found later, by {call.name!r}"
                yield RESULT_FORETOLD.found(text, index, "$.content")


def _untold(prepared: Prepared, task: Passage) -> Iterator[Finding]:
    if not prepared.human:
        return
    told = [Source(passage, index) for index, passage in prepared.human]
    told += [Source(said, at) for at, said in prepared.system]
    for mention in measured(task.text):
        if not known(mention, told, task):
            text = f"the human never tells {mention.kind} {mention.text!r} of its task"
            yield TASK_NOT_TOLD.found(text, prepared.human[-1][0], "$.content")


def _repeats(prepared: Prepared) -> Iterator[Finding]:
    said: dict[str, int] = {}
    for index, passage in prepared.human:
        if len(passage.words.split()) < SHORTEST_REPEAT:
            continue
        first = said.setdefault(passage.words, index)
        # Twice in a row is a matter of who may speak; here the human was answered in between.
        if first != index and any(
            message.role == "assistant" for message in prepared.messages[first:index]
        ):
            yield HUMAN_REPEATS.found(f"the human says message {first} again", index, "$.content")


def _early(prepared: Prepared) -> Iterator[Finding]:
    if len(prepared.human) < 2:
        return
    index, passage = prepared.human[-1]
    unserved = [
        sub.id
        for sub in prepared.sub_tasks.values()
        if sub.functions and not prepared.served[sub.id]
    ]
    leaves = index == len(prepared.messages) - 1 or _LEAVE.search(passage.text)
    if unserved and leaves:
        which = ", ".join(map(repr, unserved))
        yield HUMAN_ENDS_EARLY.found(f"the human leaves before {which} is served", index)


def _late(prepared: Prepared) -> Iterator[Finding]:
    ended = False
    for index, message in enumerate(prepared.messages):
        if message.role == "user" and ended:
            yield HUMAN_DOES_NOT_STOP.found("the human speaks after the final answer", index)
        ended = message.role == "assistant" and bool(message.is_final)
