"""What a damage operator is: it spoils a clean trajectory in one known way, or does not apply."""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any, NamedTuple

from button.canonical import derived_random
from button.checks import links, provenance
from button.records import Fault, Trajectory

Row = dict[str, Any]


class Case(NamedTuple):
    """A trajectory to be damaged in place, as JSON; and another one to take values from."""

    row: Row
    donor: Row
    random: Random

    @property
    def messages(self) -> list[Row]:
        return self.row["messages"]

    @property
    def calls(self) -> list["Made"]:
        """All calls with their answers, in order."""
        answers = {
            message["tool_call_id"]: index
            for index, message in enumerate(self.messages)
            if message["role"] == "tool"
        }
        return [
            Made(index, position, call, answers[call["id"]])
            for index, message in enumerate(self.messages)
            for position, call in enumerate(message.get("tool_calls") or ())
        ]

    @property
    def batches(self) -> list[list["Made"]]:
        """The calls by turn."""
        grouped: dict[int, list[Made]] = {}
        for made in self.calls:
            grouped.setdefault(made.message, []).append(made)
        return list(grouped.values())

    @property
    def leaves(self) -> list["Place"]:
        """All scalar arguments of all calls."""
        return [
            place
            for made in self.calls
            for place in places(made.function["arguments"], call=made.call["id"])
        ]

    def pick(self, choices: list[Any]) -> Any:
        """One of the choices, or None where there is none."""
        return self.random.choice(choices) if choices else None

    def origin(self, place: "Place") -> str:
        """Where an argument comes from, as the record says."""
        return str(self.row["provenance"][place.call][place.path]["source"])

    def text(self) -> str:
        """Everything that was said, called and returned, with the task."""
        return json.dumps([self.messages, self.row["task"]], ensure_ascii=False)


class Made(NamedTuple):
    """A call and where it and its answer stand."""

    message: int
    position: int
    call: Row
    answer: int

    @property
    def function(self) -> Row:
        return self.call["function"]


class Place(NamedTuple):
    """A scalar inside a JSON value, that can be set."""

    path: str
    holder: Any
    key: str | int
    value: Any
    call: str = ""

    def set(self, value: Any) -> None:
        self.holder[self.key] = value


def places(value: Any, path: str = "$", call: str = "") -> Iterator[Place]:
    """The scalars of `value` that are not null, in document order."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for key, inner in list(members):
        below = f"{path}.{key}" if isinstance(key, str) else f"{path}[{key}]"
        if isinstance(inner, dict | list):
            yield from places(inner, below, call)
        elif inner is not None:
            yield Place(below, value, key, inner, call)


Damage = Callable[[Case], bool]


class Operator(NamedTuple):
    """One kind of damage, with what the checks are expected to say about it."""

    damage: Damage
    codes: frozenset[str]
    """Any of them names the damage rightly."""
    faults: frozenset[Fault]
    """Whom the finding that decides may name."""
    keeps_record: bool
    """Whether links and provenance stay as they were; else they are made again, so that nothing
    but the conversation can show the damage."""

    @property
    def name(self) -> str:
        return self.damage.__name__

    def apply(self, trajectory: Trajectory, donor: Trajectory) -> Trajectory | None:
        """The damaged trajectory; None where this damage cannot be done to it."""
        random = derived_random("mutation", self.name, trajectory.id)
        case = Case(trajectory.to_json(), donor.to_json(), random)
        if not self.damage(case):
            return None
        damaged = Trajectory.model_validate(case.row)
        return damaged if self.keeps_record else recorded_again(damaged)


OPERATORS: list[Operator] = []


def operator(codes: str, fault: str, *, keeps_record: bool = False) -> Callable[[Damage], Damage]:
    """Register a damage with the codes and the roles that may be found, separated by spaces."""

    def register(damage: Damage) -> Damage:
        faults: Any = frozenset(fault.split())
        OPERATORS.append(Operator(damage, frozenset(codes.split()), faults, keeps_record))
        return damage

    return register


def recorded_again(trajectory: Trajectory) -> Trajectory:
    """The trajectory with the links and the provenance that its messages show."""
    origins = provenance(trajectory.messages, trajectory.tools, trajectory.task)
    served = links(trajectory.messages, trajectory.task, origins)
    return trajectory.model_copy(update={"provenance": origins, "links": served})
