"""What BUTTON demands of texts, as remarks that a model can act on (paper stages B1, B3, B4)."""

import re
from collections.abc import Iterable

MAX_SCENARIO_WORDS = 10
MAX_ATOMIC_WORDS = 30
_CODE_LIKE = re.compile(r"[_.\d-]|[a-z][A-Z]")


def scenario_remarks(text: str) -> list[str]:
    """What is wrong with a scenario."""
    remarks = one_line_remarks("scenario", text)
    if len(text.split()) > MAX_SCENARIO_WORDS:
        remarks.append(f"scenario: {len(text.split())} words, at most {MAX_SCENARIO_WORDS}")
    if any(map(str.isdigit, text)):
        remarks.append("scenario: holds a number, it must be general")
    return remarks


def atomic_task_remarks(text: str, function_names: Iterable[str]) -> list[str]:
    """What is wrong with an atomic task."""
    remarks = one_line_remarks("task", text)
    if len(text.split()) > MAX_ATOMIC_WORDS:
        remarks.append(f"task: {len(text.split())} words, at most {MAX_ATOMIC_WORDS}")
    return remarks + named_function_remarks("task", text, function_names)


def one_line_remarks(name: str, text: str) -> list[str]:
    """Whether a text is empty or has several lines."""
    if not text.strip():
        return [f"{name}: is empty"]
    return [f"{name}: must be one line"] if "\n" in text.strip() else []


def named_function_remarks(name: str, text: str, function_names: Iterable[str]) -> list[str]:
    """Which functions a text names. A name that is one ordinary word cannot be avoided."""
    return [
        f"{name}: names the function {each!r}; say it in a person's words"
        for each in function_names
        if each in text
        and _CODE_LIKE.search(each)
        and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text)
    ]


def word_overlap(one: str, other: str) -> float:
    """Share of common words among all words of two phrases, from 0 to 1."""
    left, right = (set(text.casefold().split()) for text in (one, other))
    return len(left & right) / max(len(left | right), 1)
