"""An OpenAI-compatible server with limits that can be chosen: what real servers lack.

It runs in a thread, so that programs with an event loop of their own can be tested against it. What
it says is the embedded model's, whichever way it is asked; a prompt without inputs gets an answer
made from the schema or the functions alone.
"""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Literal

from langchain_core.messages import AIMessage

from button.canonical import canonical_json
from button.models.button_tags import calls_in_tags, told_in_tags
from tests.faultserver.answers import body_key, completion

Body = dict[str, Any]
Knows = Literal["yes", "refused", "ignored"]
TAGS = re.compile(r"(?:\n\n)?These are the functions:\n<tool>\n(.*)\n</tool>\n.*", re.DOTALL)
SCHEMA = re.compile(
    r"\n\nAnswer with one JSON object and nothing else\. It has [^\n]*\n<schema>\n(.*)\n</schema>\Z"
)
JUDGE = "JudgeVerdict"
PROSE = "I would rather talk about it."


class RefusedError(Exception):
    """What the server answers with 400."""


@dataclass
class Limits:
    """What the server knows of the protocol."""

    json_schema: Knows = "yes"
    forced_call: Knows = "yes"
    tools: Knows = "yes"
    seed: Knows = "yes"
    parallel: Knows = "yes"
    usage: bool = True
    chatty: bool = False
    thinks: Literal["no", "tags", "field"] = "no"
    cut_off: bool = False
    judge: Callable[[Body], Body] | None = None
    """Votes in the embedded model's place, which refuses to be a judge."""
    status: int = 400
    """Of refusals."""
    seen: list[Body] = field(default_factory=list)
    """The requests."""

    def answer(self, body: Body) -> Body:
        """The completion for a request, within the limits."""
        self.seen.append(json.loads(json.dumps(body)))
        number = len(self.seen)
        native, way, tags = self._as_native(body)
        if self.judge is not None and "response_format" in native and _name(native) == JUDGE:
            made = _completion({"content": canonical_json(self.judge(native))})
        elif way == "prose":
            made = _completion({"content": PROSE})
        elif "<inputs>" in str(body["messages"][0]["content"]):
            made = completion(native, body_key(canonical_json(native).encode()))
        else:
            made = _completion(self._from_shape(native, number))
        message = made["choices"][0]["message"]
        if way == "call" and message["content"]:
            function = {"name": _name(native), "arguments": message["content"]}
            call = {"id": "c", "type": "function", "function": function}
            made["choices"][0]["message"] = {"role": "assistant", "tool_calls": [call]}
        elif tags:
            message["content"] = _in_tags(message)
            message.pop("tool_calls", None)
        self._dress(made)
        return made

    def _as_native(self, body: Body) -> tuple[Body, str, bool]:
        """The request as a server without limits would get it, and how it came."""
        body = {**body, "messages": [dict(each) for each in body["messages"]]}
        first = body["messages"][0]
        self._refuse(body)
        if self.seed == "ignored":
            body.pop("seed", None)
        if found := SCHEMA.search(first["content"]):
            first["content"] = first["content"][: found.start()]
            body["response_format"] = _form(json.loads(found[1]))
            return body, "text", False
        if found := TAGS.search(first["content"]):
            tools = json.loads(found[1])
            first["content"] = first["content"][: found.start()]
            body["tools"] = [{"type": "function", "function": each} for each in tools]
            body["messages"] = _untagged(body["messages"])
            return body, "native", True
        if "response_format" in body:
            return body, "prose" if self.json_schema == "ignored" else "format", False
        if "tool_choice" in body:
            (tool,) = body.pop("tools")
            del body["tool_choice"]
            body["response_format"] = _form(tool["function"]["parameters"])
            return body, "prose" if self.forced_call == "ignored" else "call", False
        if self.tools == "ignored" and "tools" in body:
            return body, "prose", False
        return body, "native", False

    def _refuse(self, body: Body) -> None:
        for name, knows in (
            ("response_format", self.json_schema), ("tool_choice", self.forced_call),
            ("tools", self.tools), ("seed", self.seed), ("parallel_tool_calls", self.parallel),
        ):  # fmt: skip
            if knows == "refused" and name in body:
                raise RefusedError(f"{name}: Extra inputs are not permitted")

    def _from_shape(self, body: Body, number: int) -> Body:
        if "response_format" in body:
            schema = body["response_format"]["json_schema"]["schema"]
            return {"content": canonical_json(_instance(schema))}
        if "tools" not in body:
            return {"content": f"Number {body.get('seed', number)}."}
        several = 2 if self.parallel == "yes" and body.get("parallel_tool_calls", True) else 1
        function = body["tools"][0]["function"]
        arguments = canonical_json(_instance(function["parameters"]))
        calls = [
            {"id": f"c{n}", "type": "function",
             "function": {"name": function["name"], "arguments": arguments}}
            for n in range(several)
        ]  # fmt: skip
        return {"content": None, "tool_calls": calls}

    def _dress(self, made: Body) -> None:
        message = made["choices"][0]["message"]
        if self.chatty and (message.get("content") or "").startswith("{"):
            message["content"] = f"Sure! Here it is:\n```json\n{message['content']}\n```\nOK?"
        if self.thinks == "tags":
            message["content"] = f"<think>{{hm}}</think>\n\n{message.get('content') or ''}"
        if self.thinks == "field":
            message["reasoning_content"] = "{hm}"
        if self.cut_off:
            made["choices"][0]["finish_reason"] = "length"
        if not self.usage:
            made.pop("usage", None)


@contextmanager
def served(limits: Limits) -> Iterator[str]:
    """The server's address, while the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                status, told = 200, limits.answer(body)
            except RefusedError as error:
                status, told = limits.status, {"error": {"message": str(error), "type": "bad"}}
            except Exception as error:  # noqa: BLE001 - told at once, else it would be waited for
                status, told = 401, {"error": {"message": f"broken: {error!r}", "type": "bad"}}
            raw = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *args: Any) -> None:
            """Nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

    with Server(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/v1"
        finally:  # left running, it would ask a closed socket again and again
            server.shutdown()


def _completion(message: Body) -> Body:
    return {
        "id": "c", "object": "chat.completion", "created": 0, "model": "served",
        "choices": [{"index": 0, "finish_reason": "stop",
                     "message": {"role": "assistant", **message}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
    }  # fmt: skip


def _form(schema: Body) -> Body:
    return {"type": "json_schema", "json_schema": {"name": schema["title"], "schema": schema}}


def _name(body: Body) -> str:
    return str(body["response_format"]["json_schema"]["name"])


def _in_tags(message: Body) -> str:
    calls = [
        {"name": call["function"]["name"], "args": json.loads(call["function"]["arguments"]),
         "id": call["id"], "type": "tool_call"}
        for call in message.get("tool_calls", ())
    ]  # fmt: skip
    (told,) = told_in_tags([AIMessage(message["content"] or "", tool_calls=calls)], {})
    return str(told.content)


def _untagged(messages: list[Body]) -> list[Body]:
    made: list[Body] = []
    turn = 0
    for message in messages:
        text = message["content"]
        if message["role"] == "assistant":
            turn += 1
            read = calls_in_tags(AIMessage(text))
            calls = [
                {"id": f"{turn}_{number}", "type": "function",
                 "function": {"name": call["name"], "arguments": canonical_json(call["args"])}}
                for number, call in enumerate(read.tool_calls)
            ]  # fmt: skip
            more = {"tool_calls": calls} if calls else {}
            made.append({"role": "assistant", "content": read.content} | more)
        elif text.startswith("<func_return>"):
            listed = json.loads(text.removeprefix("<func_return>").removesuffix("</func_return>"))
            for number, each in enumerate(listed):
                told = each.get("results", each.get("error"))
                content = told if isinstance(told, str) else canonical_json(told)
                made.append(
                    {"role": "tool", "tool_call_id": f"{turn}_{number}", "content": content}
                )
        else:
            made.append(message)
    return made


def _instance(schema: Body) -> Any:
    """The smallest value that fits a plain schema."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        return {name: _instance(inner) for name, inner in schema.get("properties", {}).items()}
    return {"string": "Graz", "integer": 1, "number": 1, "boolean": True, "array": []}[kind]
