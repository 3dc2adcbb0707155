"""Chat templates, rendered as `transformers` does it: a sandbox with its filter and globals."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import TemplateError, TemplateSyntaxError, nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from button.errors import InputError

_MOST_BYTES = 1_000_000
_DAY = datetime(2026, 1, 1)  # noqa: DTZ001
"""What `strftime_now` tells: a fixed day, so that a rendering never changes."""


class RenderError(Exception):
    """The template refuses these messages; the text is the reason in one line."""


class _Generation(Extension):
    """The tag `{% generation %}`, which marks what the assistant says; its body is kept."""

    tags = {"generation"}

    def parse(self, parser: Parser) -> list[nodes.Node]:
        """The nodes between the tag and its end."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


class ChatTemplate:
    """A template out of a file.

    Raises:
        InputError: it cannot be read, or is no template.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.name
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise InputError(f"{str(path)!r} is too large for a chat template")
            text = path.read_text(encoding="utf-8")
        except OSError as error:
            raise InputError(f"cannot read {str(path)!r}: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise InputError(f"{str(path)!r} is not UTF-8 ({error.reason})") from error
        try:
            self._template = _environment().from_string(text)
        except TemplateSyntaxError as error:
            raise InputError(f"{str(path)!r}, line {error.lineno}: {error.message}") from error
        except RecursionError:
            raise InputError(f"{str(path)!r} is nested too deeply") from None

    def render(self, messages: Sequence[Mapping[str, Any]], tools: Sequence[Any]) -> str:
        """The text of a conversation.

        Raises:
            RenderError: the template raises, on purpose or not.
        """
        try:
            return self._template.render(
                messages=messages,
                tools=list(tools) or None,
                documents=None,
                add_generation_prompt=False,
                bos_token="<s>",
                eos_token="</s>",
            )
        except RecursionError:
            raise RenderError("it recurses without end") from None
        except TemplateError as error:
            raise RenderError(f"it raises: {_line(error)}") from error
        # A template can run into any error of Python's operators and functions.
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise RenderError(f"it fails: {type(error).__name__}: {_line(error)}") from error


def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    environment.globals["raise_exception"] = _raise
    environment.globals["strftime_now"] = _DAY.strftime
    return environment


def _tojson(
    value: Any,
    ensure_ascii: bool = False,
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,
) -> str:
    """Plain JSON: the filter of Jinja itself would escape `<` and `&` for HTML."""
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def _raise(message: str) -> None:
    raise TemplateError(message)


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if len(text) <= 200 else f"{text[:200]}..."
