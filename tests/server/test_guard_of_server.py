"""Other web pages and other host names get nothing from the real server."""

import json
import socket
from pathlib import Path
from typing import Any

import httpx
import pytest
from langgraph_sdk.client import LangGraphClient
from pytest_socket import SocketConnectBlockedError

pytestmark = pytest.mark.server
STUDIO = "https://smith.langchain.com"
EVIL = "https://evil.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "content-type,x-api-key,x-auth-scheme",
}
ROUTES = ("/ok", "/info", "/openapi.json", "/metrics", "/docs", "/threads", "/assistants/search")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": EVIL}])
def test_no_route_answers_a_stranger(server: str, route: str, headers: dict[str, str]) -> None:
    answer = httpx.get(server + route, headers=headers)
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers


async def test_a_simple_post_of_another_page_starts_nothing(
    server: str, client: LangGraphClient, seed: dict[str, Any]
) -> None:
    """A text/plain body needs no preflight, so only the guard stands between."""
    before = {each["thread_id"] for each in await client.threads.search(limit=1000)}
    body = json.dumps({"assistant_id": "pipeline", "input": {"seed": seed}})
    for origin in (EVIL, "null"):
        for route in ("/runs/wait", "/runs", "/runs/stream"):
            answer = httpx.post(
                server + route,
                content=body,
                headers={"Origin": origin, "Content-Type": "text/plain"},
            )
            assert answer.status_code == 403
    assert {each["thread_id"] for each in await client.threads.search(limit=1000)} == before


def test_another_page_gets_no_preflight(server: str) -> None:
    answer = httpx.options(f"{server}/runs/wait", headers={"Origin": EVIL, **PREFLIGHT})
    assert answer.status_code in (400, 403)
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("extra", [{}, {"Access-Control-Request-Private-Network": "true"}])
def test_studio_gets_its_preflight(server: str, extra: dict[str, str]) -> None:
    answer = httpx.options(f"{server}/runs/wait", headers={"Origin": STUDIO, **PREFLIGHT, **extra})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == STUDIO
    assert "x-api-key" in answer.headers["access-control-allow-headers"]
    if extra:
        assert answer.headers["access-control-allow-private-network"] == "true"


def test_studio_reads_answers_and_the_headers_it_pages_by(server: str) -> None:
    answer = httpx.post(f"{server}/assistants/search", json={}, headers={"Origin": STUDIO})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == STUDIO
    exposed = answer.headers["access-control-expose-headers"]
    assert {"x-pagination-total", "x-pagination-next", "content-location"} <= set(
        exposed.replace(" ", "").split(",")
    )


def test_a_program_on_this_machine_needs_no_origin(server: str) -> None:
    assert httpx.get(f"{server}/ok").json()["ok"] is True


@pytest.mark.parametrize("route", ["/mcp", "/a2a/pipeline"])
def test_doors_that_nobody_needs_are_closed(server: str, route: str) -> None:
    assert httpx.post(server + route, json={}).status_code == 404


def test_the_server_listens_on_loopback_only(server: str) -> None:
    port = server.rpartition(":")[2]
    tables = [Path("/proc/net/tcp"), Path("/proc/net/tcp6")]
    if not tables[0].exists():
        pytest.skip("no /proc/net/tcp on this system")
    listening = [
        line.split()[1]
        for table in tables if table.exists()
        for line in table.read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[1].endswith(f":{int(port):04X}")
    ]  # fmt: skip
    assert listening == [f"0100007F:{int(port):04X}"]


def test_tests_reach_loopback_only() -> None:
    refused = pytest.raises((SocketConnectBlockedError, UserWarning), match=r"192\.0\.2\.1")
    with socket.socket() as outside, refused:
        outside.connect(("192.0.2.1", 80))
