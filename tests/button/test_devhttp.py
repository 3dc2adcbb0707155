"""The guard of the development server, request by request, without a server."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.devhttp import PRIVATE_NETWORK, STUDIO_ORIGIN, LoopbackGuard, host_is_local

Headers = list[tuple[bytes, bytes]]
LOCAL = (b"host", b"127.0.0.1:2024")


async def answer(headers: Headers, kind: str = "http") -> tuple[int, Headers]:
    """Status, and the headers that came through to the application."""
    came: Headers = []
    sent: list[dict[str, Any]] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        came.extend(scope["headers"])
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        raise AssertionError("the guard reads no body")

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": kind, "method": "POST", "headers": headers}
    await LoopbackGuard(application)(scope, receive, send)
    return sent[0]["status"], came


@pytest.mark.parametrize(
    "host", ["127.0.0.1:2024", "localhost", "LOCALHOST:8123", "[::1]:2024", "api"]
)
async def test_this_machine_is_let_in(host: str) -> None:
    assert (await answer([(b"host", host.encode())]))[0] == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil.example:2024",
        "192.168.0.7:2024", "api.evil.example", "[", "[::1", "", "localhost@evil.example",
    ],
)  # fmt: skip
async def test_another_host_name_is_refused(host: str) -> None:
    assert (await answer([(b"host", host.encode())]))[0] == 403


async def test_a_request_without_a_host_is_refused() -> None:
    assert (await answer([]))[0] == 403


@pytest.mark.parametrize("origin", [STUDIO_ORIGIN, "http://localhost:3000", "http://127.0.0.1"])
async def test_studio_and_local_pages_are_let_in(origin: str) -> None:
    assert (await answer([LOCAL, (b"origin", origin.encode())]))[0] == 200


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example", "null", "", "file://", "http://smith.langchain.com",
        "https://smith.langchain.com.evil.example", "https://evil.smith.langchain.com",
        "http://localhost.evil.example", "http://[",
    ],
)  # fmt: skip
async def test_another_page_is_refused(origin: str) -> None:
    assert (await answer([LOCAL, (b"Origin", origin.encode())]))[0] == 403


async def test_a_foreign_web_socket_is_refused() -> None:
    assert (await answer([LOCAL, (b"origin", b"https://evil.example")], "websocket"))[0] == 403


async def test_a_preflight_of_chromium_loses_what_the_server_would_stumble_over() -> None:
    status, came = await answer(
        [LOCAL, (b"origin", STUDIO_ORIGIN.encode()), (PRIVATE_NETWORK, b"true")]
    )
    assert (status, [name for name, _ in came]) == (200, [b"host", b"origin"])


@given(st.text())
def test_no_host_header_breaks_the_guard(host: str) -> None:
    assert host_is_local(host) in (True, False)


@given(st.from_regex(r"\A[a-z]{1,9}(\.[a-z]{2,9}){1,3}\Z"))
def test_no_name_with_a_dot_is_local(host: str) -> None:
    assert not host_is_local(host)
