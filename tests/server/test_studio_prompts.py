"""What roles are told is marked at their nodes in Studio, and reaches their models."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, cast

import pytest
from langgraph_sdk.client import LangGraphClient

from button.context import ROLES
from graphs.show import NAMES

pytestmark = pytest.mark.server
Json = dict[str, Any]
Asked = list[Json]


class Endpoint(BaseHTTPRequestHandler):
    """Answers every chat completion with one sentence, and remembers what it was asked."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        cast("Any", self.server).asked.append(json.loads(body))
        said = {"role": "assistant", "content": "<thought>So.</thought><final>It rains.</final>"}
        answer = json.dumps({
            "id": "1", "object": "chat.completion", "created": 0, "model": "one-sentence",
            "choices": [{"index": 0, "finish_reason": "stop", "message": said}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }).encode()  # fmt: skip
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def endpoint() -> Iterator[tuple[str, Asked]]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        asked: Asked = []
        cast("Any", server).asked = asked
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1", asked
        server.shutdown()


async def test_each_prompt_is_marked_at_nodes_that_are_drawn(client: LangGraphClient) -> None:
    drawn: set[str] = set()
    for name in NAMES:
        [found] = await client.assistants.search(graph_id=name)
        graph: Any = await client.assistants.get_graph(found["assistant_id"], xray=True)
        drawn |= {node["id"].rpartition(":")[2] for node in graph["nodes"]}
        schemas: Any = await client.assistants.get_schemas(found["assistant_id"])
        form = schemas["context_schema"]["properties"]
        marked = {field for field, said in form.items() if said.get("langgraph_type") == "prompt"}
        assert marked == {f"{role}_instructions" for role in ROLES}
    nodes = [node for field in sorted(marked) for node in form[field]["langgraph_nodes"]]
    assert len(nodes) == len(set(nodes))
    assert set(nodes) <= drawn


async def test_what_is_typed_there_is_said_to_the_model(
    client: LangGraphClient, endpoint: tuple[str, Asked]
) -> None:
    address, asked = endpoint
    wait: Any = client.runs.wait
    said = await wait(
        None,
        "conversation",
        input={"messages": [{"role": "user", "content": "How is the weather?"}]},
        context={
            "assistant_instructions": "Answer in rhyme.",
            "human_instructions": "Be brief.",
            "default_model": {"model": "one-sentence", "base_url": address},
        },
    )
    assert said["messages"][-1]["content"] == "It rains."
    [request] = asked
    system = request["messages"][0]["content"]
    assert system.count("\n\nFurther instructions:\nAnswer in rhyme.\n\n<inputs>\n") == 1
    assert "Be brief." not in system
