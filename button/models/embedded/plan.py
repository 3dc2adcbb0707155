"""A plan: the sub-tasks of a task as they were read, and which result feeds which argument."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.functions import Port
from button.models.embedded.logic import LogicClause, read_logic
from button.models.embedded.reading import read_clause
from button.models.embedded.unseen import UnseenClause, is_of_the_world, read_unseen

AnyClause = Clause | LogicClause | UnseenClause
Functions = Sequence[Mapping[str, Any]]

SEQUEL = ", then "
SIDE = ", and also "
AFTER_BOTH = "; then "
_PICK = re.compile(r"\[[^]]*\]")
"""What a port picks from a list: `[min price]`."""
_JOINT = re.compile(r"(, then |, and also |; then )")


@dataclass(frozen=True)
class Step:
    """One sub-task with what was understood of it; `clause` is None where nothing was."""

    id: str
    text: str
    depends_on: tuple[str, ...]
    clause: AnyClause | None

    @property
    def references(self) -> Mapping[str, str]:
        """Slot -> noun phrase that stands for a value of an earlier result."""
        if isinstance(self.clause, LogicClause):
            return {"subject": self.clause.subject}
        return {} if self.clause is None else self.clause.references


@dataclass(frozen=True)
class Source:
    """Where a referenced value comes from: a step and its port (None: an unseen function)."""

    step: Step
    port: Port | None


class Plan:
    """Steps in order."""

    def __init__(self, steps: Sequence[Step], today: str) -> None:
        self.steps = list(steps)
        self.today = today
        self.by_id = {step.id: step for step in self.steps}

    @classmethod
    def of_sub_tasks(
        cls, sub_tasks: Sequence[Mapping[str, Any]], today: str, functions: Functions = ()
    ) -> "Plan":
        """The plan of recorded sub-tasks; `functions` are those the world may not know."""
        return cls(
            [
                Step(
                    task["id"],
                    task["text"],
                    tuple(task.get("depends_on", ())),
                    read_any(task["text"], today, functions),
                )
                for task in sub_tasks
            ],
            today,
        )

    @classmethod
    def of_text(cls, text: str, today: str, functions: Functions = ()) -> "Plan":
        """The plan of a composed task's text, as one who sees nothing but the text reads it."""
        pieces = _JOINT.split(text.strip().removesuffix("."))
        steps = [
            Step(f"t{index + 1}", piece, (), read_any(piece, today, functions))
            for index, piece in enumerate(pieces[::2])
        ]
        return cls(steps, today)

    @property
    def understood(self) -> bool:
        """Whether every step was read and every reference has a source."""
        return all(
            step.clause is not None and all(self.source(step, path) for path in step.references)
            for step in self.steps
        )

    def source(self, step: Step, path: str) -> Source | None:
        """Where the reference at `path` of `step` comes from."""
        words = step.references[path].lower()
        if isinstance(step.clause, UnseenClause):
            before = [self.by_id[i] for i in step.depends_on if i in self.by_id]
            before = before or self.steps[: self.steps.index(step)]
            return step.clause.source(path, before)
        for earlier in self._candidates(step):
            for port, phrase in ports_of(earlier, self.today):
                if phrase.lower() == words:
                    return Source(earlier, port)
        return None

    def _candidates(self, step: Step) -> list[Step]:
        named = [self.by_id[name] for name in step.depends_on if name in self.by_id]
        others = [s for s in reversed(self.steps[: self.steps.index(step)]) if s not in named]
        return named + others

    def consumed(self, step: Step) -> list[Port]:
        """The ports of `step` that later steps use."""
        ports = []
        for later in self.steps:
            for path in later.references:
                source = self.source(later, path)
                if source is not None and source.step is step and source.port is not None:
                    ports.append(source.port)
        return ports

    def measured(self, step: Step) -> list[tuple[Port, str]]:
        """The measures that `step` gives, not of another pick than the one that is gone on with."""
        picks = {pick for port in self.consumed(step) for pick in _PICK.findall(port.spec.take)}
        return [
            (port, phrase)
            for port, phrase in ports_of(step, self.today)
            if port.spec.measure and (not picks or picks >= set(_PICK.findall(port.spec.take)))
        ]

    def feeds_a_call(self, step: Step, port: Port) -> bool:
        """Whether a call uses the value of a port of `step`."""
        return any(
            self.source(later, path) == Source(step, port)
            for later in self.steps
            if not isinstance(later.clause, LogicClause)
            for path in later.references
        )

    def is_used(self, step: Step) -> bool:
        """Whether a later step uses a result of `step`."""
        return any(
            (source := self.source(later, path)) is not None and source.step is step
            for later in self.steps
            for path in later.references
        )


def ports_of(step: Step, today: str) -> list[tuple[Port, str]]:
    """The outputs of a step with the noun phrases that stand for them."""
    clause = step.clause
    if not isinstance(clause, Clause):
        return []
    found = []
    for port in clause.function.ports:
        if all(clause.gives(path) for path in port.np.required):
            found.append((port, port.np.fill(lambda path: clause.say(path, today))))
    return found


def read_any(text: str, today: str, functions: Functions) -> AnyClause | None:
    """Whatever clause `text` says."""
    strangers = [function for function in functions if not is_of_the_world(function)]
    unseen = read_unseen(text, strangers) if strangers else None
    return unseen or read_clause(text, today) or read_logic(text)


def sentence(text: str) -> str:
    """A clause as a sentence."""
    return f"{text[0].upper()}{text[1:]}."


def with_sequel(task: str, clause: str) -> str:
    """A task's text with one more clause after it."""
    return f"{task.removesuffix('.')}{SEQUEL}{clause}."


def with_join(task: str, parallel: str, subsequent: str) -> str:
    """A task's text with a parallel clause beside it and one after both."""
    return f"{task.removesuffix('.')}{SIDE}{parallel}{AFTER_BOTH}{subsequent}."
