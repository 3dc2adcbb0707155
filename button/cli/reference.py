"""The reference pages: settings from the pydantic models, commands from the command line itself.

`python -m button.cli.reference FOLDER` (`make docs`) writes `configuration.md` and `cli.md`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from pydantic import BaseModel

from button import errors
from button.cli import app
from button.cli.bounds import allowed
from button.context import BudgetSettings, Context, JudgeSettings, ModelSettings, RetrySettings
from button.errors import ButtonError, StoppingError

EXIT_CODES = {
    0: "done",
    1: "a check failed",
    2: "wrong usage of a command",
    130: "stopped by SIGINT; `button resume` continues",
    143: "stopped by SIGTERM; `button resume` continues",
}


def configuration_page() -> str:
    """`docs/configuration.md`: every setting of a run."""
    lines = [
        "# Settings",
        "",
        "Made by `make docs` from `button.context`; do not edit. A YAML file for `--config` holds",
        "any of them; unknown keys and values out of bounds are refused with the line.",
        "LangGraph Studio shows the same as a form.",
        "",
        *_table(Context),
        "",
        "## A model's settings",
        "",
        "For `default_model` and each entry of `models`.",
        "",
        *_table(ModelSettings),
        "",
        "## Judges",
        "",
        "For `judges`; [checks.md](checks.md) says what they are asked and what votes decide.",
        "",
        *_table(JudgeSettings),
        "",
        "## Patience with endpoints",
        "",
        "For `retry`.",
        "",
        *_table(RetrySettings),
        "",
        "## What a run may use up",
        "",
        "For `budget`.",
        "",
        *_table(BudgetSettings),
    ]
    return "\n".join(lines) + "\n"


def _table(model: type[BaseModel]) -> Iterator[str]:
    yield "| setting | default | allowed | what it does |"
    yield "|---|---|---|---|"
    properties = model.model_json_schema()["properties"]
    for name, field in model.model_fields.items():
        schema = properties[name]
        default = field.get_default(call_default_factory=True)
        shown = default.model_dump() if isinstance(default, BaseModel) else default
        shown = "none" if shown in ((), "") else shown
        if isinstance(shown, dict):
            shown = "see below" if shown else "none"
        text = " ".join(str(field.description).split())
        yield f"| `{name}` | {'unset' if shown is None else shown} | {allowed(schema)} | {text} |"


def cli_page() -> str:
    """`docs/cli.md`: every command with its options, and the exit codes."""
    lines = ["# Commands", "", "Made by `make docs`; do not edit.", ""]
    for name, sub in _commands(typer.main.get_command(app), "button"):
        lines += [f"## {name}", "", str(sub.help or "").split("\n")[0], ""]
        lines += ["| argument or option | default | what it does |", "|---|---|---|"]
        for param in sub.params:
            if param.name == "help":
                continue
            label = ", ".join(f"`{each}`" for each in param.opts) if param.opts else param.name
            if param.param_type_name == "argument":
                label = f"`{str(param.name).upper()}`"
            text = " ".join(str(getattr(param, "help", "") or "").split())
            shown = "" if param.default is None or callable(param.default) else str(param.default)
            shown = "off" if param.default is False else shown
            lines.append(f"| {label} | {shown} | {text} |")
        lines.append("")
    lines += ["## Exit codes", "", "| code | what happened |", "|---|---|"]
    lines += [f"| {code} | {text} |" for code, text in sorted(_exit_codes().items())]
    return "\n".join(lines) + "\n"


def _commands(group: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Every command under `group`, those of groups in it too, with its whole name."""
    context = typer.Context(group)
    for part in sorted(group.list_commands(context)):
        sub = group.get_command(context, part)
        if hasattr(sub, "list_commands"):
            yield from _commands(sub, f"{name} {part}")
        else:
            yield f"{name} {part}", sub


def _exit_codes() -> dict[int, str]:
    codes = dict(EXIT_CODES)
    bases = (ButtonError, StoppingError)
    for value in vars(errors).values():
        if isinstance(value, type) and issubclass(value, ButtonError) and value not in bases:
            text = " ".join(str(value.__doc__).split("(sysexits")[0].split()).rstrip(". ")
            known = codes.get(value.exit_code)
            codes[value.exit_code] = f"{known}; or: {text}" if known else text
    return codes


PAGES = {"configuration.md": configuration_page, "cli.md": cli_page}


def main() -> None:
    """Write the pages into the folder that is named."""
    folder = Path(sys.argv[1])
    for name, page in PAGES.items():
        (folder / name).write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
