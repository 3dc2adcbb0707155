"""What the assistant thinks and answers: a plan first, then what was observed, then the answer."""

from collections.abc import Mapping
from random import Random
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.logic import LogicClause
from button.models.embedded.plan import Plan, Source, Step
from button.models.embedded.telling import Teller, say_value
from button.models.embedded.unseen import UnseenClause
from button.models.embedded.unseen_wording import imperative, label_of

PLAN_OPENINGS = (
    "The request has {n} parts.",
    "There are {n} things to do here.",
    "I can work through this in {n} parts.",
    "This takes {n} pieces of work.",
)
PLAN_SINGLE = ("One call is enough here.", "This takes a single call.")
STARTS = (
    "I'll start with part {first}.",
    "Part {first} can begin right away.",
    "Nothing holds up part {first}, so I begin there.",
    "I begin with part {first}.",
)
STARTS_BOTH = (
    "Parts {first} do not depend on each other, so I call for them together.",
    "Parts {first} are independent of each other and can run at the same time.",
    "I can do parts {first} at once, since neither needs the other.",
)
NEXT = ("With that, I can {c}.", "Now I can {c}.", "Next, I {c}.", "That is what I need to {c}.")
CLOSING = (
    "That settles every part of the request.",
    "Everything asked for is in hand.",
    "All parts are done, so I can answer.",
    "Nothing is left open, so I can answer now.",
)
INTROS = (
    "",
    "",
    "Here is what I found. ",
    "All done. ",
    "Everything is taken care of. ",
    "Done. ",
    "Here you go. ",
)
OUTROS = (
    "",
    "",
    "",
    " Let me know if you need anything else.",
    " I hope that helps.",
    " Just tell me if something should change.",
)
NUMBER_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight")


class Calls(dict[str, tuple[dict[str, Any], dict[str, Any]]]):
    """Step id -> (arguments, result) of the call that served it."""


class AssistantVoice:
    """Speaks about one plan and what its calls gave."""

    def __init__(self, plan: Plan, calls: Calls, rng: Random) -> None:
        self.plan = plan
        self.calls = calls
        self.rng = rng

    def first_thought(self, ready: list[Step]) -> str:
        """The structured plan, and where it begins."""
        steps = self.plan.steps
        if len(steps) == 1:
            opening = self.rng.choice(PLAN_SINGLE)
        else:
            opening = self.rng.choice(PLAN_OPENINGS).format(n=number_word(len(steps)))
        lines = [f"{index}. {self._planned(step)}" for index, step in enumerate(steps, 1)]
        numbers = [str(steps.index(step) + 1) for step in ready]
        first = " and ".join(numbers)
        forms = STARTS_BOTH if len(ready) > 1 else STARTS
        start = self.rng.choice(forms).format(first=first)
        return "\n".join([opening, *lines, start])

    def _planned(self, step: Step) -> str:
        text = step.text.strip().removesuffix(".")
        note = " (no function needed)" if isinstance(step.clause, LogicClause) else ""
        return f"{text[0].upper()}{text[1:]}{note}."

    def next_thought(self, fresh: list[Step], ready: list[tuple[Step, str]]) -> str:
        """What the last results say, and what follows from it."""
        seen = " ".join(filter(None, (self._observed(step) for step in fresh)))
        clauses = " and ".join(text for _, text in ready)
        return f"{seen} {self.rng.choice(NEXT).format(c=clauses)}".strip()

    def retry_thought(self, problem: str) -> str:
        """After a refused call."""
        return f"The call was refused: {problem[:200]} I correct it and try once more."

    def last_thought(self, fresh: list[Step]) -> str:
        """What the last results say, what was worked out, and that all is done."""
        seen = [self._observed(step) for step in fresh]
        worked = [
            self.concluded(step) for step in self.plan.steps if isinstance(step.clause, LogicClause)
        ]
        return " ".join(filter(None, [*seen, *worked, self.rng.choice(CLOSING)]))

    def answer(self) -> str:
        """The final answer: a sentence for every part, from the results."""
        told = [self._told(step) for step in self.plan.steps]
        body = " ".join(text for text in told if text)
        return f"{self.rng.choice(INTROS)}{body}{self.rng.choice(OUTROS)}".strip()

    def _told(self, step: Step) -> str | None:
        if isinstance(step.clause, LogicClause):
            return self.concluded(step)
        return self._observed(step) or self._report(step)

    def _observed(self, step: Step) -> str | None:
        """What matters of a step's result for what comes after it, else its report."""
        if isinstance(step.clause, UnseenClause):
            return self._unseen(step)
        ports = list(dict.fromkeys(self.plan.consumed(step)))
        teller = self._teller(step)
        if teller is None:
            return None
        told = [teller.tell(self.rng.choice(port.tell)) for port in ports]
        return " ".join(filter(None, told)) or self._report(step)

    def _report(self, step: Step) -> str | None:
        teller = self._teller(step)
        if teller is None or not isinstance(step.clause, Clause):
            return None
        told = [
            text for template in step.clause.function.reports if (text := teller.tell(template))
        ]
        return self.rng.choice(told) if told else None

    def _teller(self, step: Step) -> Teller | None:
        if not isinstance(step.clause, Clause) or step.id not in self.calls:
            return None
        arguments, result = self.calls[step.id]
        return Teller(step.clause.function, arguments, result, self.plan.today)

    def _unseen(self, step: Step) -> str | None:
        if step.id not in self.calls or not isinstance(step.clause, UnseenClause):
            return None
        _, result = self.calls[step.id]
        facts = [
            f"the {label_of(path)} is {say_value(value, self.plan.today)}"
            for path, value in scalars(result)
        ][:4]
        if not facts:
            return f"I did {imperative(step.clause.function)}."
        text = facts[0] if len(facts) == 1 else f"{', '.join(facts[:-1])} and {facts[-1]}"
        return f"For the request to {imperative(step.clause.function)}, {text}."

    def concluded(self, step: Step) -> str | None:
        """The conclusion of a logic step."""
        if not isinstance(step.clause, LogicClause):
            return None
        source = self.plan.source(step, "subject")
        if source is None or source.port is None or source.step.id not in self.calls:
            return None
        value = port_value(self.calls, source.step, source.port.spec.take)
        if not isinstance(value, int | float):
            return None
        that = self._was_just_told(step, source)
        return step.clause.logic.conclusion(value, step.clause.number or 0, that=that)

    def _was_just_told(self, step: Step, source: Source) -> bool:
        """Whether the sentence before a conclusion is the one that states its value."""
        before = self.plan.steps.index(step) - 1
        told = self.plan.consumed(source.step)
        return self.plan.steps[before] is source.step and told[-1] is source.port


def port_value(calls: Calls, step: Step, path: str) -> Any:
    """The value at a port's path in a step's result, None where it is not there."""
    from button.models.embedded.functions import take  # noqa: PLC0415

    try:
        return take(calls[step.id][1], path)[0]
    except (KeyError, IndexError, TypeError):
        return None


def scalars(value: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """(path, value) of the scalar leaves of a result outside lists, then of first list items."""
    found: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        for name, inner in value.items():
            found += scalars(inner, f"{prefix}{name}.")
    elif isinstance(value, list):
        found += scalars(value[0], prefix) if value else []
    elif value is not None and prefix:
        found.append((prefix.removesuffix("."), value))
    return found


def number_word(number: int) -> str:
    """Two for 2, as far as words go."""
    return NUMBER_WORDS[number] if number < len(NUMBER_WORDS) else str(number)
