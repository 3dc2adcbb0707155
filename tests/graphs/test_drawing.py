"""The drawings show every edge; they change only on purpose (`UPDATE_DRAWINGS=1` rewrites them)."""

import os
from pathlib import Path
from typing import Any

import pytest
from langchain_core.runnables.graph import Graph

from button.errors import InputError
from graphs.bottom_up import construction
from graphs.conversation import graph
from graphs.show import NAMES, mermaid, show

DRAWINGS = Path(__file__).parent / "drawings"


@pytest.mark.parametrize("name", NAMES)
def test_the_drawing_is_the_stored_one(name: str) -> None:
    stored = DRAWINGS / f"{name}.mmd"
    if os.environ.get("UPDATE_DRAWINGS"):
        stored.write_text(mermaid(name), encoding="utf-8")
    assert mermaid(name) == stored.read_text(encoding="utf-8")


def test_the_strategy_and_both_loops_can_be_seen() -> None:
    edges = {(edge.source, edge.target) for edge in construction.get_graph().edges}
    assert {
        ("write_atomic_task", "compose_sequential"),
        ("write_atomic_task", "compose_parallel"),
        ("criticise", "compose_sequential"),
        ("criticise", "compose_parallel"),
        ("gate_functions", "design_functions"),
    } <= edges


def test_the_cycle_of_the_conversation_can_be_seen() -> None:
    edges = {(edge.source, edge.target) for edge in graph.get_graph().edges}
    assert {
        ("human", "assistant"),
        ("assistant", "tool_agent"),
        ("tool_agent", "assistant"),
        ("assistant", "human"),
        ("assistant", "__end__"),
    } <= edges


def test_a_notebook_gets_mermaid_and_text_even_without_pygraphviz(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def missing(*_: Any, **__: Any) -> bytes:
        raise ImportError("pygraphviz")

    monkeypatch.setattr(Graph, "draw_png", missing)
    drawing = show(graph)
    forms = drawing._repr_mimebundle_()
    assert forms == {"text/plain": drawing.text, "text/vnd.mermaid": drawing.text}
    assert "tool_agent" in repr(drawing)


def test_a_notebook_gets_a_picture_where_it_can_be_drawn() -> None:
    pytest.importorskip("pygraphviz")
    picture = show(graph)._repr_mimebundle_()["image/png"]
    assert picture.startswith(b"\x89PNG")


def test_an_unknown_graph_is_named_with_those_that_exist() -> None:
    with pytest.raises(InputError, match="no graph 'top_down' .*bottom_up, conversation, pipeline"):
        mermaid("top_down")
