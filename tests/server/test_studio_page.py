"""`docs/studio.md` tells the truth about drawings, graphs, settings and the guard."""

import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from button import devhttp
from button.records import Seed
from graphs.show import NAMES, mermaid

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "studio.md").read_text(encoding="utf-8")
CONFIG: dict[str, Any] = json.loads((ROOT / "langgraph.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_the_drawing_on_the_page_is_that_of_the_graph(name: str) -> None:
    [drawn] = re.findall(rf"^### {name}\n```mermaid\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert drawn == mermaid(name).rstrip() + "\n", f"put `button graph {name}` there"


@pytest.mark.parametrize("name", NAMES)
def test_the_table_names_real_keys(name: str) -> None:
    graph = import_module(f"graphs.{name}").graph
    [(starts, ends)] = re.findall(rf"^\| `{name}` \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)
    named = set(re.findall(r"`(\w+)`", starts))
    assert named <= set(graph.get_input_jsonschema()["properties"])
    named = set(re.findall(r"`(\w+)`(?! generate)", ends))
    assert named <= set(graph.get_output_jsonschema()["properties"])


def test_the_seed_to_begin_with_is_a_seed() -> None:
    [text] = re.findall(r"A seed to begin with: `(\{.*?\})`", PAGE)
    assert Seed.model_validate(json.loads(text)).kind == "scenario"


def test_the_server_serves_exactly_the_graphs() -> None:
    served = {name: entry["path"] for name, entry in CONFIG["graphs"].items()}
    assert served == {name: f"graphs.{name}:graph" for name in NAMES}


def test_nothing_is_sent_by_default() -> None:
    assert CONFIG["env"] == {"LANGSMITH_TRACING": "false", "LANGGRAPH_NO_VERSION_CHECK": "true"}
    assert "export LANGGRAPH_CLI_NO_ANALYTICS := 1" in (ROOT / "Makefile").read_text()


def test_the_guard_stands_before_every_route_and_lets_studio_in() -> None:
    http = CONFIG["http"]
    assert http["app"] == "button.devhttp:app"
    first: Any = devhttp.app.user_middleware[0]
    assert first.cls is devhttp.LoopbackGuard
    assert http["cors"]["allow_origins"] == [devhttp.STUDIO_ORIGIN]
    assert (http["disable_mcp"], http["disable_a2a"]) == (True, True)


def test_each_file_that_the_page_names_is_there() -> None:
    for name in re.findall(r"`((?:docs|tests|notebooks|button|prompts)/[\w/.*]+)`", PAGE):
        assert list(ROOT.glob(name.rstrip("/"))), name
