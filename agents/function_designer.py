"""Designs the functions of each sub-task, and passes them through the gate (paper stage B7).

Sees the task and its sub-tasks, and the catalogue where the seed is one. A sub-task may need no
function. What the gate refuses is designed again, with the reasons.
"""

import re
from collections.abc import Sequence
from typing import Any

from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, ask
from agents.contract import Contract
from agents.seed import catalogue_of
from button.canonical import canonical_json
from button.context import Context, with_defaults
from button.records import FunctionSignature, Rejection
from tools.gate import gate_problems

_WORDS = re.compile(r"[^\W_]+")
SHORTEST_LEAK = 4
"""Words from which on a repeated sub-task text cannot be chance."""


class Reads(Position, total=False):
    seed: dict[str, Any]
    task: str
    sub_tasks: list[dict[str, Any]]
    design_remarks: list[str]
    designs: int
    functions: list[dict[str, Any]]


class Writes(Result, total=False):
    sub_tasks: list[dict[str, Any]]
    functions: list[dict[str, Any]]
    designs: int
    design_remarks: list[str]


class DesignedFunction(Contract):
    name: str
    description: str
    parameters: dict[str, Any]
    """A closed JSON Schema 2020-12 object."""
    returns: dict[str, Any]
    """A closed JSON Schema 2020-12 object."""


class FunctionsOfSubTask(Contract):
    id: str
    functions: list[DesignedFunction]
    """Empty where thinking is enough."""


class FunctionDesign(Contract):
    sub_tasks: list[FunctionsOfSubTask]


@agent
async def design_functions(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Design the functions of every sub-task."""
    sub_tasks, designs = state["sub_tasks"], state.get("designs", 0)
    catalogue = catalogue_of(state.get("seed", {}))
    ids = [task["id"] for task in sub_tasks]
    shown = [{key: task[key] for key in ("id", "text", "depends_on")} for task in sub_tasks]
    inputs = {
        "task": state["task"],
        "sub_tasks": shown,
        "catalogue": catalogue,
        "remarks": state.get("design_remarks", []),
    }
    answer = await ask(
        runtime, state, FunctionDesign, prompt="function_designer", inputs=inputs, turn=designs,
        remarks=lambda design: _misplaced(design, ids),
    )  # fmt: skip
    if isinstance(answer, Rejection):
        return Writes(rejection=answer.to_json())
    named = [[function.name for function in part.functions] for part in answer.sub_tasks]
    designed = [function.model_dump() for part in answer.sub_tasks for function in part.functions]
    return Writes(
        sub_tasks=[
            {**task, "functions": list(dict.fromkeys(names))}
            for task, names in zip(sub_tasks, named, strict=True)
        ],
        functions=_each_once(designed),
        designs=designs + 1,
    )


@agent
async def gate_functions(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Let sound functions pass; send others back with the reasons, or give up."""
    functions, catalogue = state["functions"], state.get("seed", {}).get("functions", [])
    signatures = [FunctionSignature.model_validate(function) for function in functions]
    problems = gate_problems(signatures)
    if not functions:
        problems.append("no sub-task has a function; at least one needs one")
    if catalogue:
        originals = {function["name"]: function for function in catalogue}
        problems += _strangers(functions, originals)
        functions = [_with_original_name(each, originals) for each in functions]
    else:
        problems += _leaks(signatures, [state["task"], *(t["text"] for t in state["sub_tasks"])])
    if not problems:
        return Writes(functions=functions, design_remarks=[])
    if state["designs"] <= with_defaults(runtime.context).max_repairs:
        return Writes(design_remarks=problems)
    rejection = Rejection(
        stage="gate", role="designer", code="unsound_functions", detail="; ".join(problems)[:1000]
    )
    return Writes(rejection=rejection.to_json())


def _misplaced(design: FunctionDesign, ids: Sequence[str]) -> list[str]:
    given = [part.id for part in design.sub_tasks]
    if given == list(ids):
        return []
    return [f"sub_tasks: ids are {given}, must be {list(ids)}"]


def _each_once(functions: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """A function that serves two sub-tasks stands once; two that merely share a name stay two."""
    return list({canonical_json(function): function for function in functions}.values())


def _strangers(
    functions: Sequence[dict[str, Any]], originals: dict[str, dict[str, Any]]
) -> list[str]:
    problems = []
    for function in functions:
        original = originals.get(function["name"])
        if original is None:
            problems.append(f"function {function['name']!r}: is not in the catalogue")
        elif any(function[key] != original[key] for key in ("description", "parameters")):
            problems.append(f"function {function['name']!r}: differs from the catalogue")
        elif original["returns"] and function["returns"] != original["returns"]:
            problems.append(f"function {function['name']!r}: returns differ from the catalogue")
    return problems


def _with_original_name(
    function: dict[str, Any], originals: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    original = originals.get(function["name"], {}).get("original_name")
    return {**function, "original_name": original} if original else function


def _leaks(signatures: Sequence[FunctionSignature], texts: Sequence[str]) -> list[str]:
    telling = {text: _plain(text) for text in texts if len(text.split()) >= SHORTEST_LEAK}
    said = {signature.name: _plain(f"{signature.name} {signature.description}")
            for signature in signatures}  # fmt: skip
    return [
        f"function {name!r}: repeats the text of the task: {text!r}"
        for name, words in said.items()
        for text, plain in telling.items()
        if plain in words
    ]


def _plain(text: str) -> str:
    return f" {' '.join(_WORDS.findall(text.casefold()))} "
