"""CONTRIBUTING's example of a new agent, built from its text in a copy of the code, and run."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("button", "graphs", "agents", "tools", "prompts")
MOST_LINES = 30
RUN = """
import asyncio, json
from button.context import Context
from button.models.caller import use_models
from button.models.scripted import ScriptedModel
from graphs.bottom_up import construction, graph

critic = ScriptedModel({
    "CriticVerdict": lambda asked: {"analysis": "It fits.", "verdict": "yes"},
    "Rating": lambda asked: ANSWER if asked.inputs["task"] else "no task",
})
context = Context(composition_depth=1, scenario_variants=3)
state = {"variant": 0, "rounds": ["sequential"],
         "scenario": {"variant": 0, "text": "booking a flight for a trip", "origin": "given"}}
seed = {"kind": "scenario", "source": "test", "text": "booking a flight for a trip"}
with use_models({"critic": critic}):
    for item in range(10):  # one item may be rejected for reasons of its own
        made = asyncio.run(construction.ainvoke({**state, "item": item}, context=context))
        if not made.get("rejection"):
            break
    whole = asyncio.run(graph.ainvoke({"seed": seed}, context=context))
drawing = graph.get_graph(xray=True)
print(json.dumps({
    "rating": made.get("rating"), "rejection": made.get("rejection"),
    "attempts": made["attempts"], "functions": len(made.get("functions", [])),
    "specifications": len(whole["specifications"]),
    "edges": [[edge.source, edge.target] for edge in drawing.edges],
}))
"""


def blocks() -> dict[str, str]:
    """The fenced blocks of the section, by language."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("## Add an agent node\n")[1].split("\n## ")[0]
    found = re.findall(r"^```(\w+)\n(.*?)^```$", section, re.DOTALL | re.MULTILINE)
    assert [language for language, _ in found] == ["markdown", "python", "diff"]
    return dict(found)


def apply(diff: str, folder: Path) -> None:
    """Replace what stands before each hunk by what stands after it; it must stand there once."""
    for hunk in diff.split("+++ ")[1:]:
        name, _, body = hunk.partition("\n")
        lines = body.splitlines()
        before = "\n".join(line[1:] for line in lines if line[:1] != "+")
        after = "\n".join(line[1:] for line in lines if line[:1] != "-")
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert text.count(before + "\n") == 1, f"{name}: {before!r}"
        path.write_text(text.replace(before + "\n", after + "\n"), encoding="utf-8")


@pytest.fixture(scope="module")
def extended(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the code with the example in it."""
    folder = tmp_path_factory.mktemp("extended")
    for package in PACKAGES:
        # What is compiled is taken along, but not what other tests are writing just now.
        unfinished = shutil.ignore_patterns("*.pyc.*")
        shutil.copytree(ROOT / package, folder / package, ignore=unfinished)
    shutil.copy(ROOT / "pyproject.toml", folder)
    written = blocks()
    (folder / "prompts/templates/rating.md").write_text(written["markdown"], encoding="utf-8")
    (folder / "agents/rating.py").write_text(written["python"], encoding="utf-8")
    apply(written["diff"], folder)
    return folder


def run(folder: Path, answer: str) -> dict[str, Any]:
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    script = RUN.replace("ANSWER", answer)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True,
        text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def test_the_example_is_shorter_than_thirty_lines() -> None:
    written = blocks()
    lines = [line for name in ("markdown", "python") for line in written[name].splitlines()]
    lines += [line for line in written["diff"].splitlines() if re.match(r"\+(?!\+\+ )", line)]
    count = sum(bool(line.strip()) for line in lines)
    assert count < MOST_LINES
    assert f"{count} lines" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_the_documented_node_is_drawn_asked_and_writes_its_key(extended: Path) -> None:
    told = run(extended, '{"rating": 4}')
    assert told["rating"] == 4
    assert told["rejection"] is None
    assert told["attempts"]["rating"] == 1
    assert told["functions"] > 0
    assert told["specifications"] > 0
    node = "construct:rate_task"
    assert ["construct:write_atomic_task", node] in told["edges"]
    assert [node, "construct:__end__"] in told["edges"]


def test_an_unusable_rating_is_asked_for_again_and_then_left_out(extended: Path) -> None:
    told = run(extended, '{"rating": "rather hard"}')
    assert told["rating"] is None
    assert told["attempts"]["rating"] == 3
    assert told["specifications"] > 0


def test_the_example_passes_the_linter_as_it_stands(extended: Path) -> None:
    files = ["agents/rating.py", "graphs/state.py", "graphs/bottom_up.py"]
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", *files],
            cwd=extended, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
