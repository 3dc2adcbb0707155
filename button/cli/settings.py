"""Settings of a run: a YAML file, then the flags, checked against the context's pydantic model."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from button.context import Context
from button.errors import ConfigurationError

LARGEST_FILE = 256 * 1024
"""Bytes of a configuration file."""
FLAGS = {"root_seed": "--seed", "parallel_calls": "--parallel"}
"""The flag that sets a setting, where it has one."""
_WORDS = ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:timestamp")
"""What YAML 1.1 takes for a truth value or a moment: `on`, `off` and dates are words here."""


class _StrictLoader(yaml.SafeLoader):
    """YAML without duplicate keys and aliases, which other loaders resolve in silence."""

    yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag not in _WORDS]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for position, key in enumerate(keys):
            if key in keys[:position]:
                raise yaml.MarkedYAMLError(
                    problem=f"key {key!r} stands twice",
                    problem_mark=node.value[position][0].start_mark,
                )
        return super().construct_mapping(node, deep)


def read_settings(path: Path | None, flags: dict[str, Any]) -> Context:
    """The context of a run. Flags that were not given (None) leave the file's value.

    Raises:
        ConfigurationError: the file cannot be read, or a key or value is not allowed; the text
            names file, line and what is allowed.
    """
    values = {} if path is None else _read_file(path)
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        return Context.model_validate({**values, **given})
    except ValidationError as error:
        raise ConfigurationError(_explain(error, path, given)) from None


def _read_file(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise ConfigurationError(f"{str(path)!r} is larger than {LARGEST_FILE} bytes")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"cannot read {str(path)!r}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigurationError(f"{str(path)!r} is not UTF-8 text") from None
    try:
        values = yaml.load(text, _StrictLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = mark.line + 1 if mark else 1
        raise ConfigurationError(f"{path.name}:{line}: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{path.name}: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ConfigurationError(f"{path.name}: nested too deeply") from None
    if values is None:
        return {}
    if not isinstance(values, dict) or not all(isinstance(key, str) for key in values):
        raise ConfigurationError(f"{path.name}:1: settings are a mapping of names to values")
    return values


def _explain(error: ValidationError, path: Path | None, flags: dict[str, Any]) -> str:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    top = str(first["loc"][0]) if first["loc"] else ""
    where = FLAGS.get(top, top) if top in flags else _place(path, top)
    if first["type"] == "extra_forbidden":
        allowed = ", ".join(sorted(Context.model_fields))
        return f"{where}: unknown setting {key!r}; known are {allowed}"
    return f"{where}: {key}: {first['msg']}, not {first.get('input')!r}"


def _place(path: Path | None, key: str) -> str:
    if path is None:
        return key
    lines = path.read_text(encoding="utf-8").splitlines()
    line = next((n for n, text in enumerate(lines, 1) if text.startswith(f"{key}:")), 1)
    return f"{path.name}:{line}"
