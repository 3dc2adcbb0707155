"""Ids and other values replaced by those of another task: does the grounding check notice?"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from button.checks import Conversation, grounding
from button.checks.leaves import Leaf
from button.checks.prepared import Prepared
from button.checks.profile import Profile
from button.checks.view import Call

ID_KEY = re.compile(r"(?:\w+_)?id|\w+_token")


@dataclass
class Swaps:
    """How many ids were replaced in one data set, and how many of them noticed."""

    name: str
    made: int = 0
    noticed: int = 0
    missed: list[str] = field(default_factory=list)


def swaps(
    name: str,
    talks: Sequence[tuple[str, Conversation]],
    profile: Profile,
    keys: re.Pattern[str] = ID_KEY,
) -> Swaps:
    """Replace every id of every call, one at a time, by the next other one of its kind.

    `keys` are the names of the arguments that are replaced.

    `talks` are (task, conversation): ids of the same task never replace each other.
    """
    held = {key: list(values) for key, values in _values(talks, keys).items()}
    found = Swaps(name)
    for index, (task, talk) in enumerate(talks):
        for call, leaf in _leaves(talk, keys):
            others = [
                value for owner, value in held[leaf.key] if owner != task and value != leaf.value
            ]
            if not others:
                continue
            value = others[index % len(others)]
            found.made += 1
            if _noticed(_with(talk, call, leaf, value), call, leaf, profile):
                found.noticed += 1
            else:
                place = f"{name}, row {index + 1}, message {call.message}"
                found.missed.append(f"{place}: {call.name} {leaf.path} {leaf.value!r} -> {value!r}")
    return found


def _values(
    talks: Sequence[tuple[str, Conversation]], keys: re.Pattern[str]
) -> dict[str, dict[tuple[str, str], None]]:
    """By property name: (task, value), each once, in order."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for task, talk in talks:
        for _, leaf in _leaves(talk, keys):
            found.setdefault(leaf.key, {})[task, str(leaf.value)] = None
    return found


def _leaves(talk: Conversation, keys: re.Pattern[str]) -> Iterator[tuple[Call, Leaf]]:
    for call in Prepared.of(talk).calls:
        for leaf in call.leaves:
            if keys.fullmatch(leaf.key) and isinstance(leaf.value, str) and not call.refused:
                yield call, leaf


def _with(talk: Conversation, call: Call, leaf: Leaf, value: str) -> Conversation:
    """The conversation with another value for one argument."""
    messages = list(talk.messages)
    message = messages[call.message]
    calls = list(message.tool_calls or ())
    function = calls[call.position].function
    arguments = _replaced(function.arguments, leaf.keys, value)
    changed = function.model_copy(update={"arguments": arguments})
    calls[call.position] = calls[call.position].model_copy(update={"function": changed})
    messages[call.message] = message.model_copy(update={"tool_calls": tuple(calls)})
    return replace(talk, messages=tuple(messages))


def _replaced(node: Any, keys: tuple[str | int, ...], value: str) -> Any:
    if not keys:
        return value
    if isinstance(node, list):
        return [_replaced(x, keys[1:], value) if i == keys[0] else x for i, x in enumerate(node)]
    return {k: _replaced(x, keys[1:], value) if k == keys[0] else x for k, x in node.items()}


def _noticed(talk: Conversation, call: Call, leaf: Leaf, profile: Profile) -> bool:
    return any(
        finding.code == "ungrounded_argument"
        and finding.message == call.message
        and finding.path == call.path + leaf.path[1:]
        for finding in grounding.check(Prepared.of(talk, profile))
    )
