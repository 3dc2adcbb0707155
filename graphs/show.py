"""Drawings of the graphs: Mermaid text for terminals and docs, a picture for notebooks."""

from importlib import import_module
from typing import Any

from langgraph.graph.state import CompiledStateGraph

from button.errors import InputError

NAMES = ("bottom_up", "conversation", "pipeline")


class Drawing:
    """A drawn graph; a notebook shows the richest form that it can, without any network."""

    def __init__(self, text: str, picture: bytes | None) -> None:
        self.text = text
        """Mermaid text."""
        self.picture = picture
        """PNG, or None where pygraphviz is not installed."""

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        forms: dict[str, Any] = {"text/plain": self.text, "text/vnd.mermaid": self.text}
        if self.picture is not None:
            forms["image/png"] = self.picture
        return forms


def show(graph: CompiledStateGraph[Any, Any, Any, Any], *, xray: bool = True) -> Drawing:
    """The drawing of a graph, with its subgraphs inside."""
    drawable = graph.get_graph(xray=xray)
    try:
        picture = drawable.draw_png(None)
    except (ImportError, OSError, ValueError):  # no pygraphviz, or no graphviz behind it
        picture = None
    return Drawing(drawable.draw_mermaid(), picture)


def mermaid(name: str, *, xray: bool = True) -> str:
    """The Mermaid text of one of our graphs.

    Raises:
        InputError: there is no graph of that name.
    """
    if name not in NAMES:
        raise InputError(f"no graph {name!r} (there are: {', '.join(NAMES)})")
    graph: CompiledStateGraph[Any, Any, Any, Any] = import_module(f"graphs.{name}").graph
    return graph.get_graph(xray=xray).draw_mermaid()
