"""One JSON document taken apart element by element, so that a list of any length fits in memory."""

import json
from collections.abc import Callable, Iterator

CHUNK = 1 << 18
"""Characters read at a time."""
MAX_ELEMENT = 64_000_000
"""Longest element of a list, in characters."""
_SPACE = " \t\r\n"
_AFTER = tuple(f"{_SPACE},]}}")
_DECODER = json.JSONDecoder()


def elements(read: Callable[[int], str], max_object: int) -> Iterator[str]:
    """The text of each element of a list, or of the one object.

    `read` gives the next characters of the document, "" at its end.

    Raises:
        ValueError: where the document is no list or object, breaks off, or has an element that
            cannot be told from the next or is too long; elements before it have been given.
    """
    window = _Window(read)
    first = window.peek()
    if first == "{":
        yield window.element(max_object)
    elif first == "[":
        yield from _listed(window)
    else:
        raise ValueError("neither a list nor an object")
    if window.peek():
        raise ValueError("something follows its end")


def _listed(window: "_Window") -> Iterator[str]:
    number = 0
    window.take()
    while window.peek() != "]":
        if number:
            if window.peek() != ",":
                raise ValueError(f"after element {number}: expecting ',' or ']'")
            window.take()
            window.peek()
        number += 1
        try:
            yield window.element(MAX_ELEMENT)
        except ValueError as error:
            raise ValueError(f"element {number}: {error}") from error
    window.take()


class _Window:
    """The part of the document that is being looked at."""

    def __init__(self, read: Callable[[int], str]) -> None:
        self._read = read
        self._text = ""
        self._at = 0
        self._ended = False

    def peek(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text) or self._ended:
                return self._text[self._at : self._at + 1]
            self._more(CHUNK)

    def take(self) -> None:
        """Pass over one character."""
        self._at += 1

    def element(self, longest: int) -> str:
        """The text of the value that begins here."""
        while True:
            try:
                _, end = _DECODER.raw_decode(self._text, self._at)
            except ValueError as error:
                # It may only be cut off by the end of the window.
                if self._ended:
                    raise ValueError(getattr(error, "msg", str(error))) from error
                end = None
            # A number that is cut by the end of the window (`1`, `1.`) may go on after it.
            if end is not None and (self._ended or self._text[end : end + 1] in _AFTER):
                text = self._text[self._at : end]
                self._at = end
                return text
            if len(self._text) - self._at > longest:
                raise ValueError(f"broken, or longer than {longest} characters")
            self._more(max(CHUNK, len(self._text) - self._at))

    def _more(self, size: int) -> None:
        piece = self._read(size)
        self._ended = not piece
        self._text = self._text[self._at :] + piece
        self._at = 0
