"""Functions of conversations, read and judged once: rows of one dataset offer the same again."""

import marshal
from functools import cached_property, lru_cache
from typing import Any

from pydantic import ValidationError

from button.records import FunctionSignature
from tools.gate import Problem, signature_problems

_MOST_KNOWN = 2_048
_LONGEST = 16_000
"""Bytes beyond which a tool is not remembered: what is kept stays small, whatever rows bring."""


class KnownTool:
    """One tool as a signature, or why it is none; and what the gate says of it."""

    def __init__(self, tool: dict[str, Any]) -> None:
        self.signature: FunctionSignature | str
        try:
            self.signature = FunctionSignature.from_openai(tool)
        except (ValidationError, KeyError, TypeError) as error:
            self.signature = str(error).splitlines()[0]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """What the gate says against it; nothing where it is no signature."""
        if isinstance(self.signature, str):
            return ()
        return signature_problems(self.signature, returns_required=False)


def known_tool(tool: dict[str, Any]) -> KnownTool:
    """The same for the same tool: equal in all keys, their order, and the types of all values."""
    try:
        written = marshal.dumps(tool, 0)  # tells apart what JSON does not: 1 and True, "1" and 1
    except ValueError:  # nested too deeply, or no plain data
        return KnownTool(tool)
    return _remembered(written) if len(written) <= _LONGEST else KnownTool(tool)


@lru_cache(maxsize=_MOST_KNOWN)
def _remembered(written: bytes) -> KnownTool:
    return KnownTool(marshal.loads(written))
