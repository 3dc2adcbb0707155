"""Text made comparable: case, accents, quotes and punctuation do not count, word borders do."""

import re
import unicodedata
from functools import lru_cache

from button.checks.chinese import UNSPACED

_SEPARATORS = re.compile(r"[\W_]+")
_SHORT = 100


def words(text: str) -> str:
    """`text` as lower-case words with one space between and around them.

    The outer spaces make `words(a) in words(b)` true only at word borders. Scripts that are written
    without spaces (Chinese, Japanese, Thai...) are spaced character by character for the same end.
    """
    return _words_of_short(text) if len(text) <= _SHORT else _words(text)


def _words(text: str) -> str:
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
        text = UNSPACED.sub(lambda match: f" {match.group()} ", text)
    return f" {_SEPARATORS.sub(' ', text.casefold()).strip()} "


def lower_in_place(text: str) -> str:
    """`text` in lower case with every letter in its place; `str.lower` makes two of `İ`."""
    return text.replace("İ", "I").lower()


_words_of_short = lru_cache(maxsize=1 << 13)(_words)
"""Names of properties and values, which are asked for many times."""


@lru_cache(maxsize=1 << 14)
def stem(word: str) -> str:
    """The word without a plural ending, so that `boots` and `boot` are one."""
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 4 and word.endswith(("ses", "xes", "zes", "ches", "shes")):
        return word[:-2]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def joined_runs(text: str, longest: int = 5) -> frozenset[str]:
    """Every run of up to `longest` neighbouring words, written without spaces.

    `BK-44 71` and `bk4471` meet here, while a truncated `K4471` does not.
    """
    tokens = words(text).split()
    return frozenset(
        "".join(tokens[start : start + length])
        for length in range(1, longest + 1)
        for start in range(len(tokens) - length + 1)
    )


def vocabulary(listed: str) -> tuple[str, ...]:
    """The words of a constant, in order."""
    return tuple(listed.split())


def shorten(value: object, limit: int = 60) -> str:
    """A value in quotes for a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 3] + "..."
