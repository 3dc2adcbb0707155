"""What BUTTON demands of texts, as remarks that a model can act on (paper stages B1, B3, B4)."""

from collections.abc import Iterable

from button.phrasing import (
    MOST_ATOMIC_WORDS,
    MOST_SCENARIO_WORDS,
    SHORTEST_REPEAT,
    lists_steps,
    named_functions,
)


def scenario_remarks(text: str) -> list[str]:
    """What is wrong with a scenario."""
    remarks = one_line_remarks("scenario", text)
    if len(text.split()) > MOST_SCENARIO_WORDS:
        remarks.append(f"scenario: {len(text.split())} words, at most {MOST_SCENARIO_WORDS}")
    if any(map(str.isdigit, text)):
        remarks.append("scenario: holds a number, it must be general")
    return remarks


def atomic_task_remarks(text: str, function_names: Iterable[str]) -> list[str]:
    """What is wrong with an atomic task."""
    remarks = one_line_remarks("task", text)
    if len(text.split()) > MOST_ATOMIC_WORDS:
        remarks.append(f"task: {len(text.split())} words, at most {MOST_ATOMIC_WORDS}")
    return remarks + named_function_remarks("task", text, function_names)


def human_remarks(text: str, said: Iterable[str]) -> list[str]:
    """What is wrong with a message of the human, who has `said` others before."""
    if not text.strip():
        return ["message: is empty"]
    remarks = []
    if lists_steps(text):
        remarks.append("message: lists steps; say what you want, not how it is done")
    words = text.split()
    if len(words) >= SHORTEST_REPEAT and words in [each.split() for each in said]:
        remarks.append("message: you have said exactly this before; answer what you were asked")
    return remarks


def one_line_remarks(name: str, text: str) -> list[str]:
    """Whether a text is empty or has several lines."""
    if not text.strip():
        return [f"{name}: is empty"]
    return [f"{name}: must be one line"] if "\n" in text.strip() else []


def named_function_remarks(name: str, text: str, function_names: Iterable[str]) -> list[str]:
    """Which functions a text names."""
    return [
        f"{name}: names the function {each!r}; say it in a person's words"
        for each in named_functions(text, function_names)
    ]


def word_overlap(one: str, other: str) -> float:
    """Share of common words among all words of two phrases, from 0 to 1."""
    left, right = (set(text.casefold().split()) for text in (one, other))
    return len(left & right) / max(len(left | right), 1)
