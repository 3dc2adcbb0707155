"""One conversation with a person in it, through the same graph as any other, and its record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import AIMessage, AnyMessage, BaseMessage

from button.checks import verify
from button.context import Context
from button.errors import YieldError
from button.models.caller import CallKey, DirectCaller, caller_of, use_models
from button.models.dialect import DialectCaller
from button.play.person import PersonModel, Seat, Table
from button.play.turns import TURNS
from button.records import Finding, ModelUse, Rejection, Seed, SeedUse, Trajectory
from graphs.bottom_up import graph as bottom_up
from graphs.conversation import graph as conversation
from graphs.recording import trajectory_of

Json = dict[str, Any]
Watch = Callable[[str, AnyMessage], None]
"""Is told each message as it comes: the node that made it, and the message."""
GIVEN = ("item", "variant", "task", "sub_tasks", "functions")
PLAYED = ("human", "assistant", "tool")
"""Roles, and prompts, of a conversation; all others took part in making its task."""
MOST_TRIES = 10
"""Answers of the person that an agent may refuse; most are asked again before it sees them."""


@dataclass(frozen=True)
class Setting:
    """The task that is played, and where it comes from."""

    specification: Json
    seeds: SeedUse
    models: Mapping[str, ModelUse]
    """Who made the task, where that is known."""


@dataclass(frozen=True)
class Played:
    """What came of it: a record, or the reason why there is none."""

    trajectory: Trajectory | None
    accepted: bool
    rejection: Rejection | None = None


async def setting_of_seed(seed: Seed, item: int, context: Context) -> Setting:
    """A task made from a seed.

    Raises:
        YieldError: none could be made.
    """
    made = await bottom_up.ainvoke({"item": item, "seed": seed.to_json()}, context=context)
    specifications = made.get("specifications", [])
    if not specifications:
        dropped = [each["rejection"] for each in made.get("rejections", [])]
        reason = made.get("rejection") or (dropped[0] if dropped else {"detail": "no task"})
        raise YieldError(f"no task could be made from {seed.source!r}: {reason['detail']}")
    specification = {**specifications[0], "item": item}
    seeds = SeedUse(
        seed_id=seed.id,
        source=seed.source,
        root=context.root_seed,
        item=item,
        variant=specification["variant"],
    )
    return Setting(specification, seeds, {})


def setting_of_row(row: Json) -> Setting:
    """The task of a trajectory, to be played once more.

    Raises:
        ValueError: the row is no trajectory, or not that of its id.
    """
    record = Trajectory.from_row(row)
    specification = {
        "item": record.seeds.item,
        "variant": record.seeds.variant,
        "scenario": row["scenario"],
        "rounds": [record.strategy],
        "atomic_task": record.task.atomic_task,
        "task": record.task.text,
        "sub_tasks": row["task"]["sub_tasks"],
        "functions": [tool["function"] for tool in row["tools"]],
        "attempts": {name: n for name, n in record.attempts.items() if name not in PLAYED},
    }
    makers = {role: use for role, use in record.models.items() if role not in PLAYED}
    return Setting(specification, record.seeds, makers)


async def play(
    setting: Setting, seat: Seat, table: Table, context: Context, watch: Watch
) -> Played:
    """Play the task of `setting` with a person in `seat`.

    Raises:
        LeftError: the person left.
    """
    context = context.model_copy(update={"max_reasks": MOST_TRIES})
    person = PersonModel(TURNS[seat], table, _configured(seat, context))
    given = {key: setting.specification[key] for key in GIVEN}
    state: Json = {}
    with use_models({seat: person}):
        stream = conversation.astream(given, context=context, stream_mode=["updates", "values"])
        async for step in stream:
            mode, told = cast(tuple[str, Json], step)
            if mode == "values":
                state = told
                continue
            for node, written in told.items():
                for message in (written or {}).get("messages", ()):
                    watch(node, message)
        return _judged(setting, state, context)


def _judged(setting: Setting, state: Json, context: Context) -> Played:
    if state.get("rejection"):
        return Played(None, False, Rejection.model_validate(state["rejection"]))
    attempts = {**setting.specification["attempts"], **state.get("attempts", {})}
    ended = {**setting.specification, **state, "attempts": attempts}
    trajectory = trajectory_of(ended, setting.seeds, context, caller_of(context))
    trajectory = trajectory.model_copy(update={"models": {**trajectory.models, **setting.models}})
    verdict = verify(trajectory)
    findings: tuple[Finding, ...] = verdict.findings
    return Played(trajectory.model_copy(update={"findings": findings}), verdict.accepted)


def _configured(seat: Seat, context: Context) -> Any:
    """Asks the model that the settings name for the seat."""
    caller = DialectCaller(DirectCaller(context), context)
    turns = 0

    async def instead(messages: Sequence[BaseMessage], bound: Mapping[str, Any]) -> AIMessage:
        nonlocal turns
        turns += 1
        return await caller.call(seat, CallKey(0, 0, seat, turns, 0), messages, **bound)

    return instead
