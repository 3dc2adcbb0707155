"""What rows are compared by: hashed features of what was asked, offered, said and called."""

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from button.canonical import canonical_json
from button.checks.conversation import Conversation
from button.checks.text import words

SHINGLE = 3
"""Words in a row that count as one feature of a text."""


def hashed(text: str) -> int:
    """64 bits of a text, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest(), "big")


def grams(text: str, length: int) -> frozenset[int]:
    """All runs of `length` words; a shorter text is one run. Case and punctuation do not count."""
    tokens = words(text).split()
    if not tokens:
        return frozenset()
    starts = range(max(1, len(tokens) - length + 1))
    return frozenset(hashed(" ".join(tokens[at : at + length])) for at in starts)


def asked(talk: Conversation) -> str:
    """Everything that the human says."""
    return "\n".join(each.content for each in talk.messages if each.role == "user")


def told(talk: Conversation) -> str:
    """The whole conversation, calls included; call ids, which differ anyway, are left out."""
    return "\n".join(_told(talk))


def _told(talk: Conversation) -> Iterator[str]:
    for message in talk.messages:
        if message.role != "system":
            yield message.content
            yield from map(canonical_json, _made(message.tool_calls))


def calls(talk: Conversation) -> tuple[str, ...]:
    """Name and arguments of each call, in order."""
    return tuple(
        canonical_json(made) for message in talk.messages for made in _made(message.tool_calls)
    )


def _made(tool_calls: Iterable[Any] | None) -> list[list[Any]]:
    return [[call.function.name, call.function.arguments] for call in tool_calls or ()]


def functions(tools: Iterable[dict[str, Any]]) -> dict[str, str]:
    """Name -> name with its sorted parameter names; what is no function definition is left out."""
    found = {}
    for tool in tools:
        function = tool.get("function")
        if isinstance(function, dict) and isinstance(function.get("name"), str):
            parameters = function.get("parameters")
            properties = parameters.get("properties") if isinstance(parameters, dict) else None
            named = sorted(map(str, properties)) if isinstance(properties, dict) else []
            found[function["name"]] = f"{function['name']}({', '.join(named)})"
    return found
