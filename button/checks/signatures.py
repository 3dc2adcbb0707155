"""Signatures: sound, legally and uniquely named, silent about the task; only they are called."""

from collections.abc import Iterator

from button.checks.codes import Code
from button.checks.prepared import Prepared
from button.checks.text import words
from button.records import Finding, TrajectoryTask
from tools.gate import NO_SCHEMA

MALFORMED_TOOL = Code(
    "malformed_tool",
    "error",
    "construction",
    "A tool is not in OpenAI form with `parameters` and `returns`, or they are no JSON Schema.",
)
UNSOUND_SIGNATURE = Code(
    "unsound_signature", "error", "construction", "The gate refuses a function signature."
)
DUPLICATE_FUNCTION = Code(
    "duplicate_function", "error", "construction", "Two tools have the same name."
)
TASK_TEXT_IN_SIGNATURE = Code(
    "task_text_in_signature",
    "error",
    "construction",
    "A function's name or description repeats the text of the task.",
)
UNKNOWN_FUNCTION = Code(
    "unknown_function", "error", "assistant", "A call names a function that is not among the tools."
)
NO_TOOLS = Code(
    "no_tools",
    "warning",
    "construction",
    "Calls are made but no function is defined, so that they cannot be checked.",
)
MISSING_FUNCTION = Code(
    "missing_function",
    "error",
    "construction",
    "A sub-task lists a function that is not among the tools.",
)
CODES = (
    MALFORMED_TOOL,
    UNSOUND_SIGNATURE,
    DUPLICATE_FUNCTION,
    TASK_TEXT_IN_SIGNATURE,
    UNKNOWN_FUNCTION,
    NO_TOOLS,
    MISSING_FUNCTION,
)

_MOST_LISTED = 40
_SHORTEST_LEAK = 4
"""Words from which on a repeated task text cannot be chance."""


def check(prepared: Prepared) -> list[Finding]:
    """All findings about the tools and the names by which they are called."""
    return [*_tools(prepared), *_leaks(prepared), *_names(prepared)]


def _tools(prepared: Prepared) -> Iterator[Finding]:
    if prepared.reading.shared_tools:
        return
    seen: set[str] = set()
    refused = {tool.place for tool in prepared.reading.refused_tools}
    for number, _, reason in prepared.reading.refused_tools:
        yield MALFORMED_TOOL.found(f"tool {number}: {reason}", path=f"$.tools[{number}]")
    for index, signature in enumerate(prepared.parsed_tools):
        path = f"$.tools[{index}]"
        if index in refused:
            continue
        if isinstance(signature, str):
            yield MALFORMED_TOOL.found(f"tool {index}: {signature}", path=path)
            continue
        if signature.name in seen:
            yield DUPLICATE_FUNCTION.found(f"{signature.name!r} again", path=path)
        seen.add(signature.name)
        for code, detail in prepared.problems(signature):
            kind = MALFORMED_TOOL if code in NO_SCHEMA else UNSOUND_SIGNATURE
            yield kind.found(f"{signature.name!r}: {code}: {detail}", path=path)


def _listed(prepared: Prepared) -> str:
    names = sorted(prepared.signatures)
    return str(names) if len(names) <= _MOST_LISTED else f"the {len(names)} functions"


def _leaks(prepared: Prepared) -> Iterator[Finding]:
    task = prepared.task
    if task is None:
        return
    atomic = (task.atomic_task,) if isinstance(task, TrajectoryTask) else ()
    texts = [words(text) for text in (task.text, *atomic, *(s.text for s in task.sub_tasks))]
    telling = [text for text in dict.fromkeys(texts) if len(text.split()) >= _SHORTEST_LEAK]
    for index, signature in enumerate(prepared.signatures.values()):
        said = words(f"{signature.name} {signature.description}")
        for text in telling:
            if text in said:
                yield TASK_TEXT_IN_SIGNATURE.found(
                    f"{signature.name!r} repeats {text.strip()!r}",
                    path=f"$.tools[{index}].function.description",
                )


def _names(prepared: Prepared) -> Iterator[Finding]:
    if not prepared.tools and prepared.calls and prepared.record is None:
        yield NO_TOOLS.found(f"{len(prepared.calls)} calls, no function", path="$.tools")
        return
    defined = {*prepared.signatures, *(tool.name for tool in prepared.reading.refused_tools)}
    planned = {name for sub in prepared.sub_tasks.values() for name in sub.functions}
    for call in prepared.calls:
        if call.name not in defined and not call.refused:
            yield UNKNOWN_FUNCTION.found(
                f"{call.name!r} is not one of {_listed(prepared)}",
                call.message,
                f"$.tool_calls[{call.position}].function.name",
                fault="construction" if call.name in planned else None,
            )
    for index, sub in enumerate(prepared.sub_tasks.values()):
        for name in sub.functions:
            if name not in prepared.signatures:
                yield MISSING_FUNCTION.found(
                    f"sub-task {sub.id!r} lists {name!r}, which is no tool",
                    path=f"$.task.sub_tasks[{index}].functions",
                )
