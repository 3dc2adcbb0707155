"""Writes a task of one step for a scenario (paper stage B4).

Knows the scenario and the date; the functions only where the seed is a catalogue. It names none.
"""

from typing import Any

from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, ask
from agents.contract import Contract
from agents.seed import catalogue_of
from agents.wording import atomic_task_remarks
from button.context import Context, with_defaults
from button.records import Rejection, SubTask


class Reads(Position, total=False):
    seed: dict[str, Any]
    scenario: dict[str, Any]


class Writes(Result, total=False):
    atomic_task: str
    task: str
    sub_tasks: list[dict[str, Any]]


class AtomicTaskText(Contract):
    task: str
    """One imperative sentence of at most 30 words with every detail."""


@agent
async def write_atomic_task(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Write the atomic task; it is the first sub-task of what is composed from it."""
    catalogue = catalogue_of(state.get("seed", {}))
    names = [function["name"] for function in catalogue]
    inputs = {
        "scenario": state["scenario"]["text"],
        "today": with_defaults(runtime.context).today,
        "functions": catalogue,
    }
    answer = await ask(
        runtime, state, AtomicTaskText, prompt="atomic_task", inputs=inputs,
        remarks=lambda answer: atomic_task_remarks(answer.task, names),
    )  # fmt: skip
    if isinstance(answer, Rejection):
        return Writes(rejection=answer.to_json())
    task = answer.task.strip()
    return Writes(atomic_task=task, task=task, sub_tasks=[SubTask(id="t1", text=task).to_json()])
