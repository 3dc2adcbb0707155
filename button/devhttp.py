"""Loopback guard of the development server: refuses foreign hosts and foreign web pages.

The server listens on loopback without authentication, so any page in the person's browser could
start runs and spend their model key. Only Studio and pages from this machine may.
"""

from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
IN_PROCESS_HOST = "api"
"""The host name that the server's own in-process client sends."""
STUDIO_ORIGIN = "https://smith.langchain.com"
PRIVATE_NETWORK = b"access-control-request-private-network"
"""What some Chromium versions ask in a preflight to loopback; the server's CORS layer answers it
with 400 although it allows it, so the guard, which has judged the origin, takes it away."""


def host_is_local(host: str) -> bool:
    """Whether a Host header names this machine."""
    return _name(f"//{host}") in LOCAL_HOSTS or host == IN_PROCESS_HOST


def origin_is_known(origin: str | None) -> bool:
    """Whether a request comes from Studio, from a local page, or from no page at all."""
    return origin is None or origin == STUDIO_ORIGIN or _name(origin) in LOCAL_HOSTS


class LoopbackGuard:
    """ASGI middleware that answers 403 to requests of foreign hosts or origins."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if host_is_local(headers.get(b"host", "")) and origin_is_known(headers.get(b"origin")):
            kept = [pair for pair in scope["headers"] if pair[0].lower() != PRIVATE_NETWORK]
            await self.app({**scope, "headers": kept}, receive, send)
            return
        refusal = PlainTextResponse("only this machine and Studio may use this server", 403)
        await refusal(scope, receive, send)


def _name(address: str) -> str:
    """The host name in an address; empty where it is none."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


app = Starlette(middleware=[Middleware(LoopbackGuard)])
