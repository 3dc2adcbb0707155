"""How the simulated human puts a task: in their own words, with every detail, without steps."""

import re
from collections.abc import Sequence
from random import Random
from typing import Any

from button.models.embedded.clauses import Clause
from button.models.embedded.functions import Port
from button.models.embedded.joining import (
    both,
    frames,
    is_followed,
    is_tangled,
    shares_words,
    then,
    trails,
)
from button.models.embedded.kinds import DateKind
from button.models.embedded.logic import LogicClause
from button.models.embedded.manners import AFTER_KNOWLEDGE, AT_LAST, GRATEFUL, MANNERS, Manner
from button.models.embedded.people import is_person
from button.models.embedded.phrases import Literal, Slot, Template
from button.models.embedded.plan import Plan, Step, ports_of
from button.models.embedded.second_mentions import with_short_mentions
from button.models.embedded.wording import say_date, with_quotes_closed

MOST_GOAL_WORDS = 34
MOST_SUBJECT_WORDS = 6
"""A longer noun phrase with its verb behind it (`where X is open`) is hard to read."""
MOST_JOINED_WORDS = 28
WONDERING = re.compile(
    r"(?:find out|check|see|work out|tell me|look up|let me know) "
    r"(?=(?:on which|at what|in which|for which|whether|where|when|which|what|how|who|whom|if) )"
)
"""Clauses that ask for knowledge can be said as a wish to know: `check whether ...`."""
LOOKING = re.compile(
    r"(?:find|look|check|search|see|list|compare|show|tell me|suggest|recommend|hunt|pull|name) "
)
"""What is looked up can be taken for granted and named; what is done has to be asked for."""
KNOWING = re.compile(r"(?:find out|check|see|look up|tell me|let me know|find) ")
"""What is known once it was looked up."""
OWN = re.compile(
    r"(?:find|compare|book|reserve|order|buy|rent|exchange|hire|"
    r"pay|sign up|donate|renew|return|cancel|convert|send|set up|apply|enroll|join|file) "
    r"(?!.*\bme\b)"
)
"""What people say they do themselves: `I need to book ...`."""
PRESENT = re.compile(r"\bas a present for\b")
SELFISH = re.compile(r"\b(?:I|[Mm]y|[Mm]e|[Ww]e|[Oo]ur|[Uu]s)\b")
"""A reason of one's own, which is none for what somebody else receives."""
PERSONAL = re.compile(r"\b(?:I|[Mm]y|[Mm]e|[Mm]yself)\b")
"""A reason of one's own alone, which is none for what is done in somebody else's name."""
FEWEST_WORDS_OF_A_NAME = 3
_LOOSE_END = re.compile(r"(?<!ed)(?<!en) (?:of|for|in|at) $")
"""What a name leaves behind; a participle before it (`spoken in`) would not stand alone."""


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
        self._used: set[str] = set()
        self._pleased = False

    def message(self) -> str:
        """The first message of the conversation."""
        why = self._why()
        self._used |= frames(why)
        goal = self._goal_first() if self.rng.random() < 0.35 else None
        body = goal or self._one_by_one()
        why = "" if shares_words(why, body) else why
        said = with_short_mentions(f"{why} {body}".strip(), self.plan, self._say_day)
        thanks = self.rng.choice(self.manner.thanks)
        if any(word in said for word in GRATEFUL):
            thanks = ""
        greeting = self.rng.choice(self.manner.greetings_before(said))
        return with_quotes_closed(f"{greeting}{said}{thanks}")

    def _say_day(self, day: str) -> str:
        return str(self.voice.choice(say_date(day, self.plan.today)[1:]))

    def _why(self) -> str:
        for step in self.plan.steps:
            if isinstance(step.clause, Clause) and not step.references:
                clause = step.clause
                options = [t for t in clause.function.whys if _names_nothing(t, clause)]
                if any(PRESENT.search(each.text) for each in self.plan.steps):
                    options = [t for t in options if not SELFISH.search(t.source)]
                if self._is_for_another():
                    options = [t for t in options if not _is_personal(t, clause)]
                if options and self.rng.random() < 0.85:
                    return self._fill(self.rng.choice(options), clause)
                return ""
        return ""

    def _is_for_another(self) -> bool:
        """Whether something is done in the name of a person: `book a room for Ana Costa`."""
        return any(
            path.endswith(".name")
            and not path.startswith("recipient.")
            and is_person(step.clause.function.params[path].kind)
            for step in self.plan.steps
            if isinstance(step.clause, Clause)
            for path in step.clause.values
        )

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
        if folded is None or len(folded.split()) > MOST_GOAL_WORDS or is_tangled(folded):
            return None
        for thought in thoughts:
            source = self.plan.source(thought, "subject")
            if source is None or source.step is not sinks[0]:
                return None
        said = [self._first(folded)]
        for thought in thoughts:
            words = self._words(thought)
            said.append(self._say(self._forms(thought), words, self.manner.knowing_more))
        return " ".join(said)

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
            if len(phrase.split()) > MOST_SUBJECT_WORDS and is_followed(step.clause.template, path):
                return None
        clause = Clause(step.clause.function, step.clause.phrasing, step.clause.values, phrases)
        text = clause.text(self.plan.today, self.voice)
        return None if any(trails(text, phrase) for phrase in phrases.values()) else text

    def _full(self, step: Step, port: Port) -> str | None:
        """The noun phrase of a port with all that its step was told, or None where some is lost."""
        clause = step.clause
        if not isinstance(clause, Clause) or not LOOKING.match(self._words(step)):
            return None
        if clause.references or set(port.full.required) != set(clause.values):
            return None
        return port.full.fill(lambda path: clause.say(path, self.plan.today, self.voice))

    def _one_by_one(self) -> str:
        """All wishes as the task has them, some of them in one sentence."""
        sentences: list[str] = []
        steps = list(self.plan.steps)
        while steps:
            step, clause = steps[0], self._words(steps.pop(0))
            short = steps and len(f"{clause} {self._words(steps[0])}".split()) <= MOST_JOINED_WORDS
            joined = bool(short) and self.rng.random() < 0.5 and not self._joins(steps[0])
            if joined:
                other = steps.pop(0)
                follows = self._builds_on(other, step) and not sentences
                words = self._words(other)
                clause = (
                    then(clause, words)
                    if follows
                    else both(clause, words, "" if sentences else "also ")
                )
            if sentences:
                knowing = () if joined else self.manner.knowing_more
                forms = self._forms(step)
                sentences.append(
                    self._say(forms, clause, knowing, is_last=not steps and len(sentences) > 1)
                )
            else:
                sentences.append(self._first(clause, knowing=not joined))
        return " ".join(sentences)

    def _joins(self, step: Step) -> bool:
        """Whether a step uses results of two others: it stands alone, after both."""
        sources = [self.plan.source(step, path) for path in step.references]
        return len({source.step.id for source in sources if source is not None}) > 1

    def _forms(self, step: Step) -> Sequence[str]:
        """How a step can be asked for that is not the first."""
        if not step.references:
            return self.manner.besides
        sources = [self.plan.source(step, path) for path in step.references]
        found = {source.step.id: source.step for source in sources if source is not None}
        forms = self.manner.both if len(found) > 1 else self.manner.following
        before = self.plan.steps[self.plan.steps.index(step) - 1]
        if before.id in found and all(KNOWING.match(self._words(s)) for s in found.values()):
            return forms
        return [form for form in forms if not any(words in form for words in AFTER_KNOWLEDGE)]

    def _builds_on(self, later: Step, earlier: Step) -> bool:
        return any(
            (source := self.plan.source(later, path)) is not None and source.step is earlier
            for path in later.references
        )

    def _words(self, step: Step, named: bool = False) -> str:
        """A step's clause; with `named`, names in its references that nothing before it says."""
        if isinstance(step.clause, LogicClause):
            return step.clause.wish(self._short(step, "subject"), self.voice)
        if isinstance(step.clause, Clause):
            said = dict(step.references)
            if not named:
                said = {path: self._short(step, path) for path in said}
            clause = Clause(step.clause.function, step.clause.phrasing, step.clause.values, said)
            return clause.text(self.plan.today, self.voice)
        return f"{step.text[0].lower()}{step.text[1:]}"

    def _short(self, step: Step, path: str) -> str:
        """A noun phrase without the name in it that was just said, where one thing can be meant."""
        phrase = step.references[path]
        source = self.plan.source(step, path)
        if source is None or source.port is None:
            return phrase
        *kept, last = source.port.np.parts
        if not kept or not isinstance(last, Slot) or not isinstance(kept[-1], Literal):
            return phrase
        owner = source.step.clause
        if isinstance(owner, Clause) and is_person(owner.function.params[last.path].kind):
            return phrase
        words = "".join(part.text for part in kept if isinstance(part, Literal))
        short = _LOOSE_END.sub("", words)
        if len(kept) > 1 or short == words or len(short.split()) < FEWEST_WORDS_OF_A_NAME:
            return phrase
        others = [text for each in self.plan.steps for _, text in ports_of(each, self.plan.today)]
        return phrase if sum(text.startswith(short) for text in others) > 1 else short

    def _first(self, clause: str, knowing: bool = True) -> str:
        """The sentence that begins to ask."""
        forms = (*self.manner.asking, *(self.manner.own if OWN.match(clause) else ()))
        return self._say(forms, clause, self.manner.knowing if knowing else ())

    def _say(
        self,
        forms: Sequence[str],
        clause: str,
        knowing: Sequence[str] = (),
        is_last: bool = False,
    ) -> str:
        """A sentence that asks for `clause`, in a form that the message has not had so far."""
        wish = WONDERING.match(clause)
        if knowing and wish and self.rng.random() < 0.5:
            forms, clause = knowing, clause[wish.end() :]
        if clause.startswith("use "):
            forms = [form for form in forms if not form.startswith("Use")]
        if not is_last:
            forms = [form for form in forms if AT_LAST not in form]
        fresh = [form for form in forms if not self._used & frames(form)]
        chosen = self.rng.choice(fresh or list(forms))
        self._used |= frames(chosen)
        please = "" if self._pleased or clause.startswith("please") else "please "
        self._pleased |= "{p}" in chosen or "please" in chosen.lower()
        return chosen.format(c=clause, w=clause, p=please, C=f"{clause[0].upper()}{clause[1:]}")


def _is_personal(why: Template, clause: Clause) -> bool:
    """Whether a reason is the person's own, and speaks of nobody whom the wish names."""
    kinds = [clause.function.params[path].kind for path in why.required]
    return bool(PERSONAL.search(why.source)) and not any(map(is_person, kinds))


def _names_nothing(why: Template, clause: Clause) -> bool:
    """Whether a reason names only people, cities and days: other names come with the wish."""
    kinds = [clause.function.params[path].kind for path in why.required if clause.gives(path)]
    return len(kinds) == len(why.required) and all(
        kind is not None
        and (isinstance(kind, DateKind) or is_person(kind) or kind.name.endswith("city"))
        for kind in kinds
    )
