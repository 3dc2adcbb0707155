"""`button show`: trajectories of a run in the terminal, or numbers on how varied they are."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from button.cli.reading import open_run
from button.cli.rendering import printable, render_trajectory
from button.cli.spending import print_spending
from button.cli.tables import losses_of, print_stats, print_summary
from button.models.embedded.world import the_world
from button.run.spending import spending_of
from button.run.stats import dataset_stats


def show(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    id: Annotated[str | None, typer.Argument(help="Id of a trajectory, or its beginning.")] = None,
    stats: Annotated[bool, typer.Option("--stats", help="How varied the dataset is.")] = False,
    rejected: Annotated[
        bool, typer.Option("--rejected", help="Rejected items, with reasons.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 3,
) -> None:
    """Show trajectories of a run: one by its id, or the first few."""
    console = Console(emoji=False)
    reader = open_run(run)
    if stats:
        print_summary(console, reader.summary, losses_of(reader))
        if reader.layout.database.exists():
            print_spending(console, spending_of(reader.layout), reader.summary.accepted)
        print_stats(console, dataset_stats(reader.rows()), domains_of(reader.rows()))
    elif rejected:
        rows = list(islice(reader.rows("rejected"), limit))
        if not rows:
            console.print("No item was rejected.")
        else:
            console.print("`button explain RUN ITEM.VARIANT` says more of one.", style="dim")
        for row in rows:
            console.print(
                printable(
                    f"{item_of(row)} {row['stage']}: {row['code']} ({row['role']}): {row['detail']}"
                ),
                highlight=False,
                markup=False,
            )
    elif id is not None:
        render_trajectory(console, reader.find(id))
    else:
        rows = list(islice(reader.rows(), limit))
        if not rows:
            console.print("No trajectory was accepted; `button show RUN --rejected` says why.")
        for row in rows:
            render_trajectory(console, row)


def item_of(row: Mapping[str, Any]) -> str:
    """Item and variant of a row, as `button explain` takes them."""
    seeds = row.get("seeds") or {}
    return f"{seeds.get('item', '?')}.{seeds.get('variant', '?')}"


def domains_of(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, int]:
    """Domains of the embedded world whose functions were called, with the number of calls."""
    functions = the_world().functions
    domains: Counter[str] = Counter()
    for row in rows:
        for message in row["messages"]:
            for call in message.get("tool_calls") or ():
                if call["function"]["name"] in functions:
                    domains[functions[call["function"]["name"]].domain] += 1
    return domains
