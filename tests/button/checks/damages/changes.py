"""What can be done to the row of a trajectory; each changes it in place."""

import json
from collections.abc import Callable
from typing import Any

Row = dict[str, Any]
Change = Callable[[Row], None]
Damage = tuple[str, Change, str, str]
"""What it is called, what it does, the code and the role at fault that it has to give."""


def arguments(row: Row, message: int, position: int = 0) -> Row:
    return row["messages"][message]["tool_calls"][position]["function"]["arguments"]


def set_result(row: Row, message: int, **changes: Any) -> None:
    result = json.loads(row["messages"][message]["content"]) | changes
    row["messages"][message]["content"] = json.dumps(result)


def replace(row: Row, message: int, old: str, new: str) -> None:
    text = row["messages"][message]["content"]
    assert old in text
    row["messages"][message]["content"] = text.replace(old, new)


def drop(row: Row, message: int) -> None:
    del row["messages"][message]


def swap(row: Row, first: int, second: int) -> None:
    messages = row["messages"]
    messages[first], messages[second] = messages[second], messages[first]


def later(row: Row, position: int) -> None:
    """Moves one call of the parallel turn, with its answer, into a turn of its own."""
    messages = row["messages"]
    moved = messages[2]["tool_calls"].pop(position)
    answer = messages.pop(3 + position)
    messages[4:4] = [{**messages[2], "tool_calls": [moved]}, answer]


def together(row: Row) -> None:
    """Merges the two calling turns of the sequential trajectory."""
    messages = row["messages"]
    messages[2]["tool_calls"] += messages.pop(4)["tool_calls"]


def reuse_id(row: Row) -> None:
    first = row["messages"][2]["tool_calls"][0]["id"]
    row["messages"][4]["tool_calls"][0]["id"] = row["messages"][5]["tool_call_id"] = first


def search_again(row: Row) -> None:
    messages = row["messages"]
    call = json.loads(json.dumps(messages[2]["tool_calls"][0]))
    call["id"] = "again0000"
    other = messages[3]["content"].replace("24.5", "29.5")
    messages[4:4] = [
        {**messages[2], "tool_calls": [call]},
        {**messages[3], "tool_call_id": "again0000", "content": other},
    ]


def reserve_again(row: Row) -> None:
    messages = row["messages"]
    call = json.loads(json.dumps(messages[4]["tool_calls"][0]))
    call["id"] = "again0000"
    messages[6:6] = [
        {**messages[4], "tool_calls": [call]},
        {**messages[5], "tool_call_id": "again0000"},
    ]


def between(row: Row, at: int, asked: str, said: str) -> None:
    """Inserts a question of the assistant and what the human says to it."""
    row["messages"][at:at] = [
        {"role": "assistant", "content": asked, "trainable": True},
        {"role": "user", "content": said},
    ]


def refuse(row: Row, message: int) -> None:
    row["messages"][message] |= {"is_error": True, "content": "Not possible."}


def judged(row: Row, part: str, *votes: str) -> None:
    """Write votes into the record."""
    model = {"name": "judge", "kind": "endpoint"}
    row["judgements"] = [
        {"of": part, "seat": seat, "model": model, "vote": vote, "reason": "So it is."}
        for seat, vote in enumerate(votes)
    ]
