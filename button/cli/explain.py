"""`button explain`: why a row was accepted or not."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from button.checks import CHECKS
from button.checks.dependencies import asked_for, of_calls, of_sub_tasks
from button.checks.prepared import Prepared
from button.checks.surface import Passage, Scalar, Surface
from button.checks.text import shorten
from button.checks.view import Call
from button.cli.excerpt import excerpt, place_in_json, place_of_text
from button.cli.mending import mended_by
from button.cli.reading import open_run, sound_row
from button.cli.rendering import describe_origin, printable
from button.errors import InputError
from button.records import Finding, Judgement, Trajectory
from button.run.funnel import fault_of
from button.run.reading import RunReader

Row = dict[str, Any]
_SENTENCE_END = re.compile(r"(?<=[.!?]) ")
QUOTED = 160
"""Characters of a message that are quoted."""


def explain(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    id: Annotated[
        str,
        typer.Argument(help="Beginning of a trajectory's id, or its item and variant: 184.1."),
    ],
) -> None:
    """Say why a row was accepted or rejected."""
    console = Console(emoji=False)
    kind, row = find(open_run(run), id)
    lines = accepted_lines(_trajectory(row, id)) if kind == "accepted" else rejected_lines(row)
    for line in lines:
        console.print(printable(line), highlight=False, markup=False, soft_wrap=True)


def _trajectory(row: Row, named: str) -> Trajectory:
    with sound_row(named, "explained"):
        return Trajectory.from_row(row)


def find(reader: RunReader, named: str) -> tuple[str, Row]:
    """The row that is meant, and whether it is accepted or rejected.

    Raises:
        InputError: there is no such row.
    """
    item, dot, variant = named.partition(".")
    if not (dot and item.isdecimal() and variant.isdecimal()):
        return "accepted", reader.find(named)
    wanted = int(item), int(variant)
    for kind in ("accepted", "rejected"):
        for row in reader.rows("accepted" if kind == "accepted" else "rejected"):
            seeds = row.get("seeds") or {}
            if (seeds.get("item"), seeds.get("variant")) == wanted:
                return kind, row
    raise InputError(f"no row of item {item}, variant {variant} in {str(reader.layout.root)!r}")


def rejected_lines(row: Row) -> Iterator[str]:
    """Stage, reason, findings, and what would have mended it."""
    seeds = row.get("seeds") or {}
    fault = fault_of(row)
    yield f"Rejected: item {seeds.get('item')}, variant {seeds.get('variant')}"
    yield f"  stage     {row['stage']} ({row['role']})"
    yield f"  code      {row['code']}, at fault: {fault}"
    yield f"  reason    {row['detail']}"
    yield f"  mended by {mended_by(row['code'], fault)}"
    for name in ("scenario", "task"):
        if row.get(name):
            yield f"  {name:9} {row[name]}"
    yield from _finding_lines([Finding.model_validate(each) for each in row.get("findings", ())])
    yield from _judgement_lines(map(Judgement.model_validate, row.get("judgements", ())))


def accepted_lines(trajectory: Trajectory) -> Iterator[str]:
    """Stages, checks, findings, and where every argument of every sub-task came from."""
    prepared = Prepared.of(trajectory)
    seeds = trajectory.seeds
    yield f"Accepted: {trajectory.id[:12]}, item {seeds.item}, variant {seeds.variant}"
    yield f"  grown from {seeds.source}, scenario {trajectory.scenario.text!r}"
    counts = (f"{stage} {count}" for stage, count in sorted(trajectory.attempts.items()))
    yield f"  model calls per stage: {', '.join(counts)}"
    yield ""
    yield "Checks"
    for check in CHECKS:
        found = check(prepared)
        name = check.__module__.rpartition(".")[2].replace("_", " ")
        yield f"  {name:14} {'nothing found' if not found else f'{len(found)} found'}"
    yield from _finding_lines(list(trajectory.findings), trajectory)
    yield from _judgement_lines(trajectory.judgements or ())
    yield ""
    came, asked = of_sub_tasks(prepared).shape, asked_for(trajectory.task).shape
    calls = of_calls(prepared)
    yield f"Sub-tasks: asked for as {asked}, came out as {came}"
    yield f"  {len(calls.needs)} calls in {len(prepared.turns)} turns, {calls.shape} by data flow"
    for sub_task in trajectory.task.sub_tasks:
        after = f", after {', '.join(sub_task.depends_on)}" if sub_task.depends_on else ""
        yield f"  {sub_task.id}{after}: {sub_task.text}"
        if not sub_task.functions:
            yield "    needs no function: the final answer tells it"
        for call in prepared.served[sub_task.id]:
            yield from _call_lines(prepared, call)


def _call_lines(prepared: Prepared, call: Call) -> Iterator[str]:
    yield f"    served by {call.name} (call {call.id}, message {call.message})"
    for leaf in call.leaves:
        origin = prepared.traces[call.id][leaf.path].origin
        said = describe_origin(origin.to_json())
        source = prepared.call_by_id.get(origin.call or "")
        if source is not None:
            said += f" of {source.name}"
        if origin.message is not None:
            quoted = _quote(prepared, origin.message, leaf.value, origin.path)
            said += f", message {origin.message}: {quoted}"
        yield f"      {leaf.path.removeprefix('$.')} = {shorten(leaf.value)}: {said}"


def _finding_lines(findings: list[Finding], trajectory: Trajectory | None = None) -> Iterator[str]:
    for finding in findings:
        yield f"  {finding.severity}: {finding.code} ({finding.fault}): {finding.text}"
        if finding.message is None:
            continue
        where = (
            f"message {finding.message}, {finding.path}"
            if finding.path
            else (f"message {finding.message}")
        )
        quoted = ""
        if trajectory is not None:
            quoted = f": {_quote(Prepared.of(trajectory), finding.message)}"
        yield f"    in {where}{quoted}"


def _judgement_lines(judgements: Iterable[Judgement]) -> Iterator[str]:
    for each in judgements:
        yield f"  judge {each.model.name} on the {each.of}: {each.vote}, {each.reason}"


def _quote(
    prepared: Prepared, index: int, value: Scalar | None = None, path: str | None = None
) -> str:
    """A message, or of a long one what stands around a value; else what is called.

    `path` is the place of the value in a result; of a human's words its sentence is quoted.
    """
    message = prepared.messages[index]
    found = place_in_json(message.content, path) if path else None
    if found is not None:
        return excerpt(*found, QUOTED)
    text = " ".join(message.content.split())
    if value is not None and message.role == "user":
        surface = Surface(value, prepared.today)
        sentences = (Passage(each, prepared.today) for each in _SENTENCE_END.split(text))
        text = next((each.text for each in sentences if surface.manner(each)), text)
    if not text:
        text = ", ".join(call.function.name for call in message.tool_calls or ())
    return excerpt(text, place_of_text(text, value), QUOTED)
