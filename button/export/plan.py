"""Plans: a request and all its calls, in which `$var1.field$` stands for a field of a result.

The form is NESTFUL's. A reference is written where the recorded origin of an argument is a result
that holds the very value; other arguments stay as they are.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from button.checks.conversation import Conversation
from button.checks.leaves import leaves
from button.export.chat import Chat
from button.export.dates import rests_on_system
from button.export.format import ExportFormat, Row, UnheldError
from button.export.switches import EVERYWHERE, Switches
from button.export.texts import value_of
from button.formats.nestful import NESTFUL
from button.formats.written import as_json
from button.records import CalledFunction, Message, ToolCall


def planned(chat: Chat) -> Chat:
    """The request and its calls, with references for what results give.

    Raises:
        UnheldError: there is no call, a call was refused, or the human spoke more than once.
    """
    asked = [message for message in chat.spoken if message.role == "user"]
    if len(asked) != 1:
        raise UnheldError("a conversation in which the human speaks more than once")
    refused = {m.tool_call_id for m in chat.messages if m.is_error}
    if not chat.calls:
        raise UnheldError("a conversation without a call")
    if refused & chat.calls.keys():
        raise UnheldError("a refused call")
    results = {m.tool_call_id: value_of(m.content) for m in chat.messages if m.role == "tool"}
    labels = {id: f"var{number}" for number, id in enumerate(chat.calls, 1)}
    calls = []
    for call in chat.calls.values():
        arguments = _referring(chat, call, labels, results)
        function = CalledFunction(name=call.function.name, arguments=arguments)
        calls.append(ToolCall(id=call.id, function=function))
    turn = Message(role="assistant", tool_calls=tuple(calls))
    return replace(chat, messages=(asked[0], turn))


def _referring(
    chat: Chat, call: ToolCall, labels: dict[str, str], results: dict[str | None, Any]
) -> dict[str, Any]:
    arguments: dict[str, Any] = json.loads(as_json(call.function.arguments))
    origins = chat.record.provenance.get(call.id, {})
    for leaf in leaves(call.function.arguments):
        if isinstance(leaf.value, str) and "$" in leaf.value:
            raise UnheldError("an argument that holds the sign `$`")
        origin = origins.get(leaf.path)
        if origin is None or origin.source != "result" or origin.call not in labels:
            continue
        path = origin.path or "$"
        held = {each.path: each.value for each in leaves(results.get(origin.call))}
        same = path in held and held[path] == leaf.value
        if same and type(held[path]) is type(leaf.value):
            _replace(arguments, leaf.keys, f"${labels[origin.call]}{path[1:]}$")
    return arguments


def _replace(arguments: Any, keys: Sequence[str | int], value: str) -> None:
    for key in keys[:-1]:
        arguments = arguments[key]
    arguments[keys[-1]] = value


def _write(chat: Chat, switches: Switches) -> list[Row]:
    if rests_on_system(chat):
        raise UnheldError("an argument that rests on the system's words, such as today's date")
    request, turn = planned(chat).messages
    final = next((m.content for m in reversed(chat.messages) if m.is_final), "")
    output = [
        {"name": call.function.name, "label": f"$var{number}", "arguments": call.function.arguments}
        for number, call in enumerate(turn.tool_calls or (), 1)
    ]
    tools = [
        {key: value for key, value in tool["function"].items() if key != "original_name"}
        for tool in chat.tools
    ]
    row = {"sample_id": chat.id, "input": request.content, "output": output, "tools": tools}
    return [{**row, "gold_answer": final}]


def _read(rows: Sequence[Row]) -> Conversation:
    return NESTFUL.read(rows[0], None)


PLAN = ExportFormat(
    "plan",
    "sample_id, input, output of calls with $var references, tools, gold_answer",
    "planners that write all calls before the first is made, and scorers of the NESTFUL kind",
    {
        "system": "a trajectory whose arguments rest on the system's words gets no row",
        "thoughts": "a plan is calls only",
        "results": "references stand for them",
        "final answer": "`gold_answer` holds it beside the plan",
        "turns": "the order of calls and their references say what could run at once",
        "call ids": "labels in their place",
        "refusals": "a trajectory with a refused call gets no row",
        "loss mask": "the plan is what is learnt",
    },
    {
        "sample_id": "text",
        "input": "text",
        "output": "list of json",
        "tools": "list of json",
        "gold_answer": "text",
    },
    _write,
    _read,
    knows=EVERYWHERE,
    covers=planned,
)
