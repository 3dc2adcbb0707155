"""How the simulated human puts a task: in their own words, with every detail, without steps."""

from collections.abc import Sequence
from random import Random
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.functions import Port
from button.models.embedded.logic import LogicClause
from button.models.embedded.phrases import Template
from button.models.embedded.plan import Plan, Step

GREETINGS = (
    "",
    "",
    "",
    "",
    "Hi! ",
    "Hello! ",
    "Hi there. ",
    "Hey! ",
    "Good morning. ",
    "Good evening. ",
    "Hello there. ",
)
THANKS = (
    "",
    "",
    "",
    "",
    "",
    " Thanks!",
    " Thank you!",
    " Thanks in advance.",
    " Thanks a lot!",
    " Much appreciated.",
)
ASKING = (
    "Could you {c}?",
    "Can you {c}?",
    "Please {c}.",
    "I'd like you to {c}.",
    "Would you please {c}?",
    "Could you please {c}?",
    "I need you to {c}.",
    "I was hoping you could {c}.",
    "Would you {c}?",
    "Can you please {c}?",
)
ASKING_MORE = (
    "Please also {c}.",
    "I'd also like you to {c}.",
    "And please {c}.",
    "Could you also {c}?",
    "And could you {c}?",
    "Can you also {c}?",
    "I also need you to {c}.",
    "Would you also {c}?",
)
ASKING_IN_THE_END = (
    "The aim is to {c}.",
    "In the end I'd like you to {c}.",
    "What I'm really after is for you to {c}.",
    "The idea is to {c}.",
    "Please go ahead and {c}.",
)
ASKING_BOTH = (
    "Could you {a} and {b}?",
    "Please {a} and {b}.",
    "I'd like you to {a} and {b}.",
    "Can you {a} and {b}?",
    "I need you to {a} and {b}.",
)
MOST_GOAL_WORDS = 34
MOST_JOINED_WORDS = 26


class Voice(Random):
    """A person's way of writing: the same choice wherever the same ways are open."""

    def __init__(self, seed: int) -> None:
        super().__init__(seed)
        self._taste: dict[int, float] = {}

    def choice(self, seq: Any) -> Any:
        """The way this person prefers among `seq`."""
        taste = self._taste.setdefault(len(seq), self.random())
        return seq[int(taste * len(seq))]


class HumanVoice:
    """Says one task."""

    def __init__(self, plan: Plan, rng: Random) -> None:
        self.plan = plan
        self.rng = rng
        self.voice = Voice(rng.getrandbits(32))

    def message(self) -> str:
        """The first message of the conversation."""
        body = self._goal_first() if self.rng.random() < 0.4 else None
        body = body or self._one_by_one()
        why = self._why()
        return f"{self.rng.choice(GREETINGS)}{why}{body}{self.rng.choice(THANKS)}"

    def _why(self) -> str:
        options: list[Template] = []
        for step in self.plan.steps:
            if isinstance(step.clause, Clause) and not step.references and not options:
                options = [
                    t
                    for t in step.clause.function.whys
                    if all(step.clause.gives(path) for path in t.required)
                ]
                if options and self.rng.random() < 0.85:
                    return self._fill(self.rng.choice(options), step.clause) + " "
        return ""

    def _fill(self, template: Template, clause: Clause) -> str:
        return template.fill(
            lambda path: clause.say(path, self.plan.today, self.voice), clause.gives
        )

    def _goal_first(self) -> str | None:
        """Only the last wishes, with the earlier ones folded into their noun phrases."""
        wishes = [step for step in self.plan.steps if not self.plan.is_used(step)]
        sinks = [s for s in wishes if not isinstance(s.clause, LogicClause)]
        thoughts = [s for s in wishes if isinstance(s.clause, LogicClause)]
        if len(sinks) != 1:
            return None
        folded = self._folded(sinks[0])
        if folded is None or len(folded.split()) > MOST_GOAL_WORDS:
            return None
        text = self._ask(folded)
        for thought in thoughts:
            assert isinstance(thought.clause, LogicClause)
            source = self.plan.source(thought, "subject")
            if source is None or source.step is not sinks[0]:
                return None
            text += " " + self.rng.choice(ASKING_MORE).format(c=thought.clause.text())
        return text

    def _folded(self, step: Step) -> str | None:
        """The clause of `step` with full noun phrases for its references; None where one is not."""
        if not isinstance(step.clause, Clause):
            return None
        phrases: dict[str, str] = {}
        for path in step.references:
            source = self.plan.source(step, path)
            phrase = source and source.port and self._full(source.step, source.port)
            if not phrase:
                return None
            phrases[path] = phrase
        clause = Clause(step.clause.function, step.clause.phrasing, step.clause.values, phrases)
        return clause.text(self.plan.today, self.voice)

    def _full(self, step: Step, port: Port) -> str | None:
        """The noun phrase of a port with all that its step was told, or None where some is lost."""
        clause = step.clause
        if not isinstance(clause, Clause):
            return None
        slots = port.full.required
        if set(slots) != set(clause.values) | set(clause.references):
            return None
        words: dict[str, str] = {}
        for path in slots:
            if path in clause.references:
                source = self.plan.source(step, path)
                inner = source and source.port and self._full(source.step, source.port)
                if not inner:
                    return None
                words[path] = inner
            else:
                words[path] = clause.say(path, self.plan.today, self.voice)
        return port.full.fill(words.__getitem__)

    def _one_by_one(self) -> str:
        clauses = [self._words(step) for step in self.plan.steps]
        first, rest = clauses[0], clauses[1:]
        if rest and len((first + rest[0]).split()) <= MOST_JOINED_WORDS and self.rng.random() < 0.6:
            text = self.rng.choice(ASKING_BOTH).format(a=first, b=rest.pop(0))
        else:
            text = self._ask(first)
        used: set[str] = set()
        for step, clause in zip(self.plan.steps[-len(rest) :] if rest else [], rest, strict=True):
            joins = len(step.references) > 1 and self.rng.random() < 0.7
            form = self._unused(ASKING_IN_THE_END if joins else ASKING_MORE, used)
            text += " " + form.format(c=clause)
        return text

    def _words(self, step: Step) -> str:
        """A step's clause; one that was not understood is said as it stands in the task."""
        if isinstance(step.clause, Clause):
            return step.clause.text(self.plan.today, self.voice)
        return f"{step.text[0].lower()}{step.text[1:]}"

    def _ask(self, clause: str) -> str:
        return self.rng.choice(ASKING).format(c=clause)

    def _unused(self, forms: Sequence[str], used: set[str]) -> str:
        open_forms = [form for form in forms if form not in used] or list(forms)
        chosen = self.rng.choice(open_forms)
        used.add(chosen)
        return chosen
