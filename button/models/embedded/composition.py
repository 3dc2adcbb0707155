"""Type-directed composition: an output that fits an input (paper stage B5)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from button.models.embedded.clauses import Clause, Draw, keep_to
from button.models.embedded.functions import Function, Port
from button.models.embedded.joining import is_crowded, trails
from button.models.embedded.kinds import DateKind
from button.models.embedded.logic import LogicClause, draw_logic
from button.models.embedded.plan import AnyClause, Plan, Step, ports_of
from button.models.embedded.reading import read_clause
from button.models.embedded.relevance import changes_something
from button.models.embedded.sizes import is_large_enough, numbers_in, party_of, typical_values
from button.models.embedded.unseen import UnseenClause
from button.models.embedded.unseen_composition import compose_unseen, join_unseen
from button.models.embedded.world import SETTING, World

LOGIC_PROBABILITY = 0.9
SAME_DOMAIN_WEIGHT = 3
JoinOption = tuple[Function, Port, str, str, Function, str, bool]
"""Parallel function and its port; slot and phrase of the plan's value; next function, its other
slot; whether the parallel function is the plan's own, called again."""
CLEAR_TRIES = 4


@dataclass(frozen=True)
class Sequel:
    """A subsequent clause and the steps it uses."""

    clause: AnyClause
    uses: tuple[str, ...]


@dataclass(frozen=True)
class Join:
    """A parallel clause, and the one that uses both."""

    parallel: AnyClause
    subsequent: AnyClause


class Composer:
    """Finds what can follow a plan."""

    def __init__(
        self, world: World, plan: Plan, rng: Random, functions: Sequence[Mapping[str, Any]]
    ) -> None:
        self.world = world
        self.plan = plan
        self.rng = rng
        self.functions = functions
        self.draw = Draw(rng, plan.today, _shared_values(plan))

    def sequel(self) -> Sequel | None:
        """A clause that uses the output of an earlier step."""
        leaf = self._leaf()
        if leaf is None:
            return None
        if isinstance(leaf.clause, UnseenClause):
            clause = compose_unseen(leaf.clause, self._unused(), self.rng, self.plan.today)
            return Sequel(clause, (leaf.id,)) if clause else None
        deeper = len(self.plan.steps) > 1
        if deeper and self.rng.random() < LOGIC_PROBABILITY:
            thought = self._any_logic()
            if thought is not None:
                return thought
        return self._next_call(leaf) or (self._any_logic() if deeper else None)

    def _unused(self) -> list[Mapping[str, Any]]:
        """Functions given with the task that no step of the plan calls yet."""
        used = {
            step.clause.name for step in self.plan.steps if isinstance(step.clause, UnseenClause)
        }
        return [function for function in self.functions if function["name"] not in used]

    def _next_call(self, leaf: Step) -> Sequel | None:
        assert isinstance(leaf.clause, Clause)
        options = []
        for port, function, param in self.world.consumers(leaf.clause.function.name):
            phrase = self._phrase(leaf, port)
            if (
                phrase
                and self._is_new(function)
                and self._belongs(function, {param.path})
                and is_large_enough(self.world, port, param)
            ):
                options.append((function, param.path, phrase))
        chosen = self._weighted([(option[0],) for option in options], options)
        if chosen is None:
            return None
        function, path, phrase = chosen
        clause = self._clear_clause(function, {path: phrase})
        return Sequel(clause, (leaf.id,)) if clause else None

    def join(self) -> Join | None:
        """A parallel clause and a subsequent one that uses its output and the plan's."""
        leaf = self._leaf()
        if leaf is None:
            return None
        if isinstance(leaf.clause, UnseenClause):
            pair = join_unseen(leaf.clause, self._unused(), self.rng, self.plan.today)
            return Join(*pair) if pair else None
        assert isinstance(leaf.clause, Clause)
        options = self._joins(leaf)
        for _ in range(6):
            chosen = self._weighted([(o[4], o[0]) for o in options], options)
            if chosen is None:
                return None
            joined = self._joined(*chosen)
            if joined is not None:
                return joined
        return None

    def _joins(self, leaf: Step) -> list[JoinOption]:
        """Every way to join the leaf with a parallel function."""
        assert isinstance(leaf.clause, Clause)
        own = leaf.clause.function
        options: list[JoinOption] = []
        for port, slot, function, other, partner in self.world.joins(own.name):
            side = self.world.functions[partner.function]
            phrase = self._phrase(leaf, port)
            if not phrase or not self._is_new(function):
                continue
            again = side is own and partner.index == port.index and bool(port.np.required)
            if not (again or (side is not own and self._is_new(side))):
                continue
            large = is_large_enough(self.world, port, slot)
            if (
                large
                and is_large_enough(self.world, partner, other)
                and self._belongs(function, {slot.path, other.path})
            ):
                options.append((side, partner, slot.path, phrase, function, other.path, again))
        return options

    def _joined(
        self,
        side: Function,
        partner: Port,
        slot: str,
        phrase: str,
        function: Function,
        other: str,
        same: bool,
    ) -> Join | None:
        parallel = self._twin(partner) if same else self.draw.clause(side)
        if not same and self._names_what_is_sought(parallel):
            return None
        if not all(parallel.gives(path) for path in partner.np.required):
            return None
        side_phrase = partner.np.fill(lambda path: parallel.say(path, self.plan.today))
        if side_phrase.lower() in self._phrases() or side_phrase.lower() == phrase.lower():
            return None
        last = self._clear_clause(function, {slot: phrase, other: side_phrase})
        return Join(parallel, last) if last else None

    def _names_what_is_sought(self, clause: Clause) -> bool:
        """Whether a clause names a thing of a kind that the plan's look-ups will find.

        Nobody asks for coupons of one shop beside a search that may end in another one.
        """
        sought = {
            kind
            for step in self.plan.steps
            if isinstance(step.clause, Clause)
            for kind in step.clause.function.found_kinds
        }
        return any(
            kind is not None and kind.spec.shared == "entity" and kind.name in sought
            for kind in (clause.function.params[path].kind for path in clause.values)
        )

    def _twin(self, port: Port) -> Clause:
        """The plan's own request once more, unlike it in what the port's noun phrase names."""
        leaf = self._leaf()
        assert leaf is not None
        assert isinstance(leaf.clause, Clause)
        params = [leaf.clause.function.params[path] for path in port.np.required]
        undated = [param for param in params if not isinstance(param.kind, DateKind)]
        return self.draw.twin(leaf.clause, [param.path for param in undated or params])

    def _clear_clause(self, function: Function, references: Mapping[str, str]) -> Clause | None:
        """A clause whose words can be read in no other way."""
        for _ in range(CLEAR_TRIES):
            clause = self.draw.clause(function, references)
            text = clause.text(self.plan.today)
            read = read_clause(text, self.plan.today)
            if read is None or read.function is not function or is_crowded(text):
                continue
            trailing = any(
                trails(text, phrase) for phrase in references.values() if " that " in phrase
            )
            if not trailing and dict(read.references) == dict(references):
                return clause
        return None

    def _leaf(self) -> Step | None:
        """The last step that makes a call and that nothing uses yet, else the last call."""
        calls = [step for step in self.plan.steps if isinstance(step.clause, Clause | UnseenClause)]
        unused = [step for step in calls if not self.plan.is_used(step)]
        return unused[-1] if unused else calls[-1] if calls else None

    def _logic(self, step: Step) -> LogicClause | None:
        ports = self.plan.measured(step)
        done = changes_something(step)
        for port, phrase in self.rng.sample(ports, len(ports)):
            typical = typical_values(self.world, port, numbers_in(step))
            measure, unit = port.spec.measure or "", port.spec.unit
            logic = draw_logic(self.rng, measure, phrase, unit, typical, party_of(step), done)
            if logic is not None:
                return logic
        return None

    def _any_logic(self) -> Sequel | None:
        """A logic task about a result that no later step has changed."""
        for step in reversed(self.plan.steps):
            changed = self.plan.is_used(step) and changes_something(step)
            thought = None if changed else self._logic(step)
            if thought is not None:
                return Sequel(thought, (step.id,))
        return None

    def _phrase(self, step: Step, port: Port) -> str | None:
        """The noun phrase of a port of `step`, unless another step has the same one."""
        own = dict(ports_of(step, self.plan.today))
        phrase = own.get(port)
        others = [
            text.lower()
            for other in self.plan.steps
            if other is not step
            for _, text in ports_of(other, self.plan.today)
        ]
        return phrase if phrase and phrase.lower() not in others else None

    def _phrases(self) -> set[str]:
        return {
            text.lower() for step in self.plan.steps for _, text in ports_of(step, self.plan.today)
        }

    def _belongs(self, function: Function, filled: set[str]) -> bool:
        """Whether a function of another domain gets its place and day from what was said before.

        An alarm for the time of a departure is set for its day, not for any day.
        """
        if any(
            isinstance(step.clause, Clause) and step.clause.function.domain == function.domain
            for step in self.plan.steps
        ):
            return True
        return all(
            param.path in filled
            or param.kind_name not in SETTING
            or self.draw.shared.get(param.kind_name)
            for param in function.required
        )

    def _is_new(self, function: Function) -> bool:
        return all(
            not isinstance(step.clause, Clause) or step.clause.function is not function
            for step in self.plan.steps
        )

    def _weighted(self, functions: list[tuple[Function, ...]], options: list[Any]) -> Any:
        """One option; those of the plan's own domain are likelier, each function equally."""
        if not options:
            return None
        home = {
            step.clause.function.domain
            for step in self.plan.steps
            if isinstance(step.clause, Clause)
        }
        names = [tuple(f.name for f in group) for group in functions]
        nearness = [sum(f.domain in home for f in group) for group in functions]
        peers = Counter(dict(zip(names, nearness, strict=True)).values())
        weights = [
            SAME_DOMAIN_WEIGHT**near / peers[near] / names.count(name)
            for near, name in zip(nearness, names, strict=True)
        ]
        return self.rng.choices(options, weights)[0]


def _shared_values(plan: Plan) -> dict[str, list[Any]]:
    shared: dict[str, list[Any]] = {}
    for step in plan.steps:
        if isinstance(step.clause, Clause):
            for path, value in step.clause.values.items():
                kind = step.clause.function.params[path].kind
                if kind is not None:
                    keep_to(shared, kind, value)
    return shared
