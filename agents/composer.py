"""Makes a compositional task of a simpler one, in one of two ways (paper stage B5).

Sequential: a subsequent task that needs what an earlier one yields. Parallel-then-sequential: a
parallel task that needs nothing of it, and a subsequent one that needs both. Both take a composed
task as well as an atomic one. Knows the task so far and the date; the functions only where the seed
is a catalogue.
"""

from collections.abc import Sequence
from typing import Any

from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, ask
from agents.contract import Contract, ContractT
from agents.seed import catalogue_of
from agents.wording import named_function_remarks, one_line_remarks
from button.canonical import derived_random
from button.context import Context, with_defaults
from button.records import Rejection, Strategy, SubTask


class Reads(Position, total=False):
    seed: dict[str, Any]
    task: str
    sub_tasks: list[dict[str, Any]]
    rounds: list[Strategy]
    round: int
    remarks: list[str]


class Writes(Result, total=False):
    draft: dict[str, Any] | None
    rounds: list[Strategy]


class SequentialComposition(Contract):
    subsequent_task: str
    """A task of one step that needs the output of an earlier sub-task."""
    composed_task: str
    """One request that holds everything."""
    uses: list[str] = []
    """Ids of the sub-tasks whose output it needs."""


class ParallelComposition(Contract):
    parallel_task: str
    """A task of one step that needs nothing of the given task."""
    subsequent_task: str
    """A task of one step that needs the outputs of both."""
    composed_task: str
    """One request that holds everything."""


def plan_rounds(context: Context, item: int, variant: int) -> list[Strategy]:
    """How a task will be composed, round by round; drawn before anything is written.

    The first round has the strategy of the trajectory. A sequential task is deepened sequentially
    (it has to stay a chain), the other one in either way.
    """
    draw = derived_random(context.root_seed, "composition", item, variant)
    options: list[Strategy] = ["sequential", "parallel_then_sequential"]
    first: Strategy = draw.choice(options) if context.strategy == "mixed" else context.strategy
    rounds = [first]
    while len(rounds) < context.composition_depth and draw.random() < context.deepen_probability:
        rounds.append("sequential" if first == "sequential" else draw.choice(options))
    return rounds


@agent
async def compose_sequential(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Compose with a subsequent task."""
    answer = await _compose(state, runtime, "compose_sequential", SequentialComposition)
    if isinstance(answer, Rejection):
        return _give_up(state, answer)
    sub_tasks = state["sub_tasks"]
    known = [task["id"] for task in sub_tasks]
    uses = [each for each in known if each in answer.uses] or known[-1:]
    last = _next(sub_tasks, 0, answer.subsequent_task, uses)
    return Writes(draft={"text": answer.composed_task.strip(), "sub_tasks": [*sub_tasks, last]})


@agent
async def compose_parallel(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Compose with a parallel task and a subsequent one that joins both."""
    answer = await _compose(state, runtime, "compose_parallel", ParallelComposition)
    if isinstance(answer, Rejection):
        return _give_up(state, answer)
    sub_tasks = state["sub_tasks"]
    beside = _next(sub_tasks, 0, answer.parallel_task, [])
    last = _next(sub_tasks, 1, answer.subsequent_task, [*unconsumed(sub_tasks), beside["id"]])
    both = [*sub_tasks, beside, last]
    return Writes(draft={"text": answer.composed_task.strip(), "sub_tasks": both})


def unconsumed(sub_tasks: Sequence[dict[str, Any]]) -> list[str]:
    """Ids of the sub-tasks on which no other depends."""
    consumed = {each for task in sub_tasks for each in task.get("depends_on", ())}
    return [task["id"] for task in sub_tasks if task["id"] not in consumed]


async def _compose(
    state: Reads, runtime: Runtime[Context], prompt: str, contract: type[ContractT]
) -> ContractT | Rejection:
    catalogue = catalogue_of(state.get("seed", {}))
    known = [task["id"] for task in state["sub_tasks"]]
    remarks = state.get("remarks", [])

    def wrong(answer: ContractT) -> list[str]:
        fields = answer.model_dump()
        unknown = [each for each in fields.pop("uses", []) if each not in known]
        found = [f"uses: {each!r} is none of {', '.join(known)}" for each in unknown]
        for name, text in fields.items():
            found += one_line_remarks(name, text)
            found += named_function_remarks(name, text, [each["name"] for each in catalogue])
        return found

    inputs = {
        "task": state["task"],
        "sub_tasks": [_shown(task) for task in state["sub_tasks"]],
        "today": with_defaults(runtime.context).today,
        "functions": catalogue,
        "remarks": remarks,
    }
    # A repair is another turn of the same round.
    turn = state.get("round", 0) * 10 + len(remarks)
    return await ask(
        runtime, state, contract, prompt=prompt, inputs=inputs, turn=turn, remarks=wrong
    )


def _give_up(state: Reads, rejection: Rejection) -> Writes:
    done = state.get("round", 0)
    left = rounds_left(done, state["rounds"])
    return Writes(draft=None, rounds=left) if left else Writes(rejection=rejection.to_json())


def rounds_left(done: int, rounds: Sequence[Strategy]) -> list[Strategy]:
    """A deeper round that fails leaves the task as composed so far; empty where nothing was."""
    return list(rounds[:done])


def _next(
    sub_tasks: Sequence[dict[str, Any]], ahead: int, text: str, depends_on: Sequence[str]
) -> dict[str, Any]:
    identifier = f"t{len(sub_tasks) + ahead + 1}"
    return SubTask(id=identifier, text=text.strip(), depends_on=tuple(depends_on)).to_json()


def _shown(sub_task: dict[str, Any]) -> dict[str, Any]:
    return {key: sub_task[key] for key in ("id", "text", "depends_on")}
