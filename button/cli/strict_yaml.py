"""YAML without surprises: no duplicate keys, no aliases, no words that turn into something else.

YAML 1.1 takes `on`, `no`, dates, `12:30` and `010` for truth values, moments and odd numbers. Here
they are words and decimal numbers; `true`, `false` and `null` are what they look like.
"""

import re
from pathlib import Path
from typing import Any

import yaml

from button.errors import ConfigurationError

LARGEST_FILE = 1_000_000
"""Bytes of a configuration file."""
KeyPath = tuple[str | int, ...]
_TAG = "tag:yaml.org,2002:"


class _StrictLoader(yaml.SafeLoader):
    """A safe loader that refuses aliases and duplicate keys."""

    yaml_implicit_resolvers = {
        first: [
            (tag, pattern)
            for tag, pattern in resolvers
            if tag.removeprefix(_TAG) not in ("bool", "timestamp", "int", "float")
        ]
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


_StrictLoader.add_implicit_resolver(f"{_TAG}bool", re.compile("^(?:true|false)$"), list("tf"))
_StrictLoader.add_implicit_resolver(
    f"{_TAG}int", re.compile(r"^[-+]?(?:0|[1-9][0-9]{0,99})$"), list("-+0123456789")
)
_StrictLoader.add_implicit_resolver(
    f"{_TAG}float",
    re.compile(r"^[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$"),
    list("-+.0123456789"),
)


def read_file(path: Path) -> str:
    """The text of a configuration file.

    Raises:
        ConfigurationError: it cannot be read, is too large or no UTF-8 text.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise ConfigurationError(f"cannot read {str(path)!r}: {error.strerror}") from None
    if len(raw) > LARGEST_FILE:
        raise ConfigurationError(f"{str(path)!r} is larger than {LARGEST_FILE:,} bytes")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{str(path)!r} is not UTF-8 text") from None


def parse(text: str, name: str) -> tuple[Any, dict[KeyPath, int]]:
    """The value that `text` holds, and the line of each key in it; `name` stands in errors.

    Raises:
        ConfigurationError: it is no YAML, or YAML that is refused here; the text names the line.
    """
    loader = _loader(text, name)
    lines: dict[KeyPath, int] = {}
    try:
        node = loader.get_single_node()
        if node is None:
            return None, lines
        _find_lines(node, (), lines)
        return loader.construct_document(node), lines
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigurationError(f"{name}:{line}: {error.problem}") from None
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{name}: {' '.join(str(error).split())}") from None
    except RecursionError:
        raise ConfigurationError(f"{name}: nested too deeply") from None
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"{name}: {' '.join(str(error).split())}") from None
    finally:
        loader.dispose()


def _loader(text: str, name: str) -> _StrictLoader:
    try:
        return _StrictLoader(text)
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{name}: {' '.join(str(error).split())}") from None


def _find_lines(node: yaml.Node, path: KeyPath, lines: dict[KeyPath, int]) -> None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            inner = (*path, str(key.value))
            lines[inner] = key.start_mark.line + 1
            _find_lines(value, inner, lines)
    elif isinstance(node, yaml.SequenceNode):
        for position, value in enumerate(node.value):
            lines[*path, position] = value.start_mark.line + 1
            _find_lines(value, (*path, position), lines)
