"""The checks on real conversations: `make real-data`.

Reads the public data in ../shared/data and prints, as tables for docs/checks.md, what the checks
find there, how many ids of another task they notice, and how well the graph of calls is derived.
Exit code 1 where a bar is missed.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.real_graphs import Graphs, graphs
from benchmarks.real_swaps import Swaps, swaps
from button.checks import Conversation, grammar, lint
from button.checks.grounding import worded_by_itself
from button.checks.prepared import Prepared
from button.formats import FORMATS, Format, detect, read_row
from button.formats.files import conversation_texts, load_definitions
from tools.documents import parsed

DATA = Path(__file__).parents[1].parent / "shared" / "data"
FAULTY_CALL = ("invalid_arguments", "unparsable_arguments", "unknown_function")
MOST_UNGROUNDED = 0.02
"""Of the scalars of a strong agent (tau-bench)."""
FEWEST_NOTICED = 0.97
"""Of the ids of another task."""
OTHER_VALUES = {
    "names and birthdays": "first_name|last_name|dob",
    "dates": "date",
    "flight numbers": "flight_number",
    "airports": "origin|destination",
}
"""What else is replaced in tau-bench, and the arguments that hold it."""


class Dataset(NamedTuple):
    """Files of one origin, and the file of their functions where they do not bring them along."""

    name: str
    pattern: str
    """Of the files below the data folder."""
    tools: str | None = None

    def talks(self) -> Iterator[tuple[Any, Format, Conversation]]:
        """Each row with its format and the conversation that it becomes."""
        definitions = load_definitions(DATA / self.tools) if self.tools else None
        for path in sorted(DATA.glob(self.pattern)):
            for text in conversation_texts(path):
                row = parsed(text).value
                form = detect(row)
                yield row, form, read_row(row, form, definitions)


TAU = Dataset(
    "tau-bench airline, gpt-4o",
    "taubench_airline_gpt4o/trajectories.json",
    "taubench_airline_gpt4o/airline_tools.json",
)
TOOLTALK = Dataset("ToolTalk", "tooltalk/**/*.json")
NESTFUL = Dataset("NESTFUL", "nestful/glaive-data.json", "nestful/glaive-spec.json")
DATASETS = (
    TAU,
    Dataset("Glaive, English", "glaive_seed_chats/glaive_toolcall_en.json"),
    Dataset("Glaive, Chinese", "glaive_seed_chats/glaive_toolcall_zh.json"),
    Dataset("Glaive, raw", "glaive_seed_chats/dataflow_chat_data.jsonl"),
    Dataset("ToolBench traces", "toolbench/answer/**/*.json"),
    NESTFUL,
    TOOLTALK,
    Dataset("API-Bank", "apibank_dialogues/*/*.jsonl", "apibank_dialogues/all_apis.csv"),
    Dataset("NeMo Gym rollouts", "nemo_gym_tooluse/*_rollouts.jsonl"),
)


@dataclass
class Measured:
    """What one data set holds, and what was found in it."""

    name: str
    rows: int = 0
    messages: int = 0
    calls: int = 0
    faulty_calls: int = 0
    """Calls of an unknown function, or whose arguments do not fit."""
    grammar_errors: int = 0
    """Findings of error severity about who speaks after whom, and calls without answers."""
    scalars: int = 0
    """Scalar arguments that need an origin."""
    own_words: int = 0
    """Those that the assistant words itself."""
    ungrounded: int = 0

    @property
    def share(self) -> float:
        """Of the scalars that need an origin, those that have none."""
        return self.ungrounded / self.scalars if self.scalars else 0.0

    def line(self) -> str:
        """As a row of the table."""
        return (
            f"| {self.name} | {self.rows} | {self.calls} | {self.faulty_calls} "
            f"| {self.grammar_errors} | {self.scalars:,} | {self.ungrounded} | {self.share:.1%} |"
        )


def measure(dataset: Dataset) -> Measured:
    """Read and check every row of a data set."""
    found = Measured(dataset.name)
    codes = {code.name for code in grammar.CODES}
    for _, form, talk in dataset.talks():
        findings = lint(talk, form.profile).findings
        prepared = Prepared.of(talk, form.profile)
        found.rows += 1
        found.messages += len(talk.messages)
        found.calls += len(prepared.calls)
        found.faulty_calls += len(
            {
                (each.message, (each.path or "").partition(".function")[0])
                for each in findings
                if each.code in FAULTY_CALL
            }
        )
        found.grammar_errors += sum(f.code in codes and f.severity == "error" for f in findings)
        found.ungrounded += sum(finding.code == "ungrounded_argument" for finding in findings)
        for call in prepared.calls:
            scalars = sum(leaf.value is not None for leaf in call.leaves)
            if worded_by_itself(prepared, call):
                found.own_words += scalars
            else:
                found.scalars += scalars
    return found


def table(measured: Sequence[Measured]) -> Iterator[str]:
    """What was found, data set by data set."""
    yield (
        "| data | conversations | calls | faulty calls | grammar errors | scalar arguments "
        "| ungrounded | share |"
    )
    yield "|---|---|---|---|---|---|---|---|"
    yield from (each.line() for each in measured)


def power_table(swapped: Sequence[Swaps], graph: Graphs) -> Iterator[str]:
    """What is noticed, and what is derived."""
    yield "| question | of | found |"
    yield "|---|---|---|"
    for each in swapped:
        yield f"| {each.name} of another task noticed | {each.made} | {each.noticed} |"
    yield (
        f"| NESTFUL: the graph from `$var` references is the one that is written "
        f"| {graph.items} | {graph.as_referred} |"
    )
    yield (
        f"| NESTFUL, played with values instead of references: the same graph "
        f"| {graph.items} | {graph.as_played} |"
    )


def all_swaps() -> list[Swaps]:
    """The ids of tau-bench and of ToolTalk, then other values of tau-bench."""
    profile = FORMATS["tau-bench"].profile
    tau = [(str(row["task_id"]), talk) for row, _, talk in TAU.talks()]
    tooltalk = [(str(row["conversation_id"]), talk) for row, _, talk in TOOLTALK.talks()]
    return [
        swaps(f"{TAU.name}: ids", tau, profile),
        swaps(f"{TOOLTALK.name}: ids", tooltalk, profile),
        *(
            swaps(f"{TAU.name}: {kind}", tau, profile, re.compile(keys))
            for kind, keys in OTHER_VALUES.items()
        ),
    ]


def nestful_graphs() -> Graphs:
    """The graphs of all NESTFUL items."""
    return graphs((row, talk) for row, _, talk in NESTFUL.talks())


def main() -> int:
    if not DATA.is_dir():
        print("no ../shared/data beside the checkout")
        return 1
    measured = [measure(dataset) for dataset in DATASETS]
    swapped, graph = all_swaps(), nestful_graphs()
    print("\n".join([*table(measured), "", *power_table(swapped, graph)]))
    shapes = ", ".join(f"{count} {shape}" for shape, count in sorted(graph.shapes.items()))
    print(f"\nNESTFUL shapes: {shapes}")
    for line in (*graph.unlike, *(miss for each in swapped[:2] for miss in each.missed)):
        print(f"  {line}")
    good = (
        measured[0].share <= MOST_UNGROUNDED
        and measured[0].faulty_calls == 0
        and swapped[0].noticed >= FEWEST_NOTICED * swapped[0].made
        and not graph.unlike
    )
    print("every bar is met" if good else "A BAR IS MISSED")
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
