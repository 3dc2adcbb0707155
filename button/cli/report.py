"""`button report`: a run as one HTML page."""

import webbrowser
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from button.cli.mending import mended_by
from button.cli.reading import open_run
from button.cli.spending import remarks, spending_cells
from button.errors import ButtonError
from button.report import DEFAULT_LIMIT, Costs, source_of, write_report
from button.run.layout import RunLayout
from button.run.spending import spending_of

NAME = "report.html"


def report(
    run: Annotated[Path, typer.Argument(help="Run directory, finished or not.")],
    out: Annotated[
        Path | None, typer.Option(help="File to write; by default report.html in the run.")
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            min=1,
            help="Most rows of each kind, accepted and rejected, that the page holds; of more it "
            "holds a sample. Numbers are always of all rows.",
        ),
    ] = DEFAULT_LIMIT,
    open_: Annotated[bool, typer.Option("--open", help="Open it in the browser.")] = False,
) -> None:
    """Write a run as one HTML page: yield, variety, cost, and every trajectory to look into."""
    reader = open_run(run)
    source = source_of(reader, costs_of(reader.layout, reader.summary.accepted), mended_by)
    console = Console(emoji=False)
    with console.status("Reading every row of the run ..."):
        made = write_report(source, out or run / NAME, limit)
    held = f"{made.rows:,}" if made.rows == made.of else f"a sample of {made.rows:,} of {made.of:,}"
    console.print(
        f"{made.path} ({made.size / 1e6:.1f} MB, {held} rows); it opens in any browser.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    if open_ and not webbrowser.open(made.path.resolve().as_uri()):
        console.print("No browser was found here; open the file yourself.", style="yellow")


def costs_of(layout: RunLayout, accepted: int) -> Costs:
    """What a run has spent, in words; of a run without run.db why that is not known."""
    if not layout.database.exists():
        return Costs(unknown="run.db is not there any more.")
    try:
        spending = spending_of(layout)
    except ButtonError as error:
        return Costs(unknown=f"{error}.")
    if not spending.all.requests:
        return Costs(seconds=spending.seconds)
    roles = [[role, *spending_cells(spent)] for role, spent in spending.roles.items()]
    roles.append(["all", *spending_cells(spending.all)])
    if accepted:
        roles.append(["each accepted", *spending_cells(spending.all, accepted)])
    return Costs(roles=roles, remarks=list(remarks(spending.all)), seconds=spending.seconds)
