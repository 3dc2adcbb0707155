"""How the simulated human puts a task: in their own words, with every detail, without steps."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.functions import Port
from button.models.embedded.logic import LogicClause
from button.models.embedded.phrases import Template
from button.models.embedded.plan import Plan, Step

MOST_GOAL_WORDS = 34
MOST_JOINED_WORDS = 28
MOST_BACKED_WORDS = 36
WONDERING = re.compile(
    r"(?:find out|check|see|work out|tell me|look up) "
    r"(?=(?:on which|whether|where|when|which|what|how|who|if) )"
)
"""Clauses that ask for knowledge can be said as a wish to know: `check whether ...`."""
LOOKING = re.compile(
    r"(?:find|look|check|search|see|list|compare|show|tell me|suggest|recommend|hunt|pull|name) "
)
"""What is looked up can be taken for granted and named; what is done has to be asked for."""


@dataclass(frozen=True)
class Manner:
    """A way in which some people write to an assistant; `{C}` is a clause with a capital."""

    greetings: tuple[str, ...]
    thanks: tuple[str, ...]
    asking: tuple[str, ...]
    besides: tuple[str, ...]
    """For one more wish that stands beside the others."""
    building: tuple[str, ...]
    """For a wish that builds on the others."""
    knowing: tuple[str, ...]
    """For a wish to know something: `whether ...`."""
    backing: tuple[str, ...]
    """For what a wish that has just been said needs."""


POLITE = Manner(
    ("", "", "Hello! ", "Good morning. ", "Good evening. ", "Hello there. ", "Good afternoon. "),
    ("", "", " Thank you!", " Thanks in advance.", " Much appreciated.", " Thank you very much."),
    (
        "Could you please {c}?",
        "Would you please {c}?",
        "I'd be grateful if you could {c}.",
        "I was hoping you could {c}.",
        "I'd like you to {c}.",
    ),
    (
        "It would also help me a lot if you could {c}.",
        "Apart from that, please {c}.",
        "Would you also {c}?",
    ),
    (
        "It would be lovely if you could {c}.",
        "I'd appreciate it if you could {c}.",
        "Please {c}.",
        "I'd be happy if you could {c}.",
        "I'd also like you to {c}.",
    ),
    ("I'd like to know {w}.", "Could you let me know {w}?", "Please tell me {w}."),
    ("For that, please {c}.", "To make that possible, please {c}."),
)
CASUAL = Manner(
    ("", "", "", "Hi! ", "Hey! ", "Hi there. ", "Hey there! "),
    ("", "", "", " Thanks!", " Thanks a lot!", " Thanks a bunch!"),
    (
        "Can you {c}?",
        "Any chance you could {c}?",
        "Could you {c}?",
        "I need you to {c}.",
        "Would you {c}?",
    ),
    (
        "While you're at it, please {c}.",
        "Oh, and could you {c}?",
        "I also want you to {c}.",
        "And can you {c}?",
    ),
    (
        "It'd be great if you could {c}.",
        "And could you {c}?",
        "And please {c}.",
        "I want you to {c}.",
        "What I really want is for you to {c}.",
    ),
    ("I'm wondering {w}.", "Can you tell me {w}?", "I'd love to know {w}."),
    ("That means you'll have to {c}.", "For that, just {c}."),
)
PLAIN = Manner(
    ("", "", "", "Hello. ", "Hi. ", "Good morning. "),
    ("", "", "", " Thanks.", " Thank you."),
    (
        "Please {c}.",
        "I need you to {c}.",
        "I'd like you to {c}.",
    ),
    (
        "Also, please {c}.",
        "On top of that, please {c}.",
    ),
    (
        "What I'm really after is for you to {c}.",
        "Please go ahead and {c}.",
        "I want you to {c}.",
        "Could you also {c}?",
    ),
    ("I want to know {w}.", "Let me know {w}.", "I need to know {w}."),
    ("For that you'd have to {c}.", "To do so, {c}."),
)
TERSE = Manner(
    ("",),
    ("", "", "", " Thanks.", " Thx!"),
    ("{C}.", "Please {c}.", "Need you to {c}."),
    ("Also {c}.", "And {c}.", "Plus: {c}."),
    ("And {c}.", "The goal: {c}.", "Please {c}."),
    ("Need to know {w}.", "Tell me {w}.", "Let me know {w}."),
    ("For that, {c}.", "To do that, {c}."),
)
MANNERS = (POLITE, POLITE, CASUAL, CASUAL, PLAIN, PLAIN, TERSE)
IN_ORDER_TO = ("{a} so that you can {b}", "{a} so you can {b}", "{a} and {b}", "{a} and {b}")


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
        self.manner: Manner = rng.choice(MANNERS)
        self._openings: set[str] = set()

    def message(self) -> str:
        """The first message of the conversation."""
        body = self._goal_first() if self.rng.random() < 0.35 else None
        body = body or (self._wish_before_needs() if self.rng.random() < 0.3 else None)
        body = body or self._one_by_one()
        why = self._why()
        if why:
            body = f"{body} {why}" if self.rng.random() < 0.2 else f"{why} {body}"
        greeting = self.rng.choice(self.manner.greetings)
        return f"{greeting}{body}{self.rng.choice(self.manner.thanks)}"

    def _why(self) -> str:
        for step in self.plan.steps:
            if isinstance(step.clause, Clause) and not step.references:
                clause = step.clause
                options = [
                    t for t in clause.function.whys if all(clause.gives(p) for p in t.required)
                ]
                if options and self.rng.random() < 0.85:
                    return self._fill(self.rng.choice(options), clause)
                return ""
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
        text = self._say(self.manner.asking, folded)
        for thought in thoughts:
            assert isinstance(thought.clause, LogicClause)
            source = self.plan.source(thought, "subject")
            if source is None or source.step is not sinks[0]:
                return None
            text += " " + self._say(self.manner.besides, thought.clause.text())
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
        if not isinstance(clause, Clause) or not LOOKING.match(self._words(step)):
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

    def _wish_before_needs(self) -> str | None:
        """The last wish, and what it needs behind it; None where that would be too much."""
        *needs, last = self.plan.steps
        if not 1 <= len(needs) <= 2 or any(not self.plan.is_used(step) for step in needs):
            return None
        wish, clauses = self._words(last), [self._words(step) for step in needs]
        backing = " and ".join(clauses)
        looks = all(LOOKING.match(clause) for clause in clauses)
        too_long = len(backing.split()) > MOST_BACKED_WORDS
        if too_long or not looks or isinstance(last.clause, LogicClause):
            return None
        asked = self._say(self.manner.asking, wish, knowing=False)
        return f"{asked} {self._say(self.manner.backing, backing, knowing=False)}"

    def _one_by_one(self) -> str:
        """All wishes as the task has them, some of them in one sentence."""
        sentences: list[str] = []
        steps = list(self.plan.steps)
        while steps:
            step, clause = steps[0], self._words(steps.pop(0))
            short = steps and len(f"{clause} {self._words(steps[0])}".split()) <= MOST_JOINED_WORDS
            joined = bool(short) and self.rng.random() < 0.5
            forms = self._forms(step, bool(sentences))
            if joined:
                other = steps.pop(0)
                in_order = self._builds_on(other, step) and LOOKING.match(clause)
                ways = IN_ORDER_TO if in_order else IN_ORDER_TO[-1:]
                clause = self.rng.choice(ways).format(a=clause, b=self._words(other))
            sentences.append(self._say(forms, clause, knowing=not joined))
        return " ".join(sentences)

    def _forms(self, step: Step, has_more: bool) -> Sequence[str]:
        if not has_more:
            return self.manner.asking
        return self.manner.building if step.references else self.manner.besides

    def _builds_on(self, later: Step, earlier: Step) -> bool:
        return any(
            (source := self.plan.source(later, path)) is not None and source.step is earlier
            for path in later.references
        )

    def _words(self, step: Step) -> str:
        """A step's clause; one that was not understood is said as it stands in the task."""
        if isinstance(step.clause, Clause):
            return step.clause.text(self.plan.today, self.voice)
        return f"{step.text[0].lower()}{step.text[1:]}"

    def _say(self, forms: Sequence[str], clause: str, knowing: bool = True) -> str:
        """A sentence that asks for `clause`, begun in another way than those before."""
        wish = WONDERING.match(clause)
        if knowing and wish and self.rng.random() < 0.5:
            return self._unused(self.manner.knowing).format(w=clause[wish.end() :])
        return self._unused(forms).format(c=clause, C=f"{clause[0].upper()}{clause[1:]}")

    def _unused(self, forms: Sequence[str]) -> str:
        fresh = [form for form in forms if _opening(form) not in self._openings]
        chosen = self.rng.choice(fresh or list(forms))
        self._openings.add(_opening(chosen))
        return chosen


def _opening(form: str) -> str:
    """What a reader notices as repeated: the first words of a sentence."""
    return " ".join(form.split()[:2])
