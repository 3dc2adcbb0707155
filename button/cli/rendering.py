"""One trajectory as a person reads it: who says what, and where each value comes from."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text
from rich.tree import Tree

from button.cli.json_text import json_text

Row = dict[str, Any]
_CONTROL = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\N{REPLACEMENT CHARACTER}")
"""Characters with which a model's text could command the terminal."""
LONGEST_RESULT = 4000
"""Characters of a tool result that are shown."""
WIDEST = 120
"""Columns that are used; longer lines are hard to read."""
FRAME = 6
"""Columns beside what stands in a box."""
ORIGINS = {
    "human": ("said by the human", "green"),
    "system": ("from the system message", "green"),
    "result": ("from", "magenta"),
    "derived": ("worked out", "blue"),
    "enum": ("a choice of the function", "cyan"),
    "default": ("the default", "cyan"),
    "nowhere": ("from nowhere", "bold red"),
}
"""What an origin is called, and its colour."""
SEVERITIES = {"error": "bold red", "warning": "yellow", "info": "blue"}


def render_trajectory(console: Console, row: Row) -> None:
    """Print one row: its task, then the conversation; findings stand where they occur."""
    row = printable(row)
    width = min(console.width, WIDEST)
    calls = _numbered(row["messages"])
    console.print(_task_panel(row, width), width=width)
    for index, message in enumerate(row["messages"]):
        console.print(_message(message, row, calls, width), width=width)
        for finding in _findings(row, index):
            console.print(Padding(_finding(finding), (0, 0, 0, 2)), width=width)
    for finding in _findings(row, None):
        console.print(_finding(finding), width=width)


def _task_panel(row: Row, width: int) -> Panel:
    task = row["task"]
    tree = Tree(Text(task["text"], "bold"), guide_style="dim")
    for sub_task in task["sub_tasks"]:
        label = Text.assemble((sub_task["id"], "bold blue"), "  ", sub_task["text"])
        after = sub_task.get("depends_on") or []
        if after:
            label.append(f"  after {', '.join(after)}", "dim")
        names = sub_task.get("functions") or []
        label.append(f"  [{', '.join(names) or 'no function needed'}]", "cyan")
        tree.add(label)
    title = f"{row['strategy'].replace('_', '-')} · {row['scenario']['text']}"
    models = sorted({f"{use['name']} ({use['kind']})" for use in row["models"].values()})
    about = f"{row['id'][:12]} · {len(row['tools'])} functions"
    subtitle = f"{about} · {', '.join(models)}"
    held: RenderableType = tree
    if len(subtitle) > width - FRAME:
        subtitle, held = about, Group(tree, Text(f"by {', '.join(models)}", "dim"))
    return Panel(
        held,
        title=Text(title),
        subtitle=Text(subtitle),
        border_style="blue",
        title_align="left",
        subtitle_align="left",
    )


def _message(message: Row, row: Row, calls: Mapping[str, str], width: int) -> RenderableType:
    role = message["role"]
    if role == "system":
        return Padding(Text(message["content"], "dim"), (0, 2))
    if role == "user":
        return _box(Text(message["content"]), "human", "green")
    if role == "tool":
        return Padding(_result(message, calls, width), (0, 2, 0, 4))
    parts: list[RenderableType] = []
    if message.get("thought"):
        parts.append(Text(message["thought"], "italic dim"))
    parts += [_call(call, row, calls) for call in message.get("tool_calls") or ()]
    if message["content"]:
        parts.append(Text(message["content"], "bold" if message.get("is_final") else ""))
    return _box(Group(*parts), "assistant", "cyan")


def _box(inner: RenderableType, name: str, colour: str) -> Panel:
    return Panel(inner, title=f"[bold]{name}", title_align="left", border_style=colour)


def _numbered(messages: Iterable[Row]) -> dict[str, str]:
    """Short names of the calls, by their ids: `#1 find_flights`."""
    calls = [call for message in messages for call in message.get("tool_calls") or ()]
    return {
        call["id"]: f"#{number} {call['function']['name']}" for number, call in enumerate(calls, 1)
    }


def _call(call: Row, row: Row, calls: Mapping[str, str]) -> Tree:
    number, _, name = calls[call["id"]].partition(" ")
    serves = row["links"].get(call["id"], "no sub-task")
    head = Text.assemble(
        ("→ ", "cyan"), (f"{number} ", "dim"), (name, "bold cyan"), (f"  for {serves}", "dim")
    )
    tree = Tree(head, guide_style="dim")
    origins = row["provenance"].get(call["id"], {})
    for path, value in argument_leaves(call["function"]["arguments"]):
        line = Text.assemble(
            (path.removeprefix("$."), "cyan"), " = ", json.dumps(value, ensure_ascii=False)
        )
        tree.add(line + Text("   ") + _origin(origins.get(path), calls))
    return tree


def _origin(origin: Row | None, calls: Mapping[str, str]) -> Text:
    if origin is None:
        return Text()
    words, colour = ORIGINS[origin["source"]]
    if origin["source"] == "result":
        call = origin.get("call") or ""
        path = (origin.get("path") or "").removeprefix("$.").removeprefix("$")
        words = f"{words} {calls.get(call, call)} {path}".rstrip()
    elif origin.get("note"):
        words = f"{words} ({origin['note']})"
    return Text(words, colour)


def _result(message: Row, calls: Mapping[str, str], width: int) -> RenderableType:
    called = message["tool_call_id"]
    number, _, name = calls.get(called, called).partition(" ")
    refused = message.get("is_error")
    style = "red" if refused else "yellow"
    head = Text.assemble(
        (f"{'✗' if refused else '←'} ", style), (f"{number} ", "dim"), (name, style)
    )
    content = message["content"]
    if len(content) > LONGEST_RESULT:
        content = f"{content[:LONGEST_RESULT]}… ({len(content):,} characters)"
    try:
        told = json_text(printable(json.loads(content)), width - FRAME - 2, style)
    except ValueError:
        told = Text(content, style)
    return Group(head, Padding(told, (0, 0, 0, 2)))


def _findings(row: Row, index: int | None) -> list[Row]:
    """The findings of a message; those of none, or of one that is not there, for None."""
    last = len(row["messages"])
    found = row.get("findings", ())
    if index is not None:
        return [each for each in found if each.get("message") == index]
    return [each for each in found if each.get("message") not in range(last)]


def _finding(finding: Row) -> Text:
    style = SEVERITIES[finding["severity"]]
    return Text.assemble(
        (f"▲ {finding['severity']} ", style),
        (f"{finding['code']}  ", style.removeprefix("bold ")),
        finding["text"],
    )


def printable(value: Any) -> Any:
    """`value` without control characters in any text, tabs and line breaks aside."""
    if isinstance(value, str):
        return value.translate(_CONTROL)
    if isinstance(value, dict):
        return {printable(key): printable(inner) for key, inner in value.items()}
    return [printable(inner) for inner in value] if isinstance(value, list | tuple) else value


def argument_leaves(value: Any, path: str = "$") -> list[tuple[str, Any]]:
    """(JSON path, value) of each scalar in an arguments object."""
    if isinstance(value, dict):
        return [
            leaf
            for name, inner in value.items()
            for leaf in argument_leaves(inner, f"{path}.{name}")
        ]
    if isinstance(value, list):
        return [
            leaf
            for index, inner in enumerate(value)
            for leaf in argument_leaves(inner, f"{path}[{index}]")
        ]
    return [(path, value)]


def describe_origin(origin: Row | None) -> str:
    """Where an argument came from, in words, with the id of its call."""
    if origin is None:
        return ""
    if origin["source"] == "result":
        return f"from result {origin.get('call')} {origin.get('path', '')}".rstrip()
    words, _ = ORIGINS[origin["source"]]
    return f"{words} ({origin['note']})" if origin.get("note") else words
