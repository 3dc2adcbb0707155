"""`button verify`: whether every file of a run is as it was written."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from button.run.layout import RunLayout
from button.run.verify import verify as find_damage

DAMAGED = 1


def verify(
    run: Annotated[Path, typer.Argument(help="Run directory.")],
    as_json: Annotated[bool, typer.Option("--json", help="As one JSON list.")] = False,
) -> None:
    """Check all checksums, rows, ids and their order; name each damaged file and what to do."""
    damages = find_damage(RunLayout(run))
    if as_json:
        sys.stdout.write(json.dumps([each._asdict() for each in damages], indent=2) + "\n")
    else:
        console = Console(emoji=False)
        for each in damages:
            console.print(str(each), style="red", highlight=False, markup=False, soft_wrap=True)
        if not damages:
            console.print(f"{run} is whole.", highlight=False, markup=False, soft_wrap=True)
    if damages:
        raise typer.Exit(DAMAGED)
