"""Reversible names: any function name to a legal, unique one, and back."""

import re
from collections.abc import Iterable

from button.canonical import content_hash

MAX_LENGTH = 64
MARK_LENGTH = 7
LEGAL_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}\Z")
"""What every OpenAI-compatible endpoint accepts as a function name, letter or `_` first."""


def legal_names(originals: Iterable[str]) -> dict[str, str]:
    """Original name -> legal name, one to one, whatever the order of `originals`.

    A legal name stays. In any other, what is not a letter, digit, `_` or `-` becomes `_`
    (`math.sqrt` -> `math_sqrt`). Where two would become the same, or a name had to be cut, a mark
    from the hash of the original is added.
    """
    unique = sorted(set(originals))
    plain = {name: _plain(name) for name in unique}
    wanted = list(plain.values())
    legal: dict[str, str] = {}
    taken = {name for name in unique if LEGAL_NAME.match(name)}
    for name in unique:
        if name in taken:
            legal[name] = name
        elif wanted.count(plain[name]) > 1 or len(plain[name]) > MAX_LENGTH or plain[name] in taken:
            legal[name] = _marked(name, plain[name], taken | set(wanted) | set(legal.values()))
        else:
            legal[name] = plain[name]
    return legal


def legal_name(original: str) -> str:
    """The legal name of a function that stands alone."""
    return legal_names([original])[original]


def original_names(legal: dict[str, str]) -> dict[str, str]:
    """The inverse of `legal_names`: legal name -> original name."""
    return {short: original for original, short in legal.items()}


def _plain(name: str) -> str:
    text = re.sub(r"[^A-Za-z0-9_-]", "_", name)
    return text if re.match(r"[A-Za-z_]", text) else f"f_{text}"


def _marked(name: str, plain: str, taken: set[str]) -> str:
    for attempt in range(100):
        mark = "_" + content_hash([name, attempt])[: MARK_LENGTH - 1]
        candidate = plain[: MAX_LENGTH - MARK_LENGTH] + mark
        if candidate not in taken:
            return candidate
    raise AssertionError("one hundred hash marks in a row were taken")
