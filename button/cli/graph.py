"""`button graph`: a graph as Mermaid text."""

import sys
from typing import Annotated, Literal

import typer

from graphs.show import mermaid


def graph(
    name: Annotated[
        Literal["bottom_up", "conversation", "pipeline"], typer.Argument(help="Which graph.")
    ],
) -> None:
    """Print a graph as Mermaid text, with the subgraphs opened."""
    sys.stdout.write(mermaid(name).rstrip() + "\n")
