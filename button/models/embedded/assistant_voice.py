"""What the assistant thinks and answers: a plan first, then what was observed, then the answer."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from button.models.embedded import assistant_phrases as says
from button.models.embedded.clauses import Clause
from button.models.embedded.conclusions import Subject
from button.models.embedded.functions import Port
from button.models.embedded.linking import (
    adds_nothing,
    figures_of,
    linked,
    newest,
    opens_alike,
    without_repeats,
)
from button.models.embedded.logic import LogicClause
from button.models.embedded.naming import names_told
from button.models.embedded.perspective import (
    about_the_user,
    addresses,
    of_the_user,
    to_the_user,
)
from button.models.embedded.phrases import Template, join_words
from button.models.embedded.plan import Plan, Source, Step
from button.models.embedded.relevance import (
    changes_something,
    fetches_one,
    port_value,
    scalars,
    wants_to_hear,
)
from button.models.embedded.second_mentions import with_owners
from button.models.embedded.telling import Teller, say_value
from button.models.embedded.unseen import UnseenClause
from button.models.embedded.unseen_wording import imperative, label_of
from button.models.embedded.wording import with_quotes_closed, without_this_year

NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
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
            opening = self.rng.choice(says.PLAN_SINGLE)
        else:
            opening = self.rng.choice(says.PLAN_OPENINGS).format(
                n=NUMBER_WORDS[min(len(steps), len(NUMBER_WORDS) - 1)]
            )
        lines = [f"{index}. {self._planned(step)}" for index, step in enumerate(steps, 1)]
        first = join_words([str(steps.index(step) + 1) for step in ready])
        forms = says.STARTS_BOTH if len(ready) > 1 else says.STARTS
        start = self.rng.choice(forms).format(first=first)
        return "\n".join([opening, *lines, start])

    def _planned(self, step: Step) -> str:
        text = without_this_year(of_the_user(step.text.strip().removesuffix(".")), self.plan.today)
        note = says.OWN_WORK if isinstance(step.clause, LogicClause) else ""
        return with_quotes_closed(f"{text[0].upper()}{text[1:]}{note}.")

    def next_thought(self, fresh: list[Step], ready: list[tuple[Step, str]]) -> str:
        """What the last results say, and what follows from it."""
        seen = " ".join(filter(None, (self._observed(step, thinking=True) for step in fresh)))
        clauses = join_words(
            [without_this_year(of_the_user(text), self.plan.today) for _, text in ready]
        )
        forms = says.NEXT if any(step.references for step, _ in ready) else says.NEXT_APART
        fit = [form for form in forms if "lets me" not in form or not clauses.startswith("let ")]
        return with_quotes_closed(f"{seen} {self.rng.choice(fit).format(c=clauses)}".strip())

    def retry_thought(self, problem: str) -> str:
        """After a refused call."""
        return f"The call was refused: {problem[:200]} I correct it and try once more."

    def last_thought(self, fresh: list[Step]) -> str:
        """What the last results say, what was worked out, and that all is done."""
        seen = [self._observed(step, thinking=True) for step in fresh]
        worked = [
            self.concluded(step, [text for text in seen if text])
            for step in self.plan.steps
            if isinstance(step.clause, LogicClause)
        ]
        return " ".join(filter(None, [*seen, *worked, self.rng.choice(says.CLOSING)]))

    def answer(self) -> str:
        """The final answer: what every part gave, from the results, as one text."""
        told: list[str] = []
        for step in self.plan.steps:
            text = self._told(step, told)
            told += [text] if text else []
        people, things = names_told(self.plan, self.calls)
        told = [with_owners(text, people) for text in told]
        body = " ".join(linked(told, people, things))
        acted = any(changes_something(step) for step in self.plan.steps)
        intros = says.INTROS_DONE if acted else says.INTROS_FOUND
        known = body.replace("I found", says.FOUND)
        intro = self.rng.choice([each for each in intros if not each or each[:4] not in known])
        outro = self.rng.choice(says.OUTROS_DONE if acted else says.OUTROS_FOUND)
        return f"{intro}{body}{outro}".strip()

    def _told(self, step: Step, told: Sequence[str]) -> str | None:
        if isinstance(step.clause, LogicClause):
            return self.concluded(step, told)
        before = told[-1] if told else ""
        if not self._is_for_the_person(step):
            return self._observed(step, before=before) or self._report(step)
        used = self._used(step)
        report = self._report_with(step, used, before)
        needed = [port for port in used if self.plan.feeds_a_call(step, port)]
        missing = [
            port
            for port in needed
            if not self._states(step, port, report) and not (report and self._is_code(step, port))
        ]
        told_so = [port for port in missing if not self._is_old_news(step, port, report)]
        tellings = self._tellings(step, told_so, before=report)
        return f"{report} {tellings}".strip() or self._observed(step)

    def _is_old_news(self, step: Step, port: Port, report: str) -> bool:
        """Whether a report says in other words all that there is to tell of a port."""
        teller = self._teller(step)
        if teller is None or "[" in port.spec.take:
            return False
        return any(adds_nothing(report, text) for way in port.tell if (text := teller.tell(way)))

    def _is_code(self, step: Step, port: Port) -> bool:
        """Whether a port gives a mere code of what the step's report speaks of."""
        value = str(port_value(self.calls, step, port.spec.take))
        return "[" not in port.spec.take and bool(CODE.fullmatch(value))

    def _report_with(self, step: Step, ports: Sequence[Port], before: str) -> str:
        """A report that states the ports' values, if there is one."""
        told = self._reports(step)
        full = [text for text in told if all(self._states(step, port, text) for port in ports)]
        return self._one_of(full or told or [""], before)

    def _one_of(self, texts: Sequence[str], before: str) -> str:
        """One of several texts, if possible one that begins unlike the sentence before it."""
        fresh = [text for text in texts if not opens_alike(before, text)]
        return self.rng.choice(fresh or texts)

    def _states(self, step: Step, port: Port, text: str) -> bool:
        """Whether a text holds the value of a port that picks none out of several."""
        value = port_value(self.calls, step, port.spec.take)
        teller = self._teller(step)
        said = teller.say(port.spec.take, value) if teller else str(value)
        return "[" not in port.spec.take and said in text

    def _is_for_the_person(self, step: Step) -> bool:
        """Whether the person wants to hear all a step gave, not only what was made of it."""
        used = self._used(step)
        if not used or changes_something(step) or wants_to_hear(step, self.asked):
            return True
        picks = any("[" in port.spec.take for port in used)
        return not picks and fetches_one(step)

    def _observed(self, step: Step, thinking: bool = False, before: str = "") -> str | None:
        """What matters of a step's result for what comes after it, else its report."""
        if isinstance(step.clause, UnseenClause):
            return self._unseen(step)
        used = self._used(step)
        return self._tellings(step, used, thinking, before) or self._report(step, thinking)

    def _used(self, step: Step) -> list[Port]:
        return list(dict.fromkeys(self.plan.consumed(step)))

    def _tellings(
        self, step: Step, ports: Sequence[Port], thinking: bool = False, before: str = ""
    ) -> str:
        teller = self._teller(step)
        if teller is None:
            return ""
        told: list[str] = []
        for port in ports:
            last = told[-1] if told else before
            choice = "[" in port.spec.take
            text = self._told_one_way(teller, port.tell, thinking, last, choice=choice)
            told += [text] if text else []
        return " ".join(linked(without_repeats(told)))

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
        self,
        teller: Teller,
        templates: Sequence[Template],
        thinking: bool,
        before: str = "",
        choice: bool = False,
    ) -> str | None:
        """One of the ways to tell something; a thought addresses nobody, if it can."""
        told = [to_the_user(text) for template in templates if (text := teller.tell(template))]
        told = newest(told, before) if choice else told
        if thinking:
            told = [text for text in told if not addresses(text)] or told
            told = [about_the_user(text) for text in told]
        return self._one_of(told, before) if told else None

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

    def concluded(self, step: Step, told: Sequence[str]) -> str | None:
        """The conclusion of a logic step, after texts that may state what it is about."""
        if not isinstance(step.clause, LogicClause):
            return None
        source = self.plan.source(step, "subject")
        if source is None or source.port is None or source.step.id not in self.calls:
            return None
        value = port_value(self.calls, source.step, source.port.spec.take)
        if not isinstance(value, int | float):
            return None
        last = told[-1] if told else ""
        clear = self._was_just_told(step, source) and _is_all_figures(value, last)
        is_told = round(value, 2) in _numbers_in(" ".join(told))
        subject = None if clear else Subject(to_the_user(step.clause.subject), is_told)
        return step.clause.logic.conclusion(value, step.clause.number or 0, subject)

    def _was_just_told(self, step: Step, source: Source) -> bool:
        """Whether the sentence before a conclusion is the one that states its value."""
        before = self.plan.steps.index(step) - 1
        told = set(self.plan.consumed(source.step))
        return self.plan.steps[before] is source.step and told == {source.port}


def _is_all_figures(value: float, text: str) -> bool:
    """Whether a number is the one figure in a text."""
    return _numbers_in(text) == [round(value, 2)]


def _numbers_in(text: str) -> list[float | str]:
    """The figures of a text: numbers as such, times and codes as they stand."""
    plain = [each.strip("$").replace(",", "") for each in figures_of(text)]
    return [float(each) if NUMBER.fullmatch(each) else each for each in plain]
