"""Rows of formats that have a form of their own, as small as they can be."""

import json
from typing import Any

from button.checks import Conversation, lint
from button.formats import FORMATS

Row = dict[str, Any]
SEARCH = {
    "name": "find_room",
    "description": "Finds a free room.",
    "parameters": {
        "type": "object",
        "properties": {"day": {"type": "string"}, "seats": {"type": "integer"}},
        "required": ["day"],
    },
}


BOOK = {
    "name": "book_room",
    "description": "Books a room.",
    "parameters": {
        "type": "object",
        "properties": {"room": {"type": "string"}},
        "required": ["room"],
    },
}


def codes(talk: Conversation, name: str) -> set[str]:
    return {finding.code for finding in lint(talk, FORMATS[name].profile).findings}


def roles(talk: Conversation) -> str:
    return " ".join(message.role for message in talk.messages)


def made(talk: Conversation) -> list[tuple[str, Row]]:
    return [
        (call.function.name, call.function.arguments)
        for message in talk.messages
        for call in message.tool_calls or ()
    ]


def glaive_row() -> Row:
    functions = "\n\n".join(json.dumps(each, indent=4) for each in (SEARCH, BOOK))
    return {
        "system": "SYSTEM: You have access to the following functions -\n" + functions + "\n",
        "chat": "USER: A room on Friday, it's urgent.\n\n\n"
        'ASSISTANT: <functioncall> {"name": "find_room", "arguments": '
        '\'{"day": "Friday"}\'} <|endoftext|>\n\n\n'
        'FUNCTION RESPONSE: {"room": "B12"}\n\n\nASSISTANT: Room B12 is free. <|endoftext|>\n\n',
    }


def xlam_row(*answers: Row) -> Row:
    return {
        "id": 1,
        "query": "Find a room on Friday for 4 people.",
        "tools": json.dumps([SEARCH]),
        "answers": json.dumps(answers),
    }


def tau_row(last: str) -> Row:
    return {
        "task_id": 1,
        "traj": [
            {"role": "system", "content": "Policy. Today is 2024-05-15."},
            {"role": "user", "content": "A room on Friday."},
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [
                    {
                        "id": "c1",
                        "type": "function",
                        "function": {"name": "find_room", "arguments": '{"day": "Friday"}'},
                    }
                ],
            },
            {"role": "tool", "tool_call_id": "c1", "name": "find_room", "content": "B12"},
            {"role": "assistant", "content": "Room B12 is free."},
            {"role": "user", "content": last},
        ],
    }


def response(*output: Row, **request: Any) -> Row:
    return {
        "responses_create_params": {
            "input": [{"role": "user", "content": "A room on Friday.", "type": "message"}],
            "tools": [{"type": "function", "strict": False, **SEARCH}],
            **request,
        },
        "response": {"output": list(output)},
        "reward": 1.0,
    }


def item_call(identifier: str, day: str = "Friday") -> Row:
    return {
        "type": "function_call",
        "name": "find_room",
        "arguments": json.dumps({"day": day}),
        "call_id": identifier,
    }


def item_result(identifier: str) -> Row:
    return {"type": "function_call_output", "call_id": identifier, "output": '{"room": "B12"}'}


def item_text(text: str) -> Row:
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text}],
    }


def item_thought(text: str) -> Row:
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": text}]}


def toolbench_row(*turns: Row) -> Row:
    path = [{"role": "user", "content": "A room on Friday."}, *turns]
    return {
        "win": True,
        "answer_generation": {
            "function": [SEARCH, {**SEARCH, "name": "Finish"}],
            "train_messages": [path[:2], path],
        },
    }


def toolbench_call(name: str, **arguments: Any) -> Row:
    call = {"name": name, "arguments": json.dumps(arguments)}
    return {"role": "assistant", "content": None, "function_call": call}


def nested(*steps: tuple[str, str]) -> Row:
    nodes: list[Row] = []
    for role, message in reversed(steps):
        nodes = [{"role": role, "message": message, "next": nodes}]
    return {
        "query": "A room on Friday for the " + "very " * 20 + "long meeting.",
        "available_tools": [SEARCH],
        "answer": {"answer_details": nodes, "final_answer": '{"final_answer": "B12 is free."}'},
    }


def step(name: str, arguments: str, result: str) -> tuple[str, str]:
    return "tool", str({"name": name, "arguments": arguments, "response": result})


def tooltalk_row() -> Row:
    def api(name: str, response: Any, failure: str | None = None, **parameters: Any) -> Row:
        request = {"api_name": name, "parameters": parameters}
        return {"request": request, "response": response, "exception": failure}

    return {
        "conversation": [
            {"index": 0, "role": "user", "text": "Book a room for Friday."},
            {
                "index": 1,
                "role": "assistant",
                "text": "Room B12 is booked.",
                "apis": [
                    api("find_room", None, "closed", day="Friday"),
                    api("find_room", {"room": "B12"}, day="Friday"),
                    api("book_room", {"status": "ok"}, room="B12"),
                ],
            },
        ]
    }


def api_bank_turns() -> list[Row]:
    result = {"api_name": "find_room", "output": {"room": "B12"}, "exception": None}
    return [
        {"role": "User", "text": "A room on Friday."},
        {"role": "AI", "text": "One moment."},
        {"role": "API", "api_name": "find_room", "param_dict": {"day": "Friday"}, "result": result},
        {"role": "AI", "text": "Room B12 is free."},
    ]


CATALOGUE = (
    "id,类名,input_parameters,api_info\n"
    '1,find_room,"(day: str, seats: int = 2)","description = ""Finds a room.""\n'
    "input_parameters = {'day': {'type': 'str'}, 'seats': {'type': 'int'}}\n\"\n"
    '2,ping,(),"description = ""Pings."" \ninput_parameters = {None}"\n'
    "3,silent,(),.\n"
)


def nestful_row(*calls: Row) -> Row:
    gathered = {"name": "var_result", "arguments": {"room": "$var1$"}}
    return {
        "input": "Find a room on Friday, book it, and find one on Monday.",
        "output": [*calls, gathered],
    }


def nestful_call(name: str, label: str, **arguments: Any) -> Row:
    return {"name": name, "arguments": arguments, "label": label}
