"""A conversation prepared for all checks: its view, and the data flow that several checks ask for.

Every conversation has messages and tools. Our own trajectories also have a record (task, strategy,
links, provenance); what only a record can show is checked only where there is one.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from button.checks.conversation import PLAIN, Conversation, Reading
from button.checks.dataflow import link_calls, suppliers
from button.checks.known_tools import KnownTool
from button.checks.profile import OWN, Profile
from button.checks.provenance import Provenance, Trace, origins, traces
from button.checks.view import Call, View
from button.records import CompositionalTask, FunctionSignature, Message, Origin, Trajectory
from tools.gate import Problem

_HARMLESS = ("name", "no-description", "open-object", "not-closed-object")
"""What the gate may say about a signature against which arguments can be checked all the same."""


class Prepared(View):
    """What every check gets. Origins and links are derived anew, never taken from the record."""

    def __init__(
        self,
        messages: Sequence[Message],
        tools: Sequence[dict[str, Any]],
        task: CompositionalTask | None = None,
        record: Trajectory | None = None,
        reading: Reading = PLAIN,
        profile: Profile = OWN,
    ) -> None:
        super().__init__(messages, tools, record.task if record and task is None else task)
        self.record = record
        self.reading = reading
        self.profile = profile

    @classmethod
    def of(cls, given: Trajectory | Conversation, profile: Profile = OWN) -> "Prepared":
        """A trajectory with its record, or a conversation with what it has."""
        talk = Conversation.of(given) if isinstance(given, Trajectory) else given
        return cls(talk.messages, talk.tools, talk.task, talk.record, talk.reading, profile)

    @property
    def parallel_calls(self) -> bool | None:
        """Whether several calls in a turn were allowed; None where nothing says so."""
        return self.record.parallel_calls if self.record else self.reading.parallel_calls

    @cached_property
    def sound(self) -> frozenset[str]:
        """The called functions against whose signatures arguments can be checked."""
        return frozenset(
            name
            for name in {call.name for call in self.calls} & self.signatures.keys()
            if all(code in _HARMLESS for code, _ in self.problems(self.signatures[name]))
        )

    def problems(self, signature: FunctionSignature) -> tuple[Problem, ...]:
        """What the gate says against one of the parsed tools."""
        return self._known[id(signature)].problems

    @cached_property
    def _known(self) -> dict[int, KnownTool]:
        return {id(tool.signature): tool for tool in self.known_tools}

    @cached_property
    def traces(self) -> dict[str, dict[str, Trace]]:
        """Call id -> argument path -> origin and possible suppliers."""
        found = traces(self)
        for call, referring in self.reading.references.items():
            for path, (source, at) in referring.items():
                origin = Origin(source="result", call=source, path=at)
                found[call][path] = Trace(origin, frozenset((source,)))
        return found

    @cached_property
    def provenance(self) -> Provenance:
        """What the record should hold as provenance."""
        return origins(self.traces)

    @cached_property
    def suppliers(self) -> dict[str, frozenset[str]]:
        """Call id -> calls whose results supplied some argument."""
        return suppliers(self.traces)

    @cached_property
    def links(self) -> dict[str, str]:
        """Call id -> sub-task id."""
        return link_calls(self, self.suppliers)

    @cached_property
    def served(self) -> dict[str, tuple[Call, ...]]:
        """Sub-task id -> its calls that were answered without an error."""
        found: dict[str, list[Call]] = {sub_task: [] for sub_task in self.sub_tasks}
        for call in self.calls:
            if call.served and call.id in self.links:
                found[self.links[call.id]].append(call)
        return {sub_task: tuple(calls) for sub_task, calls in found.items()}
