"""Faults of the way: what a broken, overloaded or hostile server does with a connection."""

import asyncio
import gzip
import json
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from typing import Any

BIG = 10_000_000
BOMB = 30_000_000


@dataclass(frozen=True)
class Exchange:
    """One request whose answer is spoiled."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    completion: Callable[[], dict[str, Any]]
    """Makes the right answer."""
    authorization: str
    redirect_to: str
    closing: asyncio.Event
    """Set when the server stops: what hangs ends."""


Fault = Callable[[Exchange], Awaitable[None]]
"""Writes what it likes. The connection is closed afterwards."""


def head(status: int, headers: Mapping[str, str]) -> bytes:
    """Status line and headers of a response."""
    lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {text}" for name, text in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


async def reply(
    writer: asyncio.StreamWriter, body: bytes, *, status: int = 200, **headers: str
) -> None:
    """A whole response."""
    told = {"content-type": "application/json", "content-length": str(len(body))}
    told |= {name.replace("_", "-"): text for name, text in headers.items()}
    writer.write(head(status, told) + body)
    await writer.drain()


def _error(status: int, message: str, code: str | None = None, **headers: str) -> Fault:
    async def fault(exchange: Exchange) -> None:
        told = {"error": {"message": message, "type": "injected", "param": None, "code": code}}
        await reply(exchange.writer, json.dumps(told).encode(), status=status, **headers)

    return fault


def _body(make: Callable[[Exchange], bytes], **headers: str) -> Fault:
    async def fault(exchange: Exchange) -> None:
        await reply(exchange.writer, make(exchange), status=200, **headers)

    return fault


def _changed(change: Callable[[dict[str, Any]], Any]) -> Fault:
    """A reply whose envelope is wrong."""

    def make(exchange: Exchange) -> bytes:
        completion = exchange.completion()
        change(completion)
        return json.dumps(completion).encode()

    return _body(make)


def _said(completion: dict[str, Any]) -> dict[str, Any]:
    message: dict[str, Any] = completion["choices"][0]["message"]
    return message


def _right(exchange: Exchange) -> bytes:
    return json.dumps(exchange.completion()).encode()


async def _date(exchange: Exchange) -> None:
    when = formatdate(time.time() + 1, usegmt=True)
    await _error(429, "slow down", retry_after=when)(exchange)


async def _echo(exchange: Exchange) -> None:
    text = f"Incorrect API key provided: {exchange.authorization}"
    await _error(401, text, "invalid_api_key")(exchange)


async def _reset(exchange: Exchange) -> None:
    at_once = struct.pack("ii", 1, 0)
    exchange.writer.get_extra_info("socket").setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, at_once
    )
    exchange.writer.transport.abort()


async def _close(exchange: Exchange) -> None:
    """Nothing is written."""


async def _half_head(exchange: Exchange) -> None:
    exchange.writer.write(b"HTTP/1.1 200 OK\r\ncontent-ty")
    await exchange.writer.drain()


async def _half_body(exchange: Exchange) -> None:
    body = _right(exchange)
    told = {"content-type": "application/json", "content-length": str(len(body))}
    exchange.writer.write(head(200, told) + body[: len(body) // 2])
    await exchange.writer.drain()


async def _no_http(exchange: Exchange) -> None:
    exchange.writer.write(b"220 mail.example ESMTP ready\r\n\r\n")
    await exchange.writer.drain()


async def _hang(exchange: Exchange) -> None:
    """Until the client or the server goes; both end the reading."""
    await exchange.reader.read(1)


async def _slow(exchange: Exchange) -> None:
    body = _right(exchange)
    told = {"content-type": "application/json", "content-length": str(len(body))}
    exchange.writer.write(head(200, told))
    for at in range(len(body)):
        exchange.writer.write(body[at : at + 1])
        await exchange.writer.drain()
        await _pause(exchange, 0.02)


async def _endless(exchange: Exchange) -> None:
    told = {"content-type": "application/json", "transfer-encoding": "chunked"}
    exchange.writer.write(head(200, told))
    chunk = b"2000\r\n" + 0x2000 * b" " + b"\r\n"
    while not exchange.closing.is_set():
        exchange.writer.write(chunk)
        await exchange.writer.drain()


async def _pause(exchange: Exchange, seconds: float) -> None:
    try:
        await asyncio.wait_for(exchange.closing.wait(), seconds)
    except TimeoutError:
        return


async def _redirect(exchange: Exchange) -> None:
    await reply(exchange.writer, b"", status=307, location=exchange.redirect_to)


@lru_cache(maxsize=1)
def _bomb() -> bytes:
    return gzip.compress(b" " * BOMB, compresslevel=1)


_HTML = b"<!doctype html><html><body>The service is busy.</body></html>"
_BIG_WORDS = {"choices": [{"message": {"role": "assistant", "content": "x" * BIG}}]}

WIRE: dict[str, Fault] = {
    "status_400": _error(400, "bad request"),
    "status_400_context": _error(
        400, "This model's maximum context length is 4096 tokens.", "context_length_exceeded"
    ),
    "status_400_filter": _error(400, "the prompt was filtered", "content_filter"),
    "status_400_parameter": _error(400, "Unsupported parameter: 'seed'", "unsupported_parameter"),
    "status_401": _error(401, "Incorrect API key provided", "invalid_api_key"),
    "status_401_echo": _echo,
    "status_402": _error(402, "payment required"),
    "status_403": _error(403, "forbidden"),
    "status_404": _error(404, "The model 'served' does not exist", "model_not_found"),
    "status_408": _error(408, "request timeout"),
    "status_409": _error(409, "conflict"),
    "status_413": _error(413, "request too large"),
    "status_422": _error(422, "unprocessable"),
    "status_425": _error(425, "too early"),
    "status_429": _error(429, "slow down", "rate_limit_exceeded"),
    "status_429_quota": _error(429, "You exceeded your current quota", "insufficient_quota"),
    "status_500": _error(500, "internal"),
    "status_502": _error(502, "bad gateway"),
    "status_503": _error(503, "overloaded"),
    "status_504": _error(504, "gateway timeout"),
    "status_529": _error(529, "overloaded"),
    "retry_after_1": _error(429, "slow down", retry_after="1"),
    "retry_after_90": _error(429, "slow down", retry_after="90"),
    "retry_after_3600": _error(429, "slow down", retry_after="3600"),
    "retry_after_date": _date,
    "retry_after_garbage": _error(429, "slow down", retry_after="soon"),
    "retry_after_negative": _error(429, "slow down", retry_after="-30"),
    "reset": _reset,
    "eof": _close,
    "truncated_head": _half_head,
    "truncated_body": _half_body,
    "no_http": _no_http,
    "hang": _hang,
    "slow_loris": _slow,
    "bad_json": _body(lambda exchange: _right(exchange)[:-9]),
    "html": _body(lambda exchange: _HTML, content_type="text/html"),
    "error_in_200": _body(lambda exchange: b'{"error":{"message":"busy","code":503}}'),
    "empty_body": _body(lambda exchange: b""),
    "json_array": _body(lambda exchange: b"[]"),
    "json_deep": _body(lambda exchange: b"[" * 100_000),
    "choices_missing": _changed(lambda completion: completion.pop("choices")),
    "choices_empty": _changed(lambda completion: completion.update(choices=[])),
    "choices_null": _changed(lambda completion: completion.update(choices=None)),
    "message_null": _changed(lambda completion: completion["choices"][0].update(message=None)),
    "message_missing": _changed(lambda completion: completion["choices"][0].pop("message")),
    "content_number": _changed(lambda completion: _said(completion).update(content=7)),
    "calls_text": _changed(lambda completion: _said(completion).update(tool_calls="f()")),
    "bad_utf8": _body(lambda exchange: _right(exchange).replace(b'"role"', b'"r\xff": 1, "role"')),
    "big_body": _body(lambda exchange: json.dumps(_BIG_WORDS).encode()),
    "gzip_bomb": _body(lambda exchange: _bomb(), content_encoding="gzip"),
    "gzip_reply": _body(lambda exchange: gzip.compress(_right(exchange)), content_encoding="gzip"),
    "endless_chunks": _endless,
    "redirect": _redirect,
}
"""Faults by name."""

STOPPING = frozenset(
    {
        "status_400_parameter", "status_401", "status_401_echo", "status_402", "status_403",
        "status_404", "status_429_quota", "redirect",
    }
)  # fmt: skip
"""Those that end a run: no later call would fare better."""
FINAL = frozenset({"status_400", "status_400_context", "status_400_filter", "status_413",
                   "status_422"})  # fmt: skip
"""Those that end an item."""
PASSING = tuple(name for name in WIRE if name not in STOPPING | FINAL)
"""Those that a later attempt does not meet."""
SLOW = frozenset({"hang", "slow_loris", "retry_after_90", "retry_after_3600", "gzip_bomb"})
"""Those that cost a client seconds."""
