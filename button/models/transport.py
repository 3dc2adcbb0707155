"""The HTTP client for endpoints: what it sends and follows, and how much it is willing to read.

Redirects are not followed (the key would go along), compressed replies are refused (a small one may
hold hundreds of megabytes), bodies are read up to a limit, certificates are always checked, and the
environment's proxies and certificates count only where the settings ask for them (`trust_env`).
"""

from collections.abc import AsyncIterator

import httpx2
from openai import DefaultAioHttpClient

from button.models.redaction import redacted
from button.models.reply import ReplyError

LONGEST_CONNECT_S = 15.0
PLAIN = ("", "identity")


def http_client(
    *, timeout_s: float, max_response_bytes: int, trust_env: bool = False
) -> httpx2.AsyncClient:
    """A client of the running event loop.

    Its requests raise `ReplyError` for a reply that is compressed or larger than
    `max_response_bytes`. The timeouts are per read; the total is up to the caller.
    """

    async def guard(response: httpx2.Response) -> None:
        _refuse(response, max_response_bytes)

    return DefaultAioHttpClient(
        timeout=httpx2.Timeout(timeout_s, connect=min(timeout_s, LONGEST_CONNECT_S)),
        headers={"accept-encoding": "identity"},
        follow_redirects=False,
        trust_env=trust_env,
        event_hooks={"response": [guard]},
    )


def _refuse(response: httpx2.Response, limit: int) -> None:
    """Refuse by the headers, and put the limit around the body, which is not read yet.

    Raises:
        ReplyError: it is compressed or says that it is too large.
    """
    coding = response.headers.get("content-encoding", "").strip()
    if coding.lower() not in PLAIN:
        named = redacted(coding)[:40]
        raise ReplyError("compressed_reply", f"the reply is compressed ({named!r}), unasked")
    told = response.headers.get("content-length", "")
    if told.isdecimal() and int(told[:20]) > limit:
        raise _too_large(limit)
    if isinstance(response.stream, httpx2.AsyncByteStream):
        response.stream = _Limited(response.stream, limit)


class _Limited(httpx2.AsyncByteStream):
    """A body that ends with an error where it goes beyond the limit."""

    def __init__(self, body: httpx2.AsyncByteStream, limit: int) -> None:
        self._body = body
        self._limit = limit

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = 0
        async for chunk in self._body:
            read += len(chunk)
            if read > self._limit:
                raise _too_large(self._limit)
            yield chunk

    async def aclose(self) -> None:
        await self._body.aclose()


def _too_large(limit: int) -> ReplyError:
    return ReplyError(
        "oversized_reply", f"the reply is larger than {limit} bytes (max_response_bytes)"
    )
