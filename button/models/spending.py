"""What attempts cost, in whole numbers: at most before they are sent, and in fact afterwards.

Nothing is estimated too low: where an endpoint does not say what it counted, the highest number
counts that can be true, and is marked as estimated.
"""

from collections.abc import Iterable
from operator import add, sub
from typing import Any, NamedTuple

from langchain_core.messages import AIMessage

from button.models.encoding import compact_json
from button.models.faults import Fault
from button.models.meter import Attempt
from button.models.prices import Price, Rate
from button.models.reasoning import KEY

MESSAGE_TOKENS = 16
"""Tokens around each message that a chat template may add."""
REQUEST_TOKENS = 64
"""Tokens around a whole request that a chat template may add."""
ASSUMED_WRITTEN = 4096
"""Longest answer, in tokens, where nothing bounds it and no budget needs to know."""


class Spent(NamedTuple):
    """Sums over attempts."""

    requests: int = 0
    """Attempts that were sent, or may have been."""
    answers: int = 0
    read: int = 0
    """Tokens."""
    written: int = 0
    """Tokens."""
    picodollars: int = 0
    """Of the attempts that have a price."""
    estimated: int = 0
    """Attempts whose tokens are what they can have been at most, because nobody told."""
    clamped: int = 0
    """Answers whose endpoint told of more tokens than there can have been."""
    unpriced: int = 0
    """Attempts that were sent to an endpoint without a known price."""

    @property
    def tokens(self) -> int:
        """Read and written."""
        return self.read + self.written

    def plus(self, other: "Spent") -> "Spent":
        """The sum."""
        return Spent(*map(add, self, other))

    def minus(self, other: "Spent") -> "Spent":
        """The difference."""
        return Spent(*map(sub, self, other))


def total(parts: Iterable[Spent]) -> Spent:
    """The sum of all."""
    result = Spent()
    for part in parts:
        result = result.plus(part)
    return result


class Bound(NamedTuple):
    """What one attempt can cost."""

    most: Spent
    rate: Rate | None
    """None where the price is unknown."""
    is_bounded: bool
    """Whether the endpoint is told how long its answer may be."""


def bound_of(attempt: Attempt, price: Price | None) -> Bound:
    """The most that an attempt can cost."""
    read = _most_read(attempt)
    longest = attempt.kwargs.get("max_tokens") or attempt.settings.max_tokens
    rate = None if price is None else price.at_most(read)
    most = _priced(Spent(requests=1, read=read, written=longest or ASSUMED_WRITTEN), rate)
    return Bound(most, rate, longest is not None)


def cost_of(bound: Bound, told: AIMessage | Fault | None) -> Spent:
    """What an attempt did cost, by what came of it (see `button.models.meter.Reservation`).

    A refusal costs nothing but the request. An answer that never came, or that nobody could read,
    may have been billed in full.
    """
    if isinstance(told, AIMessage):
        return _priced(_counted(bound, told), bound.rate)
    if told is not None and not told.sent:
        return Spent()
    if told is not None and told.refused:
        return _priced(Spent(requests=1), bound.rate)
    return bound.most._replace(estimated=1)


def _counted(bound: Bound, answer: AIMessage) -> Spent:
    usage = answer.usage_metadata
    most_read, most_written = bound.most.read, bound.most.written
    read = usage["input_tokens"] if usage else 0
    written = usage["output_tokens"] if usage else 0
    # Every request has words: who counts none of them does not count.
    if read <= 0 or written < 0:
        said = _said(answer)
        shown = min(said, most_written) if bound.is_bounded else said
        return Spent(requests=1, answers=1, read=most_read, written=shown, estimated=1)
    if not bound.is_bounded:
        most_written = max(most_written, written)
    clamped = read > most_read or written > most_written
    return Spent(
        requests=1,
        answers=1,
        read=min(read, most_read),
        written=min(written, most_written),
        clamped=int(clamped),
    )


def _priced(spent: Spent, rate: Rate | None) -> Spent:
    if rate is None:
        return spent._replace(unpriced=spent.requests)
    cost = spent.read * rate.read + spent.written * rate.written
    return spent._replace(picodollars=cost)


def _most_read(attempt: Attempt) -> int:
    """At least as many tokens as the request has: no tokenizer makes more than one of a byte."""
    tokens = REQUEST_TOKENS + _size(dict(attempt.kwargs)) + _size(attempt.settings.extra_body)
    for message in attempt.messages:
        tokens += MESSAGE_TOKENS + _size(message.content)
        if isinstance(message, AIMessage) and message.tool_calls:
            tokens += _size(message.tool_calls)
    return tokens


def _said(answer: AIMessage) -> int:
    """At least as many tokens as an answer shows; thoughts that are not shown are not in it."""
    shown = (
        answer.content,
        answer.additional_kwargs.get(KEY, ""),
        answer.additional_kwargs.get("refusal", ""),
    )
    calls = [answer.tool_calls, answer.invalid_tool_calls]
    return sum(map(_size, shown)) + sum(_size(each) for each in calls if each)


def _size(value: Any) -> int:
    """Bytes of a text or of a JSON value."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
    try:
        text = compact_json(value)
        # Templates write spaces after these.
        return len(text) + text.count(b",") + text.count(b":")
    except (TypeError, ValueError):  # what it is costs nothing here; to send it will fail
        return len(str(value).encode("utf-8", "replace"))
