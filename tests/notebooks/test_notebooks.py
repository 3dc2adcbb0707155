"""Every notebook runs from top to bottom, offline, and is stored without outputs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LONGEST_CELL_S = 120
OFFLINE = "import pytest_socket; pytest_socket.socket_allow_hosts(['127.0.0.1'])"
"""Runs in the kernel before the first cell: from there on nothing but loopback can be reached."""
NOT_OURS = "Fontconfig warning"
"""What the system's font configuration may print while Graphviz draws."""

PROMISES: dict[str, tuple[str, ...]] = {
    "02_your_own_model": ("get_weather({'city': 'Oslo'})", "all roles: 6 accepted, 0 rejected",
                          "only the assistant: 3 accepted, 0 rejected"),
    "03_your_own_functions": ("4 of 6 functions are used", "function 'dangling'",
                              "real: 6 accepted", "'name': 'bicycle shop'"),
    "04_add_an_agent_node": ("(needs t1)", "without: rejected, 0 reviews", "out_of_order",
                             "with the critic: accepted, "),
    "05_look_at_a_dataset": ("40 accepted", "keys: id, messages, tools", "# Function-calling"),
    "06_time_travel": (" → 23:45", "8 moments before the forks, 17 now"),
}  # fmt: skip
"""What each further notebook prints, if it does what it says."""
DRAWN = {"04_add_an_agent_node": "review_plan -.-> tool_agent", "06_time_travel": "tool_agent"}
"""An edge or node that the drawing of a graph in it holds."""
TABLED = {"05_look_at_a_dataset": "ungrounded_argument", "06_time_travel": "ungrounded_argument"}
"""What a table in it shows."""

pytestmark = [
    pytest.mark.server,  # the kernel is reached over loopback
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module", params=NOTEBOOKS, ids=lambda path: path.stem)
def stored(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


@pytest.fixture(scope="module")
def executed(stored: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook after a run in a fresh kernel, in its own folder, with settings of its own."""
    pytest.importorskip("ipykernel", reason="the extra `notebooks` is not installed")
    notebook = read(stored)
    offline = nbformat.v4.new_code_cell(OFFLINE)  # type: ignore[no-untyped-call]
    notebook.cells.insert(0, offline)
    place = {"metadata": {"path": str(stored.parent)}}
    settings = tmp_path_factory.getbasetemp() / "settings"  # shared: fonts are looked at once
    settings.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as environment:
        for name in ("IPYTHONDIR", "MPLCONFIGDIR", "JUPYTER_CONFIG_DIR"):
            environment.setenv(name, str(settings))
        environment.setenv("PYTHONPATH", str(ROOT))
        NotebookClient(notebook, timeout=LONGEST_CELL_S, resources=place).execute()
    return notebook


def outputs(notebook: Any) -> Iterator[Any]:
    for cell in notebook.cells:
        yield from cell.get("outputs", [])


def test_there_are_notebooks() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["01_first_run", *PROMISES]


def test_it_is_stored_without_outputs(stored: Path) -> None:
    cells = json.loads(stored.read_text(encoding="utf-8"))["cells"]
    assert all(not cell.get("outputs") and not cell.get("execution_count") for cell in cells)


def test_it_teaches(stored: Path) -> None:
    """It says first where it runs, and no code stands without words for long."""
    cells = read(stored).cells
    assert cells[0].cell_type == "markdown"
    assert "Where it runs" in cells[0].source
    kinds = "".join(cell.cell_type[0] for cell in cells)
    assert "ccc" not in kinds


def test_it_runs_offline_and_prints_no_warning(executed: Any) -> None:
    told = [
        line
        for output in outputs(executed)
        if output.output_type == "stream" and output.name == "stderr"
        for line in output.text.splitlines()
        if line.strip() and not line.startswith(NOT_OURS)
    ]
    assert told == []


def test_the_first_run_shows_what_it_promises(executed: Any, stored: Path) -> None:
    if stored.stem != "01_first_run":
        pytest.skip("only the first run promises these drawings and tables")
    forms = [set(output.data) for output in outputs(executed) if "data" in output]
    text = "".join(output.text for output in outputs(executed) if output.output_type == "stream")
    assert sum("text/vnd.mermaid" in form for form in forms) == 2
    assert sum("image/png" in form and "text/vnd.mermaid" not in form for form in forms) == 2
    assert sum("text/html" in form for form in forms) == 2
    assert text.count("tool_agent ←") == 3
    assert text.count("assistant answers") == 1
    assert "60 accepted" in text
    assert "the same bytes: True" in text
    assert "60 of 60 trajectories pass a value on" in text


def test_the_others_show_what_they_promise(executed: Any, stored: Path) -> None:
    if stored.stem not in PROMISES:
        pytest.skip("the first run has a test of its own")
    text = "".join(output.text for output in outputs(executed) if output.output_type == "stream")
    for promise in PROMISES[stored.stem]:
        assert promise in text
    shown = [output.data for output in outputs(executed) if "data" in output]
    drawn = [data for data in shown if "text/vnd.mermaid" in data and "image/png" in data]
    assert DRAWN.get(stored.stem, "") in "".join(data["text/vnd.mermaid"] for data in drawn)
    tables = "".join(data["text/html"] for data in shown if "<table" in data.get("text/html", ""))
    assert TABLED.get(stored.stem, "") in tables
