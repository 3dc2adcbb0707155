"""What went wrong with a call, and whose affair it is: pure functions from exceptions to faults.

`transient`  the endpoint or the way to it; asked again, and never held against the item
`run`        every other call would meet it as well (key, model name, quota): the run stops
`item`       this one request is refused for good (too long, filtered, malformed): the item ends

What a model says wrong is no fault here: it is an answer, and the agents deal with it.
Table of faults: OpenAI's error codes; RFC 9110 section 15 (status codes) and 10.2.3 (Retry-After).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Literal

from button.models.redaction import redacted
from button.models.refusals import FORM_WORDS, PARALLEL, REFUSING
from button.models.reply import KEPT_BYTES, ReplyError, beginning

Kind = Literal["transient", "run", "item"]

RATE_LIMITED = "rate_limited"
UNSUPPORTED = "unsupported_parameter"
"""Meaning of what refuses a field, which may be one of a way to ask."""
TIMEOUT = "timeout"
CONNECTION = "connection"
PUSHBACK = frozenset({RATE_LIMITED, "overloaded", TIMEOUT, "gateway_timeout", "request_timeout"})
"""Codes by which an endpoint says that it is asked too much."""
MAX_TEXT = 300
LONGEST_RAW = 4 * KEPT_BYTES

_STATUS: Mapping[int, tuple[Kind, str]] = {
    400: ("item", "bad_request"),
    402: ("run", "payment_required"),
    401: ("run", "unauthorized"),
    403: ("run", "forbidden"),
    404: ("run", "not_found"),
    405: ("run", "not_found"),
    407: ("run", "proxy_refuses"),
    408: ("transient", "request_timeout"),
    409: ("transient", "conflict"),
    410: ("run", "not_found"),
    413: ("item", "too_large"),
    422: ("item", "bad_request"),
    425: ("transient", "too_early"),
    429: ("transient", RATE_LIMITED),
    502: ("transient", "bad_gateway"),
    503: ("transient", "overloaded"),
    504: ("transient", "gateway_timeout"),
    529: ("transient", "overloaded"),
}
_CODES: Mapping[str, tuple[Kind, str]] = {
    "insufficient_quota": ("run", "quota"),
    "billing_hard_limit_reached": ("run", "quota"),
    "billing_not_active": ("run", "quota"),
    "account_deactivated": ("run", "unauthorized"),
    "invalid_api_key": ("run", "unauthorized"),
    "model_not_found": ("run", "not_found"),
    "context_length_exceeded": ("item", "context_length"),
    "content_filter": ("item", "content_filter"),
    "content_policy_violation": ("item", "content_filter"),
    "unsupported_parameter": ("run", UNSUPPORTED),
    "unsupported_value": ("run", UNSUPPORTED),
    "unknown_parameter": ("run", UNSUPPORTED),
}
"""Codes in an error's body, which say more than its status."""
_WAY = re.compile(rf"{FORM_WORDS}|\btools?\b|tool.?choice|tool.?call|\bfunctions?\b", re.IGNORECASE)
"""What an error speaks of that refuses a way to ask: another way may be taken, so no run stops here
(`button.models.dialect` stops it where there is no other)."""
_WORDS: tuple[tuple[tuple[int, ...], re.Pattern[str], tuple[Kind, str]], ...] = (
    (
        (400, 413, 422, 500),
        re.compile(
            r"context.{0,8}(length|window|size)|maximum.{0,20}tokens|too many tokens"
            r"|prompt is too long|exceed.{0,40}(context|tokens)",
            re.IGNORECASE,
        ),
        ("item", "context_length"),
    ),
    (
        (400, 403, 422),
        re.compile(r"content.?(filter|policy|management)|moderation|flagged|safety", re.IGNORECASE),
        ("item", "content_filter"),
    ),
    ((400,), re.compile(r"api.?key", re.IGNORECASE), ("run", "unauthorized")),
    (
        (400, 422),
        re.compile(
            r"extra inputs? (are|is) not permitted|(unrecognized|unknown|unsupported)"
            r" (request )?(argument|field|parameter)",
            re.IGNORECASE,
        ),
        ("run", UNSUPPORTED),
    ),
    (
        (400, 404, 422),
        re.compile(r"model\b.{0,80}\b(not found|does not exist|not exist)", re.IGNORECASE),
        ("run", "not_found"),
    ),
)
"""What errors without a code say in words."""
_WHATEVER_WAY = frozenset({"context_length", "not_found"})
"""Meanings of words that hold even where a way is named, as in the name of a model."""
_CONNECTION_NAMES = frozenset({"APIConnectionError", "TransportError", "ClientError"})
_UNSENT_NAMES = frozenset(
    {"ClientConnectorError", "ConnectionRefusedError", "ConnectionTimeoutError", "gaierror"}
)
"""Not ConnectError: the client calls a connection so that was reset after the request was sent."""
_TIMEOUT_NAMES = frozenset({"APITimeoutError", "TimeoutException"})
_UNCONNECTED_NAME = "ConnectTimeout"
"""Of a connection that took too long; over aiohttp also of one that was lost, whose cause is a
`ClientError` then."""


@dataclass(frozen=True)
class Fault:
    """Why an attempt of a call gave no answer."""

    kind: Kind
    code: str
    """Stable and machine readable."""
    text: str
    """One line for a person, without secrets; longer than it is shown (`MAX_TEXT`)."""
    status: int | None = None
    retry_after_s: float | None = None
    """How long the endpoint asks to be left alone."""
    raw: str = ""
    """How a reply begins that is none."""
    sent: bool = True
    """Whether the endpoint may have got the request, and may bill it."""
    in_reply: bool = False
    """Whether the status stands in a reply that claims success."""

    @property
    def pushback(self) -> bool:
        """Whether fewer calls at once would help."""
        return self.code in PUSHBACK

    @property
    def refused(self) -> bool:
        """Whether the endpoint said that it did no work.

        A gateway whose reply claims success has begun to pass on an answer when it tells a failure
        of the server behind it.
        """
        failed_within = self.in_reply and (self.status or 0) >= 500
        return self.status is not None and self.status >= 400 and not failed_within


def fault_of(error: Exception, *, limit_s: float, now: float) -> Fault:
    """What an exception of a call means.

    Args:
        error: from the client, or from any other chat model.
        limit_s: the deadline of the attempt, for the text.
        now: seconds since 1970, for a Retry-After that names a date.
    """
    if isinstance(error, ReplyError):
        return _of_reply(error)
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _of_status(error, status, now)
    connection = _failed_connection(error)
    if connection is not None:
        text = _line(f"no connection: {type(connection).__name__}: {connection}")
        return Fault("transient", CONNECTION, text, sent=not _never_connected(error))
    names = {parent.__name__ for parent in type(error).__mro__}
    if _UNCONNECTED_NAME in _names_behind(error) or _never_connected(error):
        text = _line(f"no connection: {_deepest(error)}")
        return Fault("transient", CONNECTION, text, sent=not _never_connected(error))
    if isinstance(error, TimeoutError) or names & _TIMEOUT_NAMES:
        return Fault("transient", TIMEOUT, f"no answer within {limit_s:g} s")
    if names & _CONNECTION_NAMES:
        return Fault("transient", CONNECTION, _line(f"no connection: {_deepest(error)}"))
    return Fault("item", "model_error", _line(f"{type(error).__name__}: {error}"))


def retry_after(headers: Mapping[str, str], now: float) -> float | None:
    """The seconds that a response asks to wait; None where it does not, or says nonsense.

    Seconds or an HTTP date (RFC 9110 section 10.2.3); `retry-after-ms` as OpenAI sends it.
    """
    millis = _number(headers.get("retry-after-ms", ""))
    if millis is not None:
        return millis / 1000
    told = headers.get("retry-after", "").strip()
    seconds = _number(told)
    if seconds is not None or not told:
        return seconds
    try:
        return max(0.0, parsedate_to_datetime(told).timestamp() - now)
    except (ValueError, OverflowError):
        return None


def _of_reply(error: ReplyError) -> Fault:
    if error.status is not None and 400 <= error.status <= 599:
        kind, code = _judged(error.status, "", str(error))
        text = _line(str(error))
        return Fault(kind, code, text, error.status, raw=error.raw, in_reply=True)
    return Fault("transient", error.code, _line(str(error)), raw=error.raw)


def _of_status(error: Exception, status: int, now: float) -> Fault:
    code, words = _told(error)
    response = getattr(error, "response", None)
    headers = getattr(response, "headers", None) or {}
    if 300 <= status < 400:
        where = redacted(str(headers.get("location", "nowhere")))[:MAX_TEXT]
        text = f"HTTP {status}: redirects to {where}; redirects are not followed, set base_url"
        return Fault("run", "redirected", _line(text), status)
    kind, name = _judged(status, code, words)
    wait = retry_after(headers, now) if kind == "transient" else None
    return Fault(kind, name, _line(f"HTTP {status}: {words}"), status, wait, _raw(response))


def _judged(status: int, code: str, words: str) -> tuple[Kind, str]:
    # No other way replaces calls at once.
    way = status in REFUSING and _WAY.search(PARALLEL.sub("", words)) is not None
    if code in _CODES and not (way and _CODES[code][1] == UNSUPPORTED):
        return _CODES[code]
    for statuses, pattern, meaning in _WORDS:
        holds = not way or meaning[1] in _WHATEVER_WAY
        if holds and status in statuses and pattern.search(words):
            return meaning
    if way:
        return "item", "bad_request"
    if status in _STATUS:
        return _STATUS[status]
    return ("transient", "server_error") if status >= 500 else ("item", "bad_request")


def _told(error: Exception) -> tuple[str, str]:
    """Code and words of an error's body, whatever its shape."""
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, Mapping) else None
    about = inner if isinstance(inner, Mapping) else {}
    code = about.get("code") or about.get("type") or getattr(error, "code", None)
    words = about.get("message") or getattr(error, "message", None) or str(error)
    return (code if isinstance(code, str) else ""), str(words)


def chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and what is behind it, from the outside in."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        yield error
        seen.append(error)
        error = error.__cause__ or error.__context__


def _failed_connection(error: BaseException) -> OSError | None:
    """The failed connection behind an error, where there is one: clients call it a timeout."""
    for cause in chain(error):
        if isinstance(cause, OSError) and str(cause) and not isinstance(cause, TimeoutError):
            return cause
    return None


def _never_connected(error: BaseException) -> bool:
    """Whether an error says that there was no connection on which to send anything."""
    names = _names_behind(error)
    slow = _UNCONNECTED_NAME in names and "ClientError" not in names
    return slow or not names.isdisjoint(_UNSENT_NAMES)


def _names_behind(error: BaseException) -> set[str]:
    """Names of all classes of an error and its causes."""
    return {parent.__name__ for cause in chain(error) for parent in type(cause).__mro__}


def _deepest(error: BaseException) -> str:
    """The text of the innermost cause that has one."""
    told = str(error)
    for cause in chain(error):
        if cause is not error and str(cause):
            # Some hold the beginning of a reply as an object, whose text is for nobody.
            worded = not cause.args or isinstance(cause.args[0], str | int)
            told = f"{type(cause).__name__}: {cause}" if worded else type(cause).__name__
    return told


def _raw(response: Any) -> str:
    content = getattr(response, "content", b"")
    return beginning(content) if isinstance(content, bytes) else ""


def _number(text: str) -> float | None:
    """A number of seconds that can be waited for; below nothing is nothing."""
    if not re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,9})?", text.strip()):
        return None
    return max(0.0, float(text))


def _line(text: str) -> str:
    # Longer than what is shown: what varies is taken out before the text is cut to its length.
    whole = redacted(text.encode("utf-8", "replace").decode())
    return " ".join(whole.split())[:LONGEST_RAW]
