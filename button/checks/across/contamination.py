"""Rows that are in a benchmark: by their words, their functions or their chain of calls."""

from collections.abc import Iterable, Iterator

from button.checks.across.features import asked, calls, functions, grams, hashed
from button.checks.codes import Code
from button.checks.conversation import Conversation
from button.checks.text import shorten, words
from button.records import Finding

CONTAMINATED_TEXT = Code(
    "contaminated_text",
    "error",
    "construction",
    "At least half of what the human says, in runs of eight words, is in the benchmark.",
)
CONTAMINATED_CALLS = Code(
    "contaminated_calls",
    "error",
    "construction",
    "The chain of calls, with all arguments, is that of a benchmark item.",
)
CONTAMINATED_FUNCTION = Code(
    "contaminated_function",
    "warning",
    "construction",
    "A function has the name and the parameters of one of the benchmark.",
)
CODES = (CONTAMINATED_TEXT, CONTAMINATED_CALLS, CONTAMINATED_FUNCTION)

RUN = 8
"""Words in a row that are no chance."""
SHARE = 0.5
"""Share of a request's runs that must be in the benchmark."""
_SHORTEST = 4
"""Words of a request shorter than a run that count when they are the same as a whole."""


class Benchmark:
    """What is known of the benchmarks against which rows are compared: hashes only."""

    def __init__(self, talks: Iterable[Conversation]) -> None:
        self.items = 0
        self._runs: set[int] = set()
        self._chains: set[int] = set()
        self._functions: set[str] = set()
        for talk in talks:
            self._add(talk)

    def _add(self, talk: Conversation) -> None:
        self.items += 1
        self._runs.update(grams(asked(talk), RUN))
        self._functions.update(
            signature for signature in functions(talk.tools).values() if "()" not in signature
        )
        if chain := _chain(talk):
            self._chains.add(chain)

    def compare(self, talk: Conversation) -> list[Finding]:
        """What of a row is in the benchmark."""
        return [*self._text(talk), *self._calls(talk), *self._offered(talk)]

    def _text(self, talk: Conversation) -> Iterator[Finding]:
        text = asked(talk)
        runs = grams(text, RUN)
        if len(words(text).split()) < _SHORTEST:
            return
        share = len(runs & self._runs) / len(runs)
        if share >= SHARE:
            yield CONTAMINATED_TEXT.found(
                f"{share:.0%} of what the human says is in the benchmark: {shorten(text)}"
            )

    def _calls(self, talk: Conversation) -> Iterator[Finding]:
        chain = _chain(talk)
        if chain in self._chains:
            made = calls(talk)
            many = f"{len(made)} calls" if len(made) > 1 else "the call"
            yield CONTAMINATED_CALLS.found(f"{many} as in the benchmark: {made[0]}")

    def _offered(self, talk: Conversation) -> Iterator[Finding]:
        for name, signature in functions(talk.tools).items():
            if signature in self._functions:
                yield CONTAMINATED_FUNCTION.found(f"{name!r} is in the benchmark as {signature}")


def _chain(talk: Conversation) -> int | None:
    """The calls as one number; None where there is none, or where none says anything."""
    made = calls(talk)
    return hashed("\n".join(made)) if any(not each.endswith(",{}]") for each in made) else None
