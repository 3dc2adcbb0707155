"""The page as one file: templates, style, script and data joined, with a policy that fits them.

The policy (CSP) names the hash of the one style and the one script and forbids everything else:
requests, other scripts, and markup made from text (`require-trusted-types-for`).
"""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from button.report.figures import number, words
from button.report.visible import visible

SCRIPTS = (
    "text.js",
    "data.js",
    "rows.js",
    "origins.js",
    "results.js",
    "graph.js",
    "conversation.js",
    "functions.js",
    "detail.js",
    "filters.js",
    "search.js",
    "list.js",
    "main.js",
)
"""The modules of the page; each may import from those before it."""
STYLES = ("base.css", "overview.css", "rows.css", "detail.css")
GENERATOR = "button report"
"""Stands in the file's head, so that it is known again before it is replaced."""
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./([a-z]+)\.js";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class) (\w+))", re.MULTILINE)


def render(values: Mapping[str, Any]) -> Iterator[str]:
    """The parts of the file in order; `values` are what the templates name."""
    script, style = joined_script(), joined_style()
    policy = "; ".join(
        (
            "default-src 'none'",
            f"script-src {_hash(script)}",
            f"style-src {_hash(style)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )
    template = _environment().get_template("page.html")
    # Style and script are files of this package: the only text that is not escaped.
    return template.generate(
        **values,
        policy=policy,
        generator=GENERATOR,
        script=Markup(script),
        style=Markup(style),
    )


@cache
def joined_script() -> str:
    """All modules as one script, each with a scope of its own and its exports as an object."""
    return "'use strict';\n" + "".join(_module(name) for name in SCRIPTS)


def _module(name: str) -> str:
    code = _file(name)
    exports = ", ".join(_EXPORT.findall(code))
    body = _EXPORT.sub("", _IMPORT.sub(r"const \1 = \2Module;", code))
    own = name.removesuffix(".js")
    return f"const {own}Module = (() => {{\n{body}return {{ {exports} }};\n}})();\n"


@cache
def joined_style() -> str:
    """All style sheets in order."""
    return "\n".join(_file(name) for name in STYLES)


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _file(name: str) -> str:
    return files("button.report").joinpath("page", name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(_file),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"number": number, "words": words}
    return environment
