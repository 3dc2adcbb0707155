"""The world: all domains, loaded once, with the indices that composition and reading need."""

from collections import ChainMap, defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from button.errors import ConfigurationError
from button.models.embedded.domain_format import DomainSpec
from button.models.embedded.functions import Function, Kinds, Param, Port
from button.models.embedded.kinds import Kind, make_kind

PLAIN_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Plain values only, from files of the package. C code where PyYAML has it: much faster."""
COMMON = "common"
"""The domain whose kinds and tables all others see."""
ALL = "all"
MOMENT = {"clock", "date"}
"""The hour of one thing on the day of another is no moment."""
SETTING = ("city", "date", "soon_date")
"""Kinds that say where and when a task takes place."""


class World:
    """Domains, kinds and functions of the embedded model."""

    def __init__(self, specs: Iterable[DomainSpec]) -> None:
        ordered = sorted(specs, key=lambda spec: (spec.domain != COMMON, spec.domain))
        self.domains = {spec.domain: spec for spec in ordered}
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.kinds: dict[str, Kind] = {}
        self.functions: dict[str, Function] = {}
        common: dict[str, Kind] = {}
        for spec in ordered:
            self.tables.update(spec.tables)
            local = {
                name: make_kind(
                    name if spec.domain == COMMON else f"{spec.domain}.{name}", kind, self.tables
                )
                for name, kind in spec.kinds.items()
            }
            if spec.domain == COMMON:
                common = local
            self.kinds |= {kind.name: kind for kind in local.values()}
            self._add_functions(spec, ChainMap(local, common))

    def _add_functions(self, spec: DomainSpec, kinds: Kinds) -> None:
        for name, function in spec.functions.items():
            if name in self.functions:
                raise ConfigurationError(f"function {name!r} stands in two domains of the world")
            made = Function(name, spec.domain, function, kinds)
            made.noun_phrases = self.noun_phrases
            self.functions[name] = made

    @cached_property
    def together(self) -> list[list[str]]:
        """Groups of domains that one person may need at once."""
        return [group for spec in self.domains.values() for group in spec.together]

    @cached_property
    def scenarios(self) -> dict[str, str]:
        """Scenario phrase -> domain."""
        return {text: spec.domain for spec in self.domains.values() for text in spec.scenarios}

    @cached_property
    def ports_by_kind(self) -> dict[str, list[Port]]:
        index: dict[str, list[Port]] = defaultdict(list)
        for function in self.functions.values():
            for port in function.ports:
                if port.kind:
                    index[self.kind_name(port)].append(port)
        return index

    @cached_property
    def slots_by_kind(self) -> dict[str, list[tuple[Function, Param]]]:
        index: dict[str, list[tuple[Function, Param]]] = defaultdict(list)
        for function in self.functions.values():
            for param in function.reference_slots:
                if param.kind is not None:
                    index[param.kind.name].append((function, param))
        return index

    def noun_phrases(self, kind: str) -> str | None:
        """Regular expression of the noun phrases of a kind's ports, the longest first."""
        phrases = {port.np.plain_regex for port in self.ports_by_kind.get(kind, ())}
        return "|".join(sorted(phrases, key=lambda each: (-len(each), each))) or None

    def kind_name(self, port: Port) -> str:
        """Full name of a port's kind, "" for one that only carries a measure."""
        return self.functions[port.function].kinds[port.kind].name if port.kind else ""

    @cached_property
    def openers(self) -> dict[str, list[Function]]:
        """Domain -> functions a person can start with whose results lead on."""
        return {
            domain: [
                f
                for f in self.functions.values()
                if f.domain == domain and f.can_open and self.leads_on(f)
            ]
            for domain in self.domains
        }

    def leads_on(self, function: Function) -> bool:
        """Whether both composition strategies find a continuation."""
        return any(
            self.suits(consumer, function, {param.path})
            for _, consumer, param in self.consumers(function.name)
        ) and any(
            self.suits(consumer, function, {slot.path, other.path})
            for _, slot, consumer, other, _ in self.joins(function.name)
        )

    @staticmethod
    def suits(consumer: Function, opener: Function, filled: set[str]) -> bool:
        """Whether a consumer of another domain gets its place and day from the opener's words.

        An alarm for the time of a departure is set for its day, not for any day.
        """
        said = {param.kind_name for param in opener.required}
        return consumer.domain == opener.domain or all(
            param.path in filled or param.kind_name not in SETTING or param.kind_name in said
            for param in consumer.required
        )

    @lru_cache(maxsize=1024)  # noqa: B019 - one world a process
    def consumers(self, name: str) -> tuple[tuple[Port, Function, Param], ...]:
        """Ways to go on from a function: its port, the next function, the slot that is filled."""
        found = []
        for port in self.functions[name].ports:
            for function, param in self.slots_by_kind.get(self.kind_name(port), []):
                others = [p for p in function.required if p is not param]
                if (
                    function.name != name
                    and self._fits(port, function, param)
                    and all(self._sayable(other) for other in others)
                ):
                    found.append((port, function, param))
        return tuple(found)

    @lru_cache(maxsize=1024)  # noqa: B019 - one world a process
    def joins(self, name: str) -> tuple[tuple[Port, Param, Function, Param, Port], ...]:
        """Ways to join with a parallel function: (port, slot, next, other slot, other port)."""
        found = []
        for port in self.functions[name].ports:
            for function, param in self.slots_by_kind.get(self.kind_name(port), []):
                if function.name == name or not self._fits(port, function, param):
                    continue
                for other in function.reference_slots:
                    rest = [p for p in function.required if p not in (param, other)]
                    if other is param or {param.kind_name, other.kind_name} == MOMENT:
                        continue
                    if not all(self._sayable(p) for p in rest):
                        continue
                    found += [
                        (port, param, function, other, partner)
                        for partner in self._partners(other, function)
                        if self._belong_together(port, partner, function)
                    ]
        return tuple(found)

    def _partners(self, slot: Param, consumer: Function) -> list[Port]:
        kind = slot.kind.name if slot.kind else ""
        return [
            port
            for port in self.ports_by_kind.get(kind, [])
            if port.function != consumer.name
            and self._fits(port, consumer, slot)
            and self.functions[port.function].can_open
        ]

    def _belong_together(self, port: Port, partner: Port, consumer: Function) -> bool:
        """Whether one person would want both at once: not a film and a prescription."""
        first = self.functions[port.function].domain
        second = self.functions[partner.function].domain
        if first == second or any({first, second} <= set(group) for group in self.together):
            return True
        serves_all = ALL in (self.domains[consumer.domain].takes_from or [])
        return consumer.domain in (first, second) and not serves_all

    def _fits(self, port: Port, consumer: Function, slot: Param) -> bool:
        """Whether a value of the port's function makes sense in the consumer's slot."""
        domain = self.functions[port.function].domain
        source = {port.function, domain}
        if source & set(slot.spec.not_from):
            return False
        if slot.spec.takes_from is not None:
            return bool(source & set(slot.spec.takes_from))
        accepted = self.domains[consumer.domain].takes_from or []
        return domain == consumer.domain or bool(source & set(accepted)) or ALL in accepted

    @staticmethod
    def _sayable(param: Param) -> bool:
        return param.kind is None or (param.kind.spec.known and not param.spec.only_reference)


def read_domain(path: Traversable) -> DomainSpec:
    """One domain file.

    Raises:
        ConfigurationError: where the file is not a domain, naming the place.
    """
    try:
        return DomainSpec.model_validate(yaml.load(path.read_text("utf-8"), PLAIN_LOADER))
    except (yaml.YAMLError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ConfigurationError(f"world file {path.name}: {reason}") from error


@lru_cache(maxsize=1)
def the_world() -> World:
    """The world that ships with the package."""
    folder = files("button.models.embedded") / "world"
    return World(read_domain(path) for path in folder.iterdir() if path.name.endswith(".yaml"))
