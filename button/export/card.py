"""The card of an export: README.md with what the Hub reads, and what a person should know."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import yaml

from button import __version__
from button.checks import CODES
from button.export.conformance import Conformance
from button.export.facts import Facts
from button.export.format import ExportFormat, lost

if TYPE_CHECKING:
    from button.export.exporting import Export, Outcome, Written

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))
_SHOWN = 12


def card(asked: "Export", outcome: "Outcome", conformance: Conformance) -> str:
    """README.md of the folder."""
    front = yaml.safe_dump(_front(asked, outcome), sort_keys=False, allow_unicode=True)
    parts = [
        f"---\n{front}---",
        f"# {_plain(asked.title)}",
        _introduction(outcome.facts),
        *_configurations(outcome),
        *_statistics(outcome.facts),
        *_models(outcome.facts),
        *_provenance(asked, outcome.facts),
        *_checks(outcome.facts, conformance),
        *_limits(asked, outcome.facts),
    ]
    return "\n\n".join(parts) + "\n"


def license_of(asked: "Export", facts: Facts) -> str | None:
    """The licence asked for; else the project's own, where it made all of the data itself."""
    return asked.license or ("apache-2.0" if facts.procedural else None)


def _front(asked: "Export", outcome: "Outcome") -> dict[str, Any]:
    facts = outcome.facts
    number = facts.trajectories
    front: dict[str, Any] = {
        "pretty_name": asked.title,
        "license": license_of(asked, facts) or "other",
        "task_categories": ["text-generation"],
        "tags": ["function-calling", "tool-use", "multi-turn", "synthetic"],
        "size_categories": [next((name for most, name in _SIZES if number < most), "n>1M")],
        "configs": [_config(asked, each, first=not n) for n, each in enumerate(_filled(outcome))],
    }
    return front | ({"language": ["en"]} if facts.procedural else {})


def _filled(outcome: "Outcome") -> "list[Written]":
    return [written for written in outcome.written if written.rows]


def _config(asked: "Export", written: "Written", *, first: bool) -> dict[str, Any]:
    name = written.asked.format.name
    suffix = ".parquet" if asked.parquet else ".jsonl"
    files = [
        {"split": split.name, "path": f"{name}/{split.name}{suffix}"}
        for split in asked.splits
        if written.rows[split.name]
    ]
    return {"config_name": name, **({"default": True} if first else {}), "data_files": files}


def _introduction(facts: Facts) -> str:
    how = (
        "A program played all roles (the human, the assistant, the tools): the conversations are "
        "procedural, no language model wrote them."
        if facts.kinds == {"procedural"}
        else "Which model played which role stands below."
    )
    return (
        f"{facts.trajectories:,} checked multi-turn conversations with function calls, made by "
        f"button-simulator {__version__} after BUTTON (arXiv 2410.12952): tasks composed bottom-up "
        f"from smaller ones, conversations played top-down. {how}"
    )


def _configurations(outcome: "Outcome") -> Iterator[str]:
    yield "## Formats"
    rows = [
        [f"`{w.asked.format.name}`", w.asked.format.form, _rows(w.rows), sum(w.left_out.values())]
        for w in outcome.written
    ]
    yield _table(["config", "a row", "rows", "trajectories left out"], rows)
    name = _filled(outcome)[0].asked.format.name
    yield f'```python\nfrom datasets import load_dataset\n\ndata = load_dataset(".", "{name}")\n```'
    for written in outcome.written:
        yield from _format(written)


def _format(written: "Written") -> Iterator[str]:
    format, switches = written.asked
    yield f"### {format.name}"
    yield f"Read by {format.read_by}."
    used = [f"{n} {v}" for n, v in switches._asdict().items() if n in format.knows]
    if used:
        yield f"Switches: {', '.join(used).replace('_', ' ')}."
    missing = _missing(format, lost(format, switches))
    if missing:
        yield "Not held:\n\n" + "\n".join(f"- {line}" for line in missing)
    if written.left_out:
        reasons = (f"- {n:,}: {_plain(text)}" for text, n in written.left_out.most_common())
        yield "Trajectories without a row:\n\n" + "\n".join(reasons)


def _missing(format: ExportFormat, without: Iterable[str]) -> list[str]:
    """What the rows lack, with the reason where the format itself has one."""
    told = format.cannot_hold
    return [f"{facet}: {text}" for facet, text in told.items()] + [
        f"{facet}: left out by a switch"
        for facet in sorted(without)
        if facet not in told and facet != "loss mask"
    ]


def _rows(rows: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in rows.items()) or "none"


def _statistics(facts: Facts) -> Iterator[str]:
    number = facts.trajectories
    yield "## Statistics"
    yield _table(
        ["over all trajectories", ""],
        [
            ["trajectories", f"{number:,}"],
            ["scenarios", f"{len(facts.scenarios):,}"],
            ["functions called / offered", f"{len(facts.functions):,} / {len(facts.offered):,}"],
            ["assistant turns each", f"{facts.turns / number:.2f}"],
            ["calls each", f"{facts.calls / number:.2f}"],
            ["with parallel calls", f"{facts.parallel / number:.0%}"],
            ["strategies", _counts(facts.strategies)],
            [
                "longest chain of sub-tasks",
                _counts({f"of {d}:": n for d, n in facts.depths.items()}),
            ],
        ],
    )


def _models(facts: Facts) -> Iterator[str]:
    yield "## Models"
    rows = [[role, _counts(uses)] for role, uses in sorted(facts.models.items())]
    yield _table(["role", "model (kind): trajectories"], rows)


def _provenance(asked: "Export", facts: Facts) -> Iterator[str]:
    yield "## Provenance"
    lines = [
        f"seeds: {_counts(facts.sources)}",
        f"random seeds: {', '.join(map(str, sorted(facts.roots)[:_SHOWN]))}",
        f"code: {', '.join(sorted(each[:12] for each in facts.codes))}",
        *asked.about,
    ]
    yield "\n".join(f"- {_plain(line)}" for line in lines)
    chosen = license_of(asked, facts)
    yield (
        f"Licence: {chosen}."
        if chosen
        else ("Licence: none was chosen; the seeds and models named here decide what is possible.")
    )


def _checks(facts: Facts, conformance: Conformance) -> Iterator[str]:
    yield "## Checks"
    yield (
        f"Every trajectory passed all checks of button-simulator ({len(CODES)} codes): grammar, "
        "schemas of arguments and results, the origin of every argument, order and parallelism of "
        "calls, what the human and the final answer say. Every row was read back by an "
        "independent reader and tells the same as its trajectory, but for what is named above."
    )
    if facts.findings:
        yield f"Remarks that rejected nothing: {_counts(facts.findings)}."
    for template in conformance.templates:
        told = sorted({reason for name, _, reason in conformance.remarks if name == template.name})
        count = conformance.rows[template.name]
        remark = f" It {', '.join(told)}." if told else ""
        yield (
            f"`{_plain(template.name)}` renders {count:,} rows with every call, result, "
            f"definition and final text.{remark}"
        )


def _limits(asked: "Export", facts: Facts) -> Iterator[str]:
    yield "## Limits"
    lines = ["results were made up by the tool role; no real service was asked"]
    if "procedural" in facts.kinds:
        lines.append(
            "procedural roles speak from templates: wording is narrower than a language model's"
        )
    if any(switches.parallel == "serialised" for _, switches in asked.formats):
        lines.append("parallel calls were serialised; a thought may still speak of calls at once")
    yield "\n".join(f"- {line}" for line in lines)


def _counts(counts: Mapping[Any, int]) -> str:
    common = Counter(counts).most_common()
    shown = ", ".join(f"{_plain(str(name))} {count:,}" for name, count in common[:_SHOWN])
    return shown + (f" and {len(common) - _SHOWN:,} more" if len(common) > _SHOWN else "")


def _table(head: list[str], rows: Iterable[list[Any]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def _plain(text: str) -> str:
    """One line that is no markup."""
    line = " ".join(text.split())
    return line.replace("<", "&lt;").replace("|", "\\|").replace("`", "'")[:300]
