"""An OpenAI-compatible endpoint that takes its time, in a process of its own.

`python -m benchmarks.latency.server --latency lognormal:0.5:0.8` prints its address as JSON. It
answers our prompts as the embedded model does, DataFlow's with texts of the right form, and any
other with a fixed line. Latencies come one after the other from one seeded sequence, so equal
prompts draw different ones. `GET /log` gives what was asked since the last time: for each call its
sampling seed, when it came (monotonic seconds), and the latency that it was given.
"""

import argparse
import asyncio
import json
import time
from random import Random
from typing import Any

from aiohttp import web

from benchmarks.latency.dataflow_answers import dataflow_answer
from benchmarks.latency.draw import Latency
from tests.faultserver.answers import body_key, completion

Call = tuple[int | None, float, float]


class SlowEndpoint:
    """Answers each call after the latency that it draws, the time to think of it included."""

    def __init__(self, latency: Latency, seed: int) -> None:
        self._latency = latency
        self._random = Random(seed)
        self._log: list[Call] = []
        self._in_flight = 0
        self._most = 0

    async def answer(self, request: web.Request) -> web.Response:
        """POST /v1/chat/completions."""
        came = time.monotonic()
        latency = self._latency.draw(self._random)
        self._in_flight += 1
        self._most = max(self._most, self._in_flight)
        try:
            body = await request.read()
            asked = json.loads(body)
            self._log.append((asked.get("seed"), came, latency))
            told = json.dumps(_completion(asked, body)).encode()
            await asyncio.sleep(max(0.0, came + latency - time.monotonic()))
        finally:
            self._in_flight -= 1
        return web.Response(body=told, content_type="application/json")

    async def log(self, request: web.Request) -> web.Response:
        """GET /log: the calls since the last time, and the most that were in flight."""
        told = {"calls": self._log, "most_in_flight": self._most}
        self._log, self._most = [], 0
        return web.json_response(told)


def _completion(asked: dict[str, Any], body: bytes) -> dict[str, Any]:
    if "<inputs>" in body.decode():
        return completion(asked, body_key(body))
    words = dataflow_answer(asked["messages"]) or "A short and friendly line of text."
    message = {"role": "assistant", "content": words}
    return {
        "id": "chatcmpl-0",
        "object": "chat.completion",
        "created": 0,
        "model": asked["model"],
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18},
    }


async def _serve(latency: Latency, seed: int) -> None:
    endpoint = SlowEndpoint(latency, seed)
    app = web.Application(client_max_size=64 * 2**20)
    app.router.add_post("/v1/chat/completions", endpoint.answer)
    app.router.add_get("/log", endpoint.log)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=4096)
    await site.start()
    port = runner.addresses[0][1]
    print(json.dumps({"address": f"http://127.0.0.1:{port}"}), flush=True)
    await asyncio.Event().wait()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--latency", type=Latency.parse, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    asyncio.run(_serve(options.latency, options.seed))


if __name__ == "__main__":
    main()
