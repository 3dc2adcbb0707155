"""CONTRIBUTING shows how to add an agent node; this builds exactly that, in a copy of the code."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("button", "graphs", "agents", "tools", "prompts")
MOST_LINES = 30

RUN = """
import asyncio, json
from button.context import Context
from graphs.rated import graph

async def main():
    scenario = {"text": "booking a flight for a trip", "origin": "given", "variant": 0}
    state = {"item": 0, "variant": 0, "seed": {}, "scenario": scenario, "rounds": ["sequential"]}
    made = await graph.ainvoke(state, context=Context())
    print(json.dumps({"difficulty": made.get("difficulty"), "rejection": made.get("rejection"),
                      "drawing": graph.get_graph(xray=True).draw_mermaid()}))

asyncio.run(main())
"""


def documented_files() -> dict[str, str]:
    """File name -> content, from the numbered steps of the section on agent nodes."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.split("## Add an agent node")[1].split("\n## ")[0]
    steps = re.findall(
        r"^\d\. .*?`([\w./]+)`.*?```\w+\n(.*?)```", section, re.DOTALL | re.MULTILINE
    )
    return dict(steps)


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("documented")
    for package in PACKAGES:
        shutil.copytree(
            ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, content in documented_files().items():
        assert not (ROOT / name).exists()
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_the_example_is_three_files_of_under_thirty_lines_of_code() -> None:
    files = documented_files()
    assert [name.split("/")[0] for name in files] == ["prompts", "agents", "graphs"]
    code = [
        line
        for name, content in files.items()
        if name == "agents/difficulty.py"
        for line in content.splitlines()
        if line.strip()
    ]
    assert len(code) < MOST_LINES


def test_the_documented_node_runs_and_is_in_the_drawing(copy: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=copy, capture_output=True, text=True, timeout=60,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert '"rejection": null' in done.stdout
    assert re.search(r'"difficulty": [1-5],', done.stdout)
    assert "rate_difficulty" in done.stdout


def test_the_documented_files_are_clean(copy: Path) -> None:
    files = [name for name in documented_files() if name.endswith(".py")]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--no-cache", *files],
        cwd=copy, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
