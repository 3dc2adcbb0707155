"""The server: chat completions and the list of models, over HTTP on one address."""

import asyncio
import errno
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from button.canonical import derived_random
from button.errors import ConfigurationError
from button.models.redaction import error_text
from button.serve.answering import Answers
from button.serve.completion import CREATED, chunks, completion
from button.serve.guard import Guard
from button.serve.requests import Asked, RequestError, read_request

LARGEST_BODY = 32 << 20
GRACE_S = 2.0
"""Seconds that answers under way have when the server stops."""
ALLOWED = web.RequestKey("allowed", dict[str, str])
"""Headers that let a web page read the answer."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

logger = logging.getLogger(__name__)


class ModelServer:
    """Serves while its block lasts.

    async with ModelServer(EmbeddedAnswers()) as server:
        client = AsyncOpenAI(base_url=server.base_url, api_key="none")
    """

    def __init__(
        self,
        answers: Answers,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        latency_s: tuple[float, float] = (0, 0),
        origins: Sequence[str] = (),
    ) -> None:
        self.answered = 0
        self.base_url = ""
        self._answers = answers
        self._host = host
        self._port = port
        self._latency = latency_s
        self._guard = Guard(host, origins)
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen.

        Raises:
            ConfigurationError: the address is taken, forbidden, or not of this machine.
        """
        app = web.Application(middlewares=[self._guarded, _told], client_max_size=LARGEST_BODY)
        app.router.add_get("/v1/models", self._list)
        app.router.add_get("/v1/models/{name:.+}", self._model)
        app.router.add_post("/v1/chat/completions", self._chat)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=GRACE_S)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise ConfigurationError(self._why_not(error)) from None
        port = self._runner.addresses[0][1]
        host = f"[{self._host}]" if ":" in self._host else self._host
        self.base_url = f"http://{host}:{port}/v1"
        return self

    @property
    def is_local(self) -> bool:
        """Whether it can be reached from this machine alone."""
        return self._guard.is_local

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._runner:
            await self._runner.cleanup()

    def _why_not(self, error: OSError) -> str:
        place = f"port {self._port} of {self._host!r}"
        if error.errno == errno.EADDRINUSE:
            return f"{place} is taken; choose another with --port, or --port 0 for any free one"
        if error.errno == errno.EACCES:
            return f"{place} needs more rights; choose one above 1023 with --port"
        return f"cannot serve on {place}: {error.strerror or error}"

    @web.middleware
    async def _guarded(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        origin = request.headers.get("Origin")
        problem = self._guard.problem(request.headers.get("Host", ""), origin)
        if problem:
            return _refused(RequestError(problem, status=403, code="forbidden"))
        if origin is None:
            return await handler(request)
        allowed = {"Access-Control-Allow-Origin": origin, "Vary": "Origin"}
        if request.method == "OPTIONS":
            wanted = request.headers.get("Access-Control-Request-Headers", "")
            allowed |= {"Access-Control-Allow-Headers": wanted}
            return web.Response(status=204, headers=allowed)
        request[ALLOWED] = allowed
        response = await handler(request)
        if not response.prepared:
            response.headers.update(allowed)
        return response

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response(
            {"object": "list", "data": [_about(name) for name in self._answers.models]}
        )

    async def _model(self, request: web.Request) -> web.Response:
        return web.json_response(_about(self._known(request.match_info["name"])))

    def _known(self, name: str) -> str:
        if name not in self._answers.models:
            there = ", ".join(self._answers.models)
            raise RequestError(
                f"model {name!r} is not served here (there is: {there})",
                status=404, param="model", code="model_not_found",
            )  # fmt: skip
        return name

    async def _chat(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        asked = read_request(raw, request.content_type)
        self._known(asked.request.model)
        key = hashlib.sha256(raw).hexdigest()
        low, high = self._latency
        if high:
            await asyncio.sleep(derived_random("latency", key).uniform(low, high))
        messages = [self._answers.answer(asked, at) for at in range(asked.request.n or 1)]
        whole = completion(asked, key, messages)
        self.answered += 1
        return await _stream(request, asked, whole) if asked.request.stream else _json(whole)


@web.middleware
async def _told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every failure as the JSON that OpenAI's clients read."""
    try:
        return await handler(request)
    except RequestError as error:
        return _refused(error)
    except web.HTTPException as error:
        about = {
            404: f"there is no {request.method} {request.path} here, only "
            "POST /v1/chat/completions and GET /v1/models",
            413: f"the body is larger than {LARGEST_BODY >> 20} MB",
        }.get(error.status, f"{request.method} {request.path}: {error.reason}")
        return _refused(RequestError(about, status=error.status))
    except ConnectionResetError:
        raise  # the client is gone: nobody is left to tell
    except Exception as error:
        logger.exception("a request could not be answered")
        return _refused(RequestError(f"internal error: {error_text(error)}", status=500))


async def _stream(request: web.Request, asked: Asked, whole: dict[str, Any]) -> web.StreamResponse:
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream; charset=utf-8",
            "Cache-Control": "no-cache",
            **request.get(ALLOWED, {}),
        }
    )
    await response.prepare(request)
    options = asked.request.stream_options
    for chunk in chunks(whole, include_usage=bool(options and options.include_usage)):
        await response.write(b"data: " + _text(chunk).encode() + b"\n\n")
    await response.write(b"data: [DONE]\n\n")
    await response.write_eof()
    return response


def _about(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": CREATED, "owned_by": "button-simulator"}


def _refused(error: RequestError) -> web.Response:
    return _json(error.body, error.status)


def _json(value: Any, status: int = 200) -> web.Response:
    return web.json_response(text=_text(value), status=status)


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
