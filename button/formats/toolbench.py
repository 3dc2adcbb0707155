"""ToolBench answers: search traces (`answer_generation.train_messages`) and nested answers.

The function `Finish` is how a ToolBench agent ends: a call of it is read as the final answer.
Nested answers (`answer.answer_details`) hold calls as Python text; some releases cut each text
after 100 characters, and what was cut is unparsable.
"""

import ast
import re
from collections.abc import Iterator
from typing import Any

from button.checks.conversation import Conversation
from button.formats.chats import functions_of
from button.formats.definitions import Definitions
from button.formats.dialogue import Dialogue
from button.formats.format import Format, UnreadableRowError
from button.formats.turns import OPENAI, read_turns
from button.formats.written import UNNAMED, WrittenCall, plain_json, text_of_value

_FINISH = "Finish"
_CUT = re.compile(
    r"\A\{'name': '(?P<name>[^']*)'"
    r"(?:, 'arguments': (?:(?P<whole>'(?:[^'\\]|\\.)*')|(?P<rest>.*))|.*)",
    re.DOTALL,
)
_SHOWN = 100


def _read_trace(row: dict[str, Any], external: Definitions | None) -> Conversation:
    trace = row["answer_generation"]
    dialogue = Dialogue(functions_of(trace, "", external))
    paths = trace.get("train_messages")
    if not isinstance(paths, list) or not paths or not isinstance(paths[-1], list):
        raise UnreadableRowError("no turns: 'train_messages' is no list of lists")
    # Each list is the one before it and one step more; the last is the whole path.
    read_turns(dialogue, [_finished(dialogue, turn) for turn in paths[-1]], OPENAI)
    return dialogue.conversation()


def _finished(dialogue: Dialogue, turn: Any) -> Any:
    call = turn.get("function_call") if isinstance(turn, dict) else None
    if not isinstance(call, dict) or call.get("name") != _FINISH:
        return turn
    thought = turn.get("content")
    answer = _final(dialogue, call.get("arguments"))
    return {"role": "assistant", "content": answer, "thought": thought}


def _final(dialogue: Dialogue, arguments: Any) -> str:
    """What `Finish` was called with: the answer, or that the agent gave up."""
    try:
        given = plain_json(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        given = None
    if isinstance(given, dict) and isinstance(given.get("final_answer"), str):
        dialogue.note(f"call of {_FINISH!r} is the final answer")
        return str(given["final_answer"])
    dialogue.note(f"call of {_FINISH!r} without an answer is the end")
    return text_of_value(arguments)


def _read_nested(row: dict[str, Any], external: Definitions | None) -> Conversation:
    dialogue = Dialogue(functions_of(row, "", external))
    for node in _path(dialogue, row["answer"]["answer_details"]):
        role, text = node.get("role"), text_of_value(node.get("message"))
        if role == "tool":
            _step(dialogue, text, row["answer"])
        elif role == "assistant":
            dialogue.assistant("", (), text)
        elif role == "user":
            dialogue.says("user", _whole(text, row.get("query")))
        elif text.strip():
            dialogue.says("system", text)
    return dialogue.conversation()


def _path(dialogue: Dialogue, nodes: Any) -> Iterator[dict[str, Any]]:
    """From the root to the last leaf; a search tried the branches before it and left them."""
    while isinstance(nodes, list) and nodes:
        if len(nodes) > 1:
            dialogue.note("abandoned branch of the search left out", len(nodes) - 1)
        node = nodes[-1]
        if not isinstance(node, dict):
            raise UnreadableRowError(f"malformed answer: {node!r:.60} is no step")
        yield node
        nodes = node.get("next")


def _whole(text: str, query: Any) -> str:
    """The human's words, from the query where they were cut."""
    cut = len(text) == _SHOWN and isinstance(query, str) and query.startswith(text)
    return query if cut else text


def _step(dialogue: Dialogue, text: str, answer: Any) -> None:
    try:
        made = plain_json(text)
    except ValueError:
        made = None
    if not isinstance(made, dict) or not isinstance(made.get("name"), str):
        made = _cut_step(text)
        dialogue.note("step that is cut or no Python literal")
    if made["name"] == _FINISH:
        whole = isinstance(answer, dict) and answer.get("final_answer")
        dialogue.assistant(_final(dialogue, whole or made.get("arguments")), joined=True)
        return
    dialogue.assistant("", [WrittenCall(made["name"], made.get("arguments"))], joined=True)
    if "response" in made:
        dialogue.result(made["response"])


def _cut_step(text: str) -> dict[str, Any]:
    """What can be told of a step whose text breaks off: its name, and its arguments as they are."""
    found = _CUT.match(text)
    if found is None:
        return {"name": UNNAMED, "arguments": text}
    whole = found["whole"]
    return {
        "name": found["name"],
        "arguments": ast.literal_eval(whole) if whole else found["rest"] or text,
    }


TOOLBENCH = Format(
    "toolbench",
    "answer_generation with train_messages",
    lambda row: isinstance(row.get("answer_generation"), dict),
    _read_trace,
)
TOOLBENCH_NESTED = Format(
    "toolbench-nested",
    "answer with answer_details",
    lambda row: (
        isinstance(row.get("answer"), dict)
        and isinstance(row["answer"].get("answer_details"), list)
    ),
    _read_nested,
)
