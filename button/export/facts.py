"""What a data set consists of, counted row by row for its card and its splits."""

from collections import Counter
from dataclasses import dataclass, field
from pathlib import PurePath

from button.export.splits import scenario_key
from button.records import Trajectory


@dataclass
class Facts:
    """Counts over trajectories."""

    trajectories: int = 0
    parallel: int = 0
    """Trajectories with several calls in one turn."""
    turns: int = 0
    calls: int = 0
    scenarios: Counter[str] = field(default_factory=Counter)
    strategies: Counter[str] = field(default_factory=Counter)
    depths: Counter[int] = field(default_factory=Counter)
    functions: Counter[str] = field(default_factory=Counter)
    """Calls by function."""
    offered: set[str] = field(default_factory=set)
    models: dict[str, Counter[str]] = field(default_factory=dict)
    """Role -> model, with its kind."""
    kinds: set[str] = field(default_factory=set)
    sources: Counter[str] = field(default_factory=Counter)
    """Where seeds came from: names of files, without folders and line numbers."""
    roots: set[int] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)
    """Hashes of the code that made them."""
    findings: Counter[str] = field(default_factory=Counter)

    def add(self, record: Trajectory) -> None:
        """Count one more trajectory."""
        per_turn = [len(m.tool_calls or ()) for m in record.messages if m.role == "assistant"]
        self.trajectories += 1
        self.parallel += any(count > 1 for count in per_turn)
        self.turns += len(per_turn)
        self.calls += sum(per_turn)
        self.scenarios[scenario_key(record.scenario.text)] += 1
        self.strategies[record.strategy] += 1
        self.depths[record.task.depth] += 1
        self.functions.update(
            call.function.name for m in record.messages for call in m.tool_calls or ()
        )
        self.offered.update(tool["function"]["name"] for tool in record.tools)
        for role, use in record.models.items():
            self.models.setdefault(role, Counter())[f"{use.name} ({use.kind})"] += 1
            self.kinds.add(use.kind)
        self.sources[_file_name(record.seeds.source)] += 1
        self.roots.add(record.seeds.root)
        self.codes.add(record.versions.code)
        self.findings.update(finding.code for finding in record.findings)

    @property
    def procedural(self) -> bool:
        """Whether a program made all of it, from the project's own material."""
        return self.kinds == {"procedural"} and set(self.sources) == {"built-in"}


def _file_name(source: str) -> str:
    """The file of `folder/seeds.jsonl:12`: a card is for others, who have no such folder."""
    file, _, line = source.rpartition(":")
    return PurePath(file if file and line.isdecimal() else source).name or source
