"""Judges whether the sub-tasks of a composition amount to the composed task (paper stage B6).

Sees the composed task and its sub-tasks; neither the seed nor any function.
"""

from typing import Any, Literal

from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, ask
from agents.composer import rounds_left
from agents.contract import Contract
from button.context import Context, with_defaults
from button.records import Rejection, Strategy


class Reads(Position, total=False):
    draft: dict[str, Any]
    round: int
    rounds: list[Strategy]
    remarks: list[str]


class Writes(Result, total=False):
    task: str
    sub_tasks: list[dict[str, Any]]
    round: int
    rounds: list[Strategy]
    remarks: list[str]
    draft: dict[str, Any] | None


class CriticVerdict(Contract):
    analysis: str
    """What speaks for and against it, in two to five sentences."""
    verdict: Literal["yes", "no"]
    """Whether the sub-tasks together do the composed task."""


@agent
async def criticise(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Keep the draft, send it back with the analysis, or give up on it."""
    context = with_defaults(runtime.context)
    draft, done, remarks = state["draft"], state.get("round", 0), state.get("remarks", [])
    inputs = {
        "task": draft["text"],
        "sub_tasks": [
            {key: task[key] for key in ("id", "text", "depends_on")} for task in draft["sub_tasks"]
        ],
        "today": context.today,
    }
    turn = done * 10 + len(remarks)
    answer = await ask(runtime, state, CriticVerdict, prompt="critic", inputs=inputs, turn=turn)
    if isinstance(answer, Rejection):
        return _give_up(state, answer)
    if answer.verdict == "yes":
        return Writes(
            task=draft["text"], sub_tasks=draft["sub_tasks"], round=done + 1, remarks=[], draft=None
        )
    if len(remarks) < context.max_repairs:
        return Writes(remarks=[*remarks, answer.analysis], draft=None)
    refused = Rejection(
        stage="critic", role="composer", code="critic_refused", detail=answer.analysis
    )
    return _give_up(state, refused)


def _give_up(state: Reads, rejection: Rejection) -> Writes:
    left = rounds_left(state.get("round", 0), state["rounds"])
    return Writes(draft=None, rounds=left) if left else Writes(rejection=rejection.to_json())
