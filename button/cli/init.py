"""`button init`: a settings file with every setting, its default and what it does."""

import json
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import BaseModel
from rich.console import Console

from button.cli.bounds import allowed
from button.context import Context
from button.errors import InputError, StorageError

DEFAULT_FILE = Path("run.yaml")
WIDTH = 96
HEAD = """\
# Settings of a run: button generate --config {name}
#
# Every setting stands here with its default; what is left out has it too. Over this file stand
# --set (button generate --set assistant.model=my-model), and over that the other flags. Unknown
# names and values out of bounds are refused with their line. No key belongs here: api_key_env names
# the environment variable that holds it. docs/endpoints.md has examples for single servers.
"""
ROLES_EXAMPLE = """\
# models:
#   assistant:
#     model: my-large-model
#     temperature: 0.7
#   tool: {model: my-small-model, structured: tool_call}
"""
_SIGN = re.compile("(?<=[≥≤>])_")
_PLAIN = re.compile(r"^[a-z][a-z_]*$")


def init(
    file: Annotated[Path, typer.Argument(help="Where to write it.")] = DEFAULT_FILE,
) -> None:
    """Write a commented settings file that changes nothing as it stands."""
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(settings_file(file.name))
    except FileExistsError:
        raise InputError(
            f"{str(file)!r} exists and is left as it is; name another: button init OTHER.yaml"
        ) from None
    except OSError as error:
        raise StorageError(f"cannot write {str(file)!r}: {error.strerror}") from None
    console = Console(emoji=False)
    console.print(
        f"Settings are in {file}. Next: button models check --config {file}",
        highlight=False, markup=False, soft_wrap=True,
    )  # fmt: skip


def settings_file(name: str) -> str:
    """The file's text, made from the models of `button.context`."""
    return "\n".join([HEAD.format(name=name), *_settings(Context, "")])


def _settings(model: type[BaseModel], indent: str) -> Iterator[str]:
    properties = model.model_json_schema()["properties"]
    for name, field in model.model_fields.items():
        default = field.get_default(call_default_factory=True)
        yield from _comment(str(field.description), allowed(properties[name]), indent)
        if isinstance(default, BaseModel):
            yield f"{indent}{name}:"
            yield from _settings(type(default), indent + "  ")
            continue
        yield f"{indent}{name}: {_value(default)}"
        if name == "models" and model is Context:
            yield ROLES_EXAMPLE.rstrip()
        yield ""


def _comment(description: str, bounds: str, indent: str) -> Iterator[str]:
    text = " ".join(description.split())
    if bounds not in ("object", "string"):
        told = "true or false" if bounds == "boolean" else bounds.replace("`", "")
        # Numbers stay beside their signs.
        text += f" ({told.replace('≥ ', '≥_').replace('≤ ', '≤_').replace('> ', '>_')})"
    for line in textwrap.wrap(text, WIDTH - len(indent)):
        yield f"{indent}# {_SIGN.sub(' ', line)}"


def _value(value: Any) -> str:
    if isinstance(value, str) and _PLAIN.match(value) and value not in ("true", "false", "null"):
        return value
    return json.dumps(value, ensure_ascii=False)
