"""Loads the prompt templates, checks them, and renders them with their inputs.

Every prompt ends with its inputs as one JSON block. Text that models, seeds or functions brought in
stands there and is never a template: templates are rendered once, from the files of this package.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, Template, TemplateError, meta
from jinja2.sandbox import SandboxedEnvironment

from button.canonical import canonical_json
from button.context import ROLES, Context
from button.errors import PromptError
from button.records import Role

TEMPLATES = Path(__file__).parent / "templates"
FRONT_MATTER_KEYS = ("name", "role", "inputs", "paper")
FURTHER = "Further instructions:"
MAX_CACHED = 256
MAX_CACHED_TEXT = 256
"""Longest inputs, as JSON, for which a rendered text is kept; others rarely come twice."""

_ENVIRONMENT = SandboxedEnvironment(
    undefined=StrictUndefined, autoescape=False, trim_blocks=True, keep_trailing_newline=False
)


@dataclass(frozen=True)
class Prompt:
    """One template with what its front matter says."""

    name: str
    role: Role
    """The role whose model is asked."""
    inputs: frozenset[str]
    """Keys of the inputs block, no more and no less."""
    paper: str
    """The place in arXiv 2410.12952 that it follows."""
    hash: str
    """SHA-256 of the file."""
    variables: tuple[str, ...]
    """The inputs that the template's own text looks at."""
    template: Template


def render(name: str, inputs: Mapping[str, Any], instructions: str = "") -> str:
    """The prompt `name` with its inputs block.

    Args:
        name: of the prompt.
        inputs: exactly those that it names.
        instructions: what the settings tell its role besides; never a template.

    Raises:
        PromptError: there is no such prompt, or `inputs` are not those it names, or no JSON.
    """
    prompt = prompt_named(name)
    if inputs.keys() != prompt.inputs:
        missing = ", ".join(sorted(prompt.inputs - inputs.keys())) or "none"
        unknown = ", ".join(sorted(inputs.keys() - prompt.inputs)) or "none"
        raise PromptError(f"prompt {name!r}: missing inputs: {missing}; unknown: {unknown}")
    try:
        used = canonical_json({variable: inputs[variable] for variable in prompt.variables})
        block = inputs_json(inputs)
    except (TypeError, ValueError) as error:
        raise PromptError(f"prompt {name!r}: inputs are no JSON: {error}") from error
    body = _short_body(name, used) if len(used) <= MAX_CACHED_TEXT else _body(name, used)
    told = f"{FURTHER}\n{instructions}\n\n" if instructions else ""
    return f"{body}\n\n{told}<inputs>\n{block}\n</inputs>"


def inputs_json(inputs: Mapping[str, Any]) -> str:
    """Canonical JSON in which no text can close the block: `<` is written as an escape."""
    return canonical_json(dict(inputs)).replace("<", "\\u003c")


def prompt_role(name: str) -> Role:
    """The role that answers the prompt `name`.

    Raises:
        PromptError: there is no such prompt.
    """
    return prompt_named(name).role


def prompt_hash(name: str) -> str:
    """SHA-256 of the prompt's file.

    Raises:
        PromptError: there is no such prompt.
    """
    return prompt_named(name).hash


def prompt_hashes(context: Context | None = None) -> dict[str, str]:
    """Name -> hash of every prompt; where settings tell a role more, that is hashed too."""
    return {
        name: _hash_with(prompt, context.instructions_to(prompt.role) if context else "")
        for name, prompt in sorted(_library().items())
    }


def _hash_with(prompt: Prompt, instructions: str) -> str:
    if not instructions:
        return prompt.hash
    return hashlib.sha256(f"{prompt.hash}\n{instructions}".encode()).hexdigest()


def prompt_named(name: str) -> Prompt:
    """The prompt `name`.

    Raises:
        PromptError: there is no such prompt.
    """
    try:
        return _library()[name]
    except KeyError:
        known = ", ".join(sorted(_library()))
        raise PromptError(f"no prompt {name!r} (known: {known})") from None


def load_prompt(path: Path) -> Prompt:
    """Read and check one template file.

    Raises:
        PromptError: the front matter is incomplete, the template is broken, or it uses a variable
            that is none of its inputs.
    """
    text = path.read_text(encoding="utf-8")
    head, _, body = text.removeprefix("---\n").partition("\n---\n")
    try:
        front = yaml.safe_load(head)
        template = _ENVIRONMENT.from_string(body.strip())
        variables = meta.find_undeclared_variables(_ENVIRONMENT.parse(body))
    except (yaml.YAMLError, TemplateError) as error:
        raise PromptError(f"{path.name}: {' '.join(str(error).split())}") from error
    if not isinstance(front, dict) or sorted(front) != sorted(FRONT_MATTER_KEYS):
        raise PromptError(f"{path.name}: front matter must have {', '.join(FRONT_MATTER_KEYS)}")
    if front["name"] != path.stem:
        raise PromptError(f"{path.name}: is named {front['name']!r} in its front matter")
    if front["role"] not in ROLES:
        raise PromptError(f"{path.name}: role {front['role']!r} is none of {', '.join(ROLES)}")
    unknown = variables - set(front["inputs"])
    if unknown:
        raise PromptError(f"{path.name}: uses {sorted(unknown)}, not among its inputs")
    if "<inputs>" in body:
        raise PromptError(f"{path.name}: the inputs block is appended, do not write it")
    return Prompt(
        name=front["name"],
        role=front["role"],
        inputs=frozenset(front["inputs"]),
        paper=str(front["paper"]),
        hash=hashlib.sha256(text.encode("utf-8")).hexdigest(),
        variables=tuple(sorted(variables)),
        template=template,
    )


@lru_cache(maxsize=1)
def _library() -> dict[str, Prompt]:
    return {path.stem: load_prompt(path) for path in sorted(TEMPLATES.glob("*.md"))}


def _body(name: str, used: str) -> str:
    """The template's text for the inputs it looks at, given as JSON."""
    try:
        return _library()[name].template.render(json.loads(used))
    except TemplateError as error:
        raise PromptError(f"prompt {name!r}: {error}") from error


_short_body = lru_cache(maxsize=MAX_CACHED)(_body)

_library()  # now, because files must not be read while an event loop runs
