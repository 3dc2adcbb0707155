"""One trajectory as a person reads it in a terminal."""

import json
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text
from rich.tree import Tree

Row = dict[str, Any]
_CONTROL = dict.fromkeys([*range(9), *range(11, 32), *range(127, 160)], "\N{REPLACEMENT CHARACTER}")
"""Characters with which a model's text could command the terminal."""
LONGEST_RESULT = 1200
"""Characters of a tool result that are shown."""


def render_trajectory(console: Console, row: Row) -> None:
    """Print one accepted row: its task, then the conversation with the origin of each argument."""
    row = printable(row)
    console.print(_task_panel(row))
    for message in row["messages"]:
        console.print(_message(message, row))
    for finding in row.get("findings", ()):
        console.print(
            Text(f"  {finding['severity']}: {finding['code']} {finding['text']}", "yellow")
        )


def _task_panel(row: Row) -> Panel:
    task = row["task"]
    tree = Tree(Text(task["text"], "bold"), guide_style="dim")
    for sub_task in task["sub_tasks"]:
        label = Text.assemble((sub_task["id"], "cyan"), "  ", sub_task["text"])
        after = sub_task.get("depends_on") or []
        if after:
            label.append(f"  after {', '.join(after)}", "dim")
        names = sub_task.get("functions") or []
        label.append(f"  [{', '.join(names) or 'no function needed'}]", "magenta")
        tree.add(label)
    title = f"{row['strategy'].replace('_', '-')} · {row['scenario']['text']}"
    models = sorted({f"{use['name']} ({use['kind']})" for use in row["models"].values()})
    subtitle = f"{row['id'][:12]} · {len(row['tools'])} functions · {', '.join(models)}"
    return Panel(
        tree,
        title=Text(title),
        subtitle=Text(subtitle),
        border_style="blue",
        title_align="left",
        subtitle_align="left",
    )


def _message(message: Row, row: Row) -> RenderableType:
    role = message["role"]
    if role == "system":
        return Text(message["content"], "dim")
    if role == "user":
        return Panel(
            Text(message["content"]), title="human", title_align="left", border_style="green"
        )
    if role == "tool":
        return Padding(_result(message), (0, 0, 0, 4))
    parts: list[RenderableType] = []
    if message.get("thought"):
        parts.append(Text(message["thought"], "italic dim"))
    parts += [_call(call, row) for call in message.get("tool_calls") or ()]
    if message["content"]:
        parts.append(Text(message["content"], "bold" if message.get("is_final") else ""))
    return Panel(Group(*parts), title="assistant", title_align="left", border_style="cyan")


def _call(call: Row, row: Row) -> RenderableType:
    function = call["function"]
    head = Text.assemble(
        ("→ ", "cyan"),
        (function["name"], "bold cyan"),
        (f"  {call['id']}", "dim"),
        (f"  for {row['links'].get(call['id'], 'no sub-task')}", "dim"),
    )
    tree = Tree(head, guide_style="dim")
    origins = row["provenance"].get(call["id"], {})
    for path, value in argument_leaves(function["arguments"]):
        line = Text.assemble(
            (path.removeprefix("$."), "cyan"), " = ", json.dumps(value, ensure_ascii=False)
        )
        line.append(f"   {describe_origin(origins.get(path))}", "dim green")
        tree.add(line)
    return tree


def _result(message: Row) -> Text:
    content = message["content"]
    if len(content) > LONGEST_RESULT:
        content = f"{content[:LONGEST_RESULT]}… ({len(content)} characters)"
    style = "red" if message.get("is_error") else "yellow"
    return Text.assemble(("← ", style), (f"{message['tool_call_id']} ", "dim"), (content, style))


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
    """Where an argument came from, in words."""
    if origin is None:
        return ""
    source = origin["source"]
    if source == "result":
        return f"from result {origin.get('call')} {origin.get('path', '')}".rstrip()
    words = {
        "human": "said by the human",
        "system": "from the system message",
        "default": "the default",
        "enum": "a choice of the function",
        "derived": "worked out",
        "nowhere": "from nowhere",
    }[source]
    return f"{words} ({origin['note']})" if origin.get("note") else words
