"""What the assistant thinks and answers: a plan first, then what was observed, then the answer."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.functions import Port
from button.models.embedded.logic import LogicClause
from button.models.embedded.perspective import (
    about_the_user,
    addresses,
    figures_of,
    linked,
    of_the_user,
    to_the_user,
    without_repeats,
)
from button.models.embedded.phrases import Template, join_words
from button.models.embedded.plan import Plan, Source, Step
from button.models.embedded.relevance import (
    changes_something,
    port_value,
    scalars,
    wants_to_hear,
)
from button.models.embedded.second_mentions import names_in, with_owners
from button.models.embedded.telling import Teller, say_value
from button.models.embedded.unseen import UnseenClause
from button.models.embedded.unseen_wording import imperative, label_of

PLAN_OPENINGS = (
    "The request has {n} parts.",
    "There are {n} things to do here.",
    "I can work through this in {n} parts.",
    "This breaks down into {n} parts.",
)
PLAN_SINGLE = ("One call is enough here.", "This takes a single call.")
STARTS = (
    "I'll start with part {first}.",
    "Part {first} comes first.",
    "Part {first} needs nothing else, so I'll begin there.",
    "I'll begin with part {first}.",
)
STARTS_BOTH = (
    "Parts {first} don't depend on each other, so I'll start them together.",
    "Parts {first} are independent of each other and can run at the same time.",
    "I can do parts {first} at the same time, since they don't build on each other.",
)
NEXT = (
    "With that, I can {c}.",
    "Now I can {c}.",
    "Next, I'll {c}.",
    "So now I can {c}.",
    "That lets me {c}.",
)
"""Before calls that use a result."""
NEXT_APART = (
    "Next, I'll {c}.",
    "Separately, I'll {c}.",
    "The next part stands on its own: I'll {c}.",
    "Another part needs nothing of this: I'll {c}.",
)
"""Before calls that use none."""
CLOSING = (
    "That covers the whole request.",
    "I have everything I need for the answer.",
    "All parts are done, so I can answer.",
    "Nothing is left open, so I can answer now.",
    "That was the last part.",
    "Now I can put the answer together.",
    "I can tell the user now.",
    "With this, everything has been taken care of.",
)
INTROS_FOUND = ("", "", "Here's what I found. ", "Here you go. ", "I've looked it up. ")
INTROS_DONE = ("", "", "All done. ", "Everything is taken care of. ", "Done. ", "All set. ")
NO_OUTRO = ("",) * 9
OUTROS_FOUND = (
    *NO_OUTRO,
    " I hope that helps.",
    " Let me know if you need anything else.",
    " Is there anything else you'd like me to look up?",
)
OUTROS_DONE = (
    *NO_OUTRO,
    " Let me know if you'd like to change anything.",
    " Let me know if you need anything else.",
    " Is there anything else I can do for you?",
)
CODE = re.compile(r"[A-Z]{1,4}-?\d[\w-]*")
NUMBER_WORDS = "no one two three four five six seven eight several".split()


class Calls(dict[str, tuple[dict[str, Any], dict[str, Any]]]):
    """Step id -> (arguments, result) of the call that served it."""


class AssistantVoice:
    """Speaks about one plan and what its calls gave."""

    def __init__(self, plan: Plan, calls: Calls, rng: Random, asked: str = "") -> None:
        self.plan = plan
        self.asked = asked
        self.calls = calls
        self.rng = rng

    def first_thought(self, ready: list[Step]) -> str:
        """The structured plan, and where it begins."""
        steps = self.plan.steps
        if len(steps) == 1:
            opening = self.rng.choice(PLAN_SINGLE)
        else:
            opening = self.rng.choice(PLAN_OPENINGS).format(
                n=NUMBER_WORDS[min(len(steps), len(NUMBER_WORDS) - 1)]
            )
        lines = [f"{index}. {self._planned(step)}" for index, step in enumerate(steps, 1)]
        first = join_words([str(steps.index(step) + 1) for step in ready])
        forms = STARTS_BOTH if len(ready) > 1 else STARTS
        start = self.rng.choice(forms).format(first=first)
        return "\n".join([opening, *lines, start])

    def _planned(self, step: Step) -> str:
        text = of_the_user(step.text.strip().removesuffix("."))
        note = " (no function needed)" if isinstance(step.clause, LogicClause) else ""
        return f"{text[0].upper()}{text[1:]}{note}."

    def next_thought(self, fresh: list[Step], ready: list[tuple[Step, str]]) -> str:
        """What the last results say, and what follows from it."""
        seen = " ".join(filter(None, (self._observed(step, thinking=True) for step in fresh)))
        clauses = join_words([of_the_user(text) for _, text in ready])
        forms = NEXT if any(step.references for step, _ in ready) else NEXT_APART
        fit = [form for form in forms if "lets me" not in form or not clauses.startswith("let ")]
        return f"{seen} {self.rng.choice(fit).format(c=clauses)}".strip()

    def retry_thought(self, problem: str) -> str:
        """After a refused call."""
        return f"The call was refused: {problem[:200]} I correct it and try once more."

    def last_thought(self, fresh: list[Step]) -> str:
        """What the last results say, what was worked out, and that all is done."""
        seen = [self._observed(step, thinking=True) for step in fresh]
        worked = [
            self.concluded(step, next(filter(None, reversed(seen)), ""))
            for step in self.plan.steps
            if isinstance(step.clause, LogicClause)
        ]
        return " ".join(filter(None, [*seen, *worked, self.rng.choice(CLOSING)]))

    def answer(self) -> str:
        """The final answer: what every part gave, from the results, as one text."""
        told: list[str] = []
        for step in self.plan.steps:
            text = self._told(step, told[-1] if told else "")
            told += [text] if text else []
        body = " ".join(linked(told))
        acted = any(changes_something(step) for step in self.plan.steps)
        intros = INTROS_DONE if acted else INTROS_FOUND
        body = with_owners(body, names_in(self.plan))
        intro = self.rng.choice([each for each in intros if each[:4] not in body or not each])
        outro = self.rng.choice(OUTROS_DONE if acted else OUTROS_FOUND)
        return f"{intro}{body}{outro}".strip()

    def _told(self, step: Step, before: str) -> str | None:
        if isinstance(step.clause, LogicClause):
            return self.concluded(step, before)
        if not self._is_for_the_person(step):
            return self._observed(step) or self._report(step)
        used = self._used(step)
        report = self._report_with(step, used)
        needed = [port for port in used if self.plan.feeds_a_call(step, port)]
        missing = [
            port
            for port in needed
            if not self._states(step, port, report) and not (report and self._is_code(step, port))
        ]
        return f"{report} {self._tellings(step, missing)}".strip() or self._observed(step)

    def _is_code(self, step: Step, port: Port) -> bool:
        """Whether a port gives a mere code of what the step's report speaks of."""
        value = str(port_value(self.calls, step, port.spec.take))
        return "[" not in port.spec.take and bool(CODE.fullmatch(value))

    def _report_with(self, step: Step, ports: Sequence[Port]) -> str:
        """A report that states the ports' values, if there is one."""
        told = self._reports(step)
        full = [text for text in told if all(self._states(step, port, text) for port in ports)]
        return self.rng.choice(full or told or [""])

    def _states(self, step: Step, port: Port, text: str) -> bool:
        """Whether a text holds the value of a port that picks none out of several."""
        value = port_value(self.calls, step, port.spec.take)
        teller = self._teller(step)
        said = teller.say(port.spec.take, value) if teller else str(value)
        return "[" not in port.spec.take and said in text

    def _is_for_the_person(self, step: Step) -> bool:
        """Whether the person wants to hear all a step gave, not only what was made of it."""
        picks = any("[" in port.spec.take for port in self.plan.consumed(step))
        return changes_something(step) or not picks or wants_to_hear(step, self.asked)

    def _observed(self, step: Step, thinking: bool = False) -> str | None:
        """What matters of a step's result for what comes after it, else its report."""
        if isinstance(step.clause, UnseenClause):
            return self._unseen(step)
        used = self._used(step)
        return self._tellings(step, used, thinking) or self._report(step, thinking)

    def _used(self, step: Step) -> list[Port]:
        return list(dict.fromkeys(self.plan.consumed(step)))

    def _tellings(self, step: Step, ports: Sequence[Port], thinking: bool = False) -> str:
        teller = self._teller(step)
        if teller is None:
            return ""
        told = [self._told_one_way(teller, port.tell, thinking) for port in ports]
        return " ".join(linked(without_repeats([each for each in told if each])))

    def _report(self, step: Step, thinking: bool = False) -> str | None:
        teller = self._teller(step)
        if teller is None or not isinstance(step.clause, Clause):
            return None
        return self._told_one_way(teller, step.clause.function.reports, thinking)

    def _reports(self, step: Step) -> list[str]:
        teller = self._teller(step)
        if teller is None or not isinstance(step.clause, Clause):
            return []
        told = map(teller.tell, step.clause.function.reports)
        return [to_the_user(text) for text in told if text]

    def _told_one_way(
        self, teller: Teller, templates: Sequence[Template], thinking: bool
    ) -> str | None:
        """One of the ways to tell something; a thought addresses nobody, if it can."""
        told = [to_the_user(text) for template in templates if (text := teller.tell(template))]
        if thinking:
            told = [text for text in told if not addresses(text)] or told
            told = [about_the_user(text) for text in told]
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

    def concluded(self, step: Step, before: str) -> str | None:
        """The conclusion of a logic step, after a text that may state what it is about."""
        if not isinstance(step.clause, LogicClause):
            return None
        source = self.plan.source(step, "subject")
        if source is None or source.port is None or source.step.id not in self.calls:
            return None
        value = port_value(self.calls, source.step, source.port.spec.take)
        if not isinstance(value, int | float):
            return None
        clear = self._was_just_told(step, source) and _is_all_figures(value, before)
        subject = None if clear else to_the_user(step.clause.subject)
        return step.clause.logic.conclusion(value, step.clause.number or 0, subject)

    def _was_just_told(self, step: Step, source: Source) -> bool:
        """Whether the sentence before a conclusion is the one that states its value."""
        before = self.plan.steps.index(step) - 1
        told = set(self.plan.consumed(source.step))
        return self.plan.steps[before] is source.step and told == {source.port}


def _is_all_figures(value: float, text: str) -> bool:
    """Whether a number is the one figure in a text."""
    return [each.strip("$").replace(",", "") for each in figures_of(text)] == [
        say_value(value, "").replace(",", "")
    ]
