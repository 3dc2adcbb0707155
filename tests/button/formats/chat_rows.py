"""One conversation, a call and its answer, in every chat format."""

import json
from collections.abc import Callable
from typing import Any

from button.checks import Conversation
from button.records import Message

Row = dict[str, Any]
TOOL = {
    "name": "get_price",
    "description": "Price of a share.",
    "parameters": {
        "type": "object",
        "properties": {"symbol": {"type": "string"}},
        "required": ["symbol"],
    },
}


ASKED = "What does a share of AAPL cost?"


RESULT = '{"price": 189.5}'


ANSWER = "It costs 189.5 dollars."


ARGUMENTS = {"symbol": "AAPL"}


def openai_row(call: Row | None = None, **turn: Any) -> Row:
    made = call or {"id": "call_1", "type": "function", "function": {"name": "get_price"}}
    made["function"].setdefault("arguments", json.dumps(ARGUMENTS))
    return {
        "messages": [
            {"role": "user", "content": ASKED},
            {"role": "assistant", "content": None, "tool_calls": [made], **turn},
            {"role": "tool", "tool_call_id": made["id"], "content": RESULT},
            {"role": "assistant", "content": ANSWER, "tool_calls": None},
        ],
        "tools": [{"type": "function", "function": TOOL}],
    }


def legacy_row() -> Row:
    return {
        "messages": [
            {"role": "user", "content": ASKED},
            {
                "role": "assistant",
                "content": None,
                "function_call": {"name": "get_price", "arguments": json.dumps(ARGUMENTS)},
            },
            {"role": "function", "name": "get_price", "content": RESULT},
            {"role": "assistant", "content": ANSWER},
        ],
        "functions": [TOOL],
    }


def sharegpt_row() -> Row:
    return {
        "conversations": [
            {"from": "human", "value": ASKED},
            {
                "from": "function_call",
                "value": json.dumps({"name": "get_price", "arguments": ARGUMENTS}),
            },
            {"from": "observation", "value": RESULT},
            {"from": "gpt", "value": ANSWER},
        ],
        "tools": json.dumps([TOOL]),
        "system": "",
    }


def parts_row() -> Row:
    call = json.dumps({"name": "get_price", "arguments": ARGUMENTS})
    return {
        "messages": [
            {"role": "user", "content": [{"type": "text", "value": ASKED}]},
            {
                "role": "assistant",
                "content": [
                    {"type": "reasoning", "value": "Look it up."},
                    {"type": "tool_call", "value": call},
                ],
            },
            {"role": "tool", "content": [{"type": "text", "value": RESULT}]},
            {"role": "assistant", "content": [{"type": "text", "text": ANSWER}]},
        ],
        "tools": json.dumps([{"type": "function", "function": TOOL}]),
    }


def toucan_row() -> Row:
    row = legacy_row()
    return {
        "question": ASKED,
        "target_tools": "get_price",
        "messages": json.dumps(row["messages"]),
        "available_tools": json.dumps([{"type": "function", "function": TOOL}]),
    }


def hermes_row() -> Row:
    call = json.dumps({"name": "get_price", "arguments": ARGUMENTS})
    return {
        "conversations": [
            {"from": "system", "value": f"Functions: <tools>\n{json.dumps(TOOL)}\n</tools>"},
            {"from": "human", "value": ASKED},
            {"from": "gpt", "value": f"<think>Look.</think><tool_call>\n{call}\n</tool_call>"},
            {"from": "tool", "value": f"<tool_response>\n{RESULT}\n</tool_response>"},
            {"from": "gpt", "value": ANSWER},
        ]
    }


def button_row(role: str = "systems") -> Row:
    call = json.dumps([{"name": "get_price", "arguments": ARGUMENTS}])
    result = [{"name": "get_price", "arguments": ARGUMENTS, "results": json.loads(RESULT)}]
    return {
        "messages": [
            {"role": role, "content": f"You know functions. <tool>{json.dumps([TOOL])}</tool> Go."},
            {"role": "user", "content": ASKED},
            {"role": "assistant", "content": f"I look it up. <call>{call}</call>"},
            {"role": "tool", "content": json.dumps(result)},
            {"role": "assistant", "content": f"All is known. <final>{ANSWER}</final>"},
        ]
    }


def simulated_row() -> Row:
    """With the tags of the simulation itself."""
    row = button_row("system")
    turns = row["messages"]
    turns[1]["content"] = f"<human>{ASKED}</human>"
    turns[2]["content"] = (
        "<observation>Nothing yet.</observation><thought>I look it up.</thought>"
        f"<func_call>{json.dumps([{'name': 'get_price', 'arguments': ARGUMENTS}])}</func_call>"
    )
    turns[3]["content"] = f"<func_return>{RESULT}</func_return>"
    return row


FORMS: list[tuple[str, Callable[[], Row]]] = [
    ("openai", openai_row),
    ("openai", legacy_row),
    ("openai", parts_row),
    ("sharegpt", sharegpt_row),
    ("sharegpt", hermes_row),
    ("toucan", toucan_row),
    ("button", button_row),
    ("button", simulated_row),
]


def spoken(talk: Conversation) -> list[tuple[str, str]]:
    return [(m.role, m.content) for m in talk.messages if m.role != "system"]


def calls(message: Message) -> list[tuple[str, Row]]:
    return [(c.function.name, c.function.arguments) for c in message.tool_calls or ()]
