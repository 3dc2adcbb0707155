"""docs/export.md: its examples are what the code writes, and its commands do what they say."""

import json
import re
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from button.canonical import call_id
from button.cli import app, with_repeated_flags
from button.export import EXPORTS
from button.export.switches import Switches
from button.export.targets import TARGETS
from button.records import CalledFunction, Message, Origin, ToolCall, Trajectory

PAGE = Path(__file__).parents[3] / "docs" / "export.md"
TEXT = PAGE.read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"```bash\n(.*?)```", TEXT, re.DOTALL)
    for line in block.splitlines()
    if line.startswith("button ")
]


def _tool(name: str, description: str, parameter: str, result: str) -> dict[str, Any]:
    def schema(key: str) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {key: {"type": "string"}},
            "required": [key],
            "additionalProperties": False,
        }

    function = {"name": name, "description": description, "parameters": schema(parameter)}
    return {"type": "function", "function": {**function, "returns": schema(result)}}


def example(walk: Trajectory) -> Trajectory:
    """The conversation of the page's examples."""
    station = ToolCall(
        id=call_id("station"),
        function=CalledFunction(name="find_station", arguments={"city": "Graz"}),
    )
    train = ToolCall(
        id=call_id("train"),
        function=CalledFunction(name="next_train", arguments={"station": "G-81"}),
    )
    messages = (
        Message(role="system", content="Today is Monday, 2026-03-02."),
        Message(role="user", content="When does the next train leave Graz?"),
        Message(role="assistant", thought="First that.", tool_calls=(station,), trainable=True),
        Message(role="tool", tool_call_id=station.id, content='{"station":"G-81"}'),
        Message(role="assistant", thought="G-81 it is.", tool_calls=(train,), trainable=True),
        Message(role="tool", tool_call_id=train.id, content='{"leaves":"15:25"}'),
        Message(role="assistant", content="At 15:25.", is_final=True, trainable=True),
    )  # fmt: skip
    provenance = {
        station.id: {"$.city": Origin(source="human", message=1)},
        train.id: {
            "$.station": Origin(source="result", message=3, call=station.id, path="$.station")
        },
    }
    tools = (
        _tool("find_station", "Finds the station of a city.", "city", "station"),
        _tool("next_train", "Tells when the next train leaves.", "station", "leaves"),
    )
    links = {station.id: "t1", train.id: "t1"}
    return walk.model_copy(
        update={"messages": messages, "tools": tools, "provenance": provenance, "links": links}
    )


def matches(shown: Any, real: Any) -> bool:
    """Whether an example is the real thing, where `…` stands for what was left out."""
    if isinstance(shown, str) and shown.endswith("…"):
        text = real if isinstance(real, str) else ""
        return text.startswith(shown.removesuffix("…"))
    if isinstance(shown, dict) and isinstance(real, dict):
        return shown.keys() == real.keys() and all(matches(shown[k], real[k]) for k in shown)
    if isinstance(shown, list) and isinstance(real, list):
        if shown[-1:] == ["…"]:
            shown, real = shown[:-1], real[: len(shown) - 1]
        return len(shown) == len(real) and all(map(matches, shown, real))
    return bool(shown == real)


def section(name: str) -> str:
    found = re.search(rf"^### `{name}`\n(.*?)(?=^##)", TEXT + "\n##", re.DOTALL | re.MULTILINE)
    assert found, f"docs/export.md has no section on {name!r}"
    return found[1]


@pytest.mark.parametrize("name", EXPORTS)
def test_the_example_row_is_what_is_written(
    name: str, walk: Trajectory, refused: Trajectory, written: Callable[..., list[dict[str, Any]]]
) -> None:
    record = refused if name == "preference" else example(walk)
    shown = json.loads(section(name).partition("```json\n")[2].partition("```")[0])
    assert matches(shown, written(EXPORTS[name], record)[0])


@pytest.mark.parametrize("name", EXPORTS)
def test_the_page_says_what_a_format_cannot_hold(name: str) -> None:
    text = " ".join(section(name).split())
    for facet, reason in EXPORTS[name].cannot_hold.items():
        assert f"- {facet}: {reason}" in text
    assert " ".join(EXPORTS[name].read_by.split()) in text


def test_the_page_names_every_target_with_its_document() -> None:
    for name, target in TARGETS.items():
        assert f"| `{name}` | `{target.format}` |" in TEXT
        assert target.document in TEXT


def test_the_page_names_every_switch() -> None:
    for name in Switches._fields:
        assert f"`--{name.replace('_', '-')}`" in TEXT


def test_an_elision_does_not_hide_a_difference() -> None:
    assert matches({"a": "x…", "b": [1, "…"]}, {"a": "xyz", "b": [1, 2]})
    assert not matches({"a": "y…"}, {"a": "xyz"})
    assert not matches({"a": 1}, {"a": 1, "b": 2})


@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_work(
    command: str, small_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("runs").mkdir()
    Path("runs/first").symlink_to(small_run)
    Path("template.jinja").write_text(
        "{% for t in tools or [] %}{{ t | tojson }}{% endfor %}"
        "{% for m in messages %}{{ m.content }}{% for c in m.tool_calls or [] %}"
        "{{ c.function | tojson }}{% endfor %}{% endfor %}"
    )
    arguments = shlex.split(command.partition("#")[0])[1:]
    done = CliRunner().invoke(app, with_repeated_flags(arguments))
    if "--push-to" in arguments:
        assert done.exception
        return
    assert done.exit_code == 0, done.output + repr(done.exception)
    assert list(Path().rglob("README.md"))
