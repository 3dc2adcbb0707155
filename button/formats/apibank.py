"""API-Bank: one dialogue per file, one turn per line; the functions stand in `all_apis.csv`.

Turns are {role: User|AI, text} and {role: API, api_name, param_dict, result}. The words of the AI
before a call belong to the turn that makes it.
"""

import ast
import csv
import io
from collections.abc import Iterable
from typing import Any

from button.checks.conversation import Conversation
from button.formats.definitions import Definitions, from_list
from button.formats.dialogue import Dialogue
from button.formats.format import Format, UnreadableRowError
from button.formats.written import WrittenCall, text_of_value

TURNS = "turns"
"""Key under which the turns of a file are put together."""
_NAME, _DESCRIPTION, _SIGNATURE = "类名", "api_info", "input_parameters"


def is_turn(row: Any) -> bool:
    """Whether a line is one turn of a dialogue rather than a whole one."""
    return isinstance(row, dict) and (
        (row.get("role") in ("User", "AI") and "text" in row)
        or (row.get("role") == "API" and "api_name" in row)
    )


def _read(row: dict[str, Any], external: Definitions | None) -> Conversation:
    dialogue = Dialogue(external)
    for number, turn in enumerate(row[TURNS], 1):
        if not is_turn(turn):
            raise UnreadableRowError(f"malformed turn: line {number} is no turn of a dialogue")
        if turn["role"] == "User":
            dialogue.says("user", text_of_value(turn["text"]))
        elif turn["role"] == "AI":
            dialogue.assistant(text_of_value(turn["text"]))
        else:
            _step(dialogue, turn)
    return dialogue.conversation()


def _step(dialogue: Dialogue, turn: dict[str, Any]) -> None:
    call = WrittenCall(str(turn["api_name"]), turn.get("param_dict"))
    dialogue.assistant("", [call], joined=True)
    result = turn.get("result")
    if not isinstance(result, dict):
        if "result" in turn:
            dialogue.result(result)
        return
    failure = result.get("exception")
    dialogue.result(failure or result.get("output"), failed=bool(failure))


def read_catalogue(text: str) -> Definitions | None:
    """The functions of `all_apis.csv`; None where the text is no such table.

    Each row holds its function as Python assignments: `description`, `input_parameters`. What it
    returns is described too, but the recorded results do not keep to it, so it is not read.
    """
    rows = csv.DictReader(io.StringIO(text))
    if not {_NAME, _DESCRIPTION} <= set(rows.fieldnames or ()):
        return None
    return from_list(
        _function(row) for row in rows if row[_NAME] and (row[_DESCRIPTION] or "").strip()
    )


def _function(row: dict[str, str]) -> dict[str, Any]:
    stated = dict(_assignments(row[_DESCRIPTION]))
    parameters = stated.get("input_parameters")
    if not isinstance(parameters, dict):  # `{None}` where there are none
        parameters = {}
    return {
        "name": row[_NAME],
        "description": stated.get("description", ""),
        "parameters": parameters,
        "required": [name for name in _required(row[_SIGNATURE] or "") if name in parameters],
    }


def _assignments(text: str) -> Iterable[tuple[str, Any]]:
    try:
        statements = ast.parse(text).body
    except SyntaxError:
        return
    for statement in statements:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            try:
                yield statement.targets[0].id, ast.literal_eval(statement.value)
            except ValueError:
                continue


def _required(signature: str) -> list[str]:
    """The parameters without a default in `(username: str, password: str = "")`."""
    try:
        parsed = ast.parse(f"def f{signature}: ...").body[0]
    except SyntaxError:
        return []
    if not isinstance(parsed, ast.FunctionDef):
        return []
    names = [argument.arg for argument in parsed.args.args]
    return names[: len(names) - len(parsed.args.defaults)]


API_BANK = Format(
    "api-bank",
    "one turn per line, role User, AI or API",
    lambda row: isinstance(row.get(TURNS), list) and all(map(is_turn, row[TURNS][:1])),
    _read,
)
