"""The conversation that the README shows is the first that `make run` generates."""

import io
import re

from rich.console import Console

from button.cli.rendering import render_trajectory
from button.context import Context
from button.run.builtin_seeds import builtin_seed
from graphs.pipeline import graph
from tests.docs.pages import PAGES, snippets

_LEFT_OUT = re.compile(r"\.\.\.|→|  +|^(?:human|assistant)\b", re.MULTILINE)


def plain(text: str) -> str:
    return " ".join(re.sub(r"[│├└─╭╮╰╯]", " ", text).split())


async def test_every_part_of_the_example_is_in_the_first_trajectory() -> None:
    seed = builtin_seed(0, 0).to_json()
    made = await graph.ainvoke({"item": 0, "seed": seed}, context=Context())
    drawn = io.StringIO()
    render_trajectory(Console(file=drawn, width=120), made["outcomes"][0]["row"])
    shown = plain(drawn.getvalue())
    (example,) = [text for text in snippets(PAGES["README.md"], "text") if "assistant " in text]
    said = re.sub(r"^ +←.*$", "", example, flags=re.MULTILINE)  # results are told in other words
    parts = [plain(part) for part in _LEFT_OUT.split(re.sub(r"\n {11}(?=[\w\"$])", " ", said))]
    missing = [part for part in parts if part and part not in shown]
    assert missing == []
    assert len(parts) > 10
