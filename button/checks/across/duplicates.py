"""Rows that are there already: exactly, or nearly, by request, functions or whole conversation."""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from button.checks.across.features import SHINGLE, asked, functions, grams, hashed, told
from button.checks.across.minhash import NearDuplicates, signature
from button.checks.across.numbers import Numbers
from button.checks.codes import Code
from button.checks.conversation import Conversation
from button.checks.text import words
from button.records import Finding

Aspect = Literal["conversation", "request", "functions"]

DUPLICATE_CONVERSATION = Code(
    "duplicate_conversation", "error", "construction", "The whole conversation is in another row."
)
NEAR_DUPLICATE_CONVERSATION = Code(
    "near_duplicate_conversation",
    "warning",
    "construction",
    "The conversation is nearly that of another row.",
)
DUPLICATE_REQUEST = Code(
    "duplicate_request", "error", "construction", "The human says the same in another row."
)
NEAR_DUPLICATE_REQUEST = Code(
    "near_duplicate_request",
    "warning",
    "construction",
    "The human says nearly the same in another row.",
)
DUPLICATE_FUNCTIONS = Code(
    "duplicate_functions", "info", "construction", "Another row offers the same functions."
)
NEAR_DUPLICATE_FUNCTIONS = Code(
    "near_duplicate_functions",
    "info",
    "construction",
    "Another row offers nearly the same functions.",
)
CODES = (
    DUPLICATE_CONVERSATION,
    NEAR_DUPLICATE_CONVERSATION,
    DUPLICATE_REQUEST,
    NEAR_DUPLICATE_REQUEST,
    DUPLICATE_FUNCTIONS,
    NEAR_DUPLICATE_FUNCTIONS,
)


class _Aspect(NamedTuple):
    exact: Code
    near: Code
    what: str


_ASPECTS: dict[Aspect, _Aspect] = {
    "conversation": _Aspect(
        DUPLICATE_CONVERSATION, NEAR_DUPLICATE_CONVERSATION, "the conversation is {} that"
    ),
    "request": _Aspect(DUPLICATE_REQUEST, NEAR_DUPLICATE_REQUEST, "what the human says is {} that"),
    "functions": _Aspect(
        DUPLICATE_FUNCTIONS, NEAR_DUPLICATE_FUNCTIONS, "the functions are {} those"
    ),
}


class Fingerprint(NamedTuple):
    """What a row is compared by: a few hundred bytes, made wherever the row is read."""

    texts: tuple[int, ...]
    """For each aspect the hash of what must be equal in exact duplicates."""
    near: tuple[bytes | None, ...]
    """For each aspect the signature; None where the row has nothing of the kind."""

    @classmethod
    def of(cls, talk: Conversation) -> "Fingerprint":
        """The fingerprint of a conversation."""
        parts = [_content(aspect, talk) for aspect in _ASPECTS]
        return cls(
            tuple(hashed(text) for text, _ in parts),
            tuple(signature(features) for _, features in parts),
        )


def _row(number: int) -> str:
    return f"row {number}"


class Duplicates:
    """Takes the rows of a dataset one after the other; of each it keeps less than a kilobyte."""

    def __init__(self, similarity: float = 0.8, place: Callable[[int], str] = _row) -> None:
        self._exact = {aspect: Numbers() for aspect in _ASPECTS}
        self._near = {aspect: NearDuplicates(similarity) for aspect in _ASPECTS}
        self._place = place
        """How a person finds the row of a number again; rows are counted from 0."""
        self._rows = 0

    def add(self, row: Fingerprint) -> list[Finding]:
        """What the next row has in common with an earlier one.

        A row that is there already as a whole is not said to be so in its parts.
        """
        number = self._rows
        self._rows += 1
        found = [
            finding
            for aspect, text, near in zip(_ASPECTS, row.texts, row.near, strict=True)
            for finding in self._compared(aspect, text, near, number)
        ]
        whole = [each for each in found if each.code == DUPLICATE_CONVERSATION.name]
        return whole or found

    def _compared(
        self, aspect: Aspect, text: int, made: bytes | None, number: int
    ) -> Iterator[Finding]:
        if made is None:
            return
        kind = _ASPECTS[aspect]
        near = self._near[aspect].most_like(made, number)
        self._near[aspect].add(number, made)
        first = self._exact[aspect].first(text, number)
        if first != number:
            same = " ".join(kind.what.format("").split())
            yield kind.exact.found(f"{same} of {self._place(first)}")
        elif near is not None:
            yield kind.near.found(
                f"{kind.what.format('nearly')} of {self._place(near[0])} ({near[1]:.0%} alike)"
            )


def request_signature(text: str) -> bytes | None:
    """The signature by which near duplicates of a request are found; None for an empty one."""
    return signature(grams(text, SHINGLE))


def _content(aspect: Aspect, talk: Conversation) -> tuple[str, frozenset[int]]:
    """The text that must be equal in exact duplicates, and the features of near ones."""
    if aspect == "functions":
        signatures = sorted(functions(talk.tools).values())
        return "\n".join(signatures), frozenset(map(hashed, signatures))
    text = asked(talk) if aspect == "request" else told(talk)
    return words(text), grams(text, SHINGLE)
