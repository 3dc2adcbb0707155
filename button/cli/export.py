"""`button export`: the trajectories of a run as data sets that trainers read."""

from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from button.cli.reading import what_to_do
from button.errors import RunDirectoryError
from button.export import EXPORTS
from button.export.conformance import Conformance
from button.export.exporting import Asked, Export, Outcome
from button.export.exporting import export as write_export
from button.export.folder import refuse_taken
from button.export.push import hub, push
from button.export.splits import WHOLE, parse_splits
from button.export.switches import Arguments, Content, Kept, Parallel, Thoughts, TypeLists
from button.export.targets import TARGETS
from button.export.template import ChatTemplate
from button.run.reading import RunReader

_TargetName = Literal[(*TARGETS,)]  # type: ignore[valid-type]


def export(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    to: Annotated[
        list[str] | None,
        typer.Option(
            "--to",
            help=f"Formats, one or more, of {', '.join(EXPORTS)}; by default the target's.",
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Folder to make; by default RUN-export.")] = None,
    target: Annotated[
        _TargetName | None,
        typer.Option(help="Switches as a trainer or a template needs them."),
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Splits by scenario, such as train=0.9,test=0.1.")
    ] = None,
    parquet: Annotated[
        bool, typer.Option("--parquet", help="Parquet instead of JSON Lines.")
    ] = False,
    check_template: Annotated[
        list[Path] | None,
        typer.Option(help="Chat template (Jinja) that must render every row with nothing lost."),
    ] = None,
    arguments: Annotated[
        Arguments | None, typer.Option(help="Arguments of calls as JSON or as its text.")
    ] = None,
    parallel: Annotated[
        Parallel | None, typer.Option(help="Parallel calls as they are, or one by one.")
    ] = None,
    content: Annotated[
        Content | None, typer.Option(help='What stands beside calls: "" or null.')
    ] = None,
    ids: Annotated[Kept | None, typer.Option(help="Ids of calls.")] = None,
    type_lists: Annotated[TypeLists | None, typer.Option(help="Lists of types in schemas.")] = None,
    thoughts: Annotated[
        Thoughts | None, typer.Option(help="Thoughts: left out, a key, or in <think> tags.")
    ] = None,
    mask: Annotated[
        Kept | None, typer.Option(help="Key `train` of each message: whether it is learnt.")
    ] = None,
    license: Annotated[
        str | None, typer.Option(help="Licence for the card, such as cc-by-4.0.")
    ] = None,
    push_to: Annotated[
        str | None, typer.Option(help="Upload to the Hub as this data set (OWNER/NAME).")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="With --push-to: for everybody to see.")
    ] = False,
) -> None:
    """Write the accepted trajectories in the formats of trainers, with a card."""
    flags = {
        "arguments": arguments,
        "parallel": parallel,
        "content": content,
        "ids": ids,
        "type_lists": type_lists,
        "thoughts": thoughts,
        "mask": mask,
    }
    formats = _asked(to, target, {name: value for name, value in flags.items() if value})
    conformance = Conformance([ChatTemplate(path) for path in check_template or ()])
    if conformance.templates and not any(format.renders for format, _ in formats):
        known = ", ".join(name for name, format in EXPORTS.items() if format.renders)
        raise typer.BadParameter(f"--check-template is for formats with messages: {known}")
    if push_to:
        hub()
    reader = RunReader(run)
    place = out or run.absolute().with_name(f"{run.absolute().name}-export")
    refuse_taken(place)
    damaged = reader.damages()
    if damaged:
        others = f" (and {len(damaged) - 1} more)" if len(damaged) > 1 else ""
        raise RunDirectoryError(f"{damaged[0]}{others}; {what_to_do(run)}")
    asked = Export(
        out=place,
        formats=formats,
        splits=parse_splits(split) if split else WHOLE,
        parquet=parquet,
        license=license,
        title=f"Function-calling trajectories: {run.absolute().name}",
        about=(f"run: {reader.header['identity']}", f"version: {reader.header['version']}"),
    )
    _tell(Console(emoji=False), asked, write_export(reader.rows, asked, conformance), conformance)
    if push_to:
        address = push(place, push_to, private=not public)
        Console(emoji=False).print(f"Uploaded: {address}", highlight=False, markup=False)


def _asked(to: list[str] | None, target: str | None, flags: dict[str, Any]) -> tuple[Asked, ...]:
    """The formats with their switches: their own, then the target's, then the flags."""
    preset = TARGETS[target] if target else None
    names = list(dict.fromkeys(to or ([preset.format] if preset else [])))
    for name in names:
        if name not in EXPORTS:
            raise typer.BadParameter(f"--to: no format {name!r} (known: {', '.join(EXPORTS)})")
    if not names:
        raise typer.BadParameter(f"--to: name a format ({', '.join(EXPORTS)})")
    for flag in flags:
        if not any(flag in EXPORTS[name].knows for name in names):
            knowing = ", ".join(n for n, format in EXPORTS.items() if flag in format.knows)
            option = f"--{flag.replace('_', '-')}"
            raise typer.BadParameter(f"{option} changes nothing here; it is for {knowing}")
    asked = []
    for name in names:
        format = EXPORTS[name]
        wanted = {**(preset.switches._asdict() if preset else {}), **flags}
        known = {switch: value for switch, value in wanted.items() if switch in format.knows}
        if preset and name != preset.format:
            # A preset of another format says nothing about how this one writes thoughts.
            known = {n: v for n, v in known.items() if n in flags or n not in ("thoughts", "mask")}
        asked.append(Asked(format, format.switches._replace(**known)))
    return tuple(asked)


def _tell(console: Console, asked: Export, outcome: Outcome, conformance: Conformance) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("format", "rows", "left out"):
        table.add_column(column)
    for written in outcome.written:
        rows = ", ".join(f"{name} {count:,}" for name, count in written.rows.items())
        reasons = "; ".join(f"{n:,}: {text}" for text, n in written.left_out.most_common(3))
        table.add_row(written.asked.format.name, rows or "none", reasons or "none")
    console.print(table)
    for (name, format, reason), tally in conformance.remarks.items():
        told = f"{name}: {reason} ({tally.rows:,} rows of {format}); no call is lost"
        console.print(told, highlight=False, markup=False)
    for template in conformance.templates:
        count = conformance.rows[template.name]
        told = f"{template.name}: {count:,} rows rendered, no call, result or answer lost"
        console.print(told, highlight=False, markup=False)
    console.print(f"\n{asked.out}", highlight=False, markup=False, soft_wrap=True)
    first = next(w.asked.format.name for w in outcome.written if w.rows)
    console.print(
        f'Next: datasets.load_dataset("{asked.out}", "{first}"); the card is README.md.',
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
