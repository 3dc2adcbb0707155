"""A trajectory prepared for all checks: its view, and the data flow that several checks ask for."""

from functools import cached_property

from button.checks.dataflow import link_calls, suppliers
from button.checks.provenance import Provenance, Trace, origins, traces
from button.checks.view import Call, View
from button.records import Trajectory


class Prepared(View):
    """What every check gets. Origins and links are derived anew, never taken from the record."""

    def __init__(self, trajectory: Trajectory) -> None:
        super().__init__(trajectory.messages, trajectory.tools, trajectory.task)
        self.trajectory = trajectory

    @cached_property
    def traces(self) -> dict[str, dict[str, Trace]]:
        """Call id -> argument path -> origin and possible suppliers."""
        return traces(self)

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
