"""What a person is told and asked in each seat, and what is accepted of what they type."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from langchain_core.messages import AIMessage

from button.canonical import canonical_json
from button.play.person import Asked, Seat, Turn
from button.play.typed import places_of, read_object
from button.records import FunctionSignature
from tools.ledger import contradictions
from tools.validation import result_errors, schema_errors

Json = dict[str, Any]


def speak(asked: Asked) -> AIMessage | None:
    """The human's message."""
    if asked.is_first:
        asked.table.tell("You want this done; say it in your own words:", "bold")
        asked.table.tell(f"  {asked.inputs['task']}")
        asked.table.tell(
            "  Say its names, numbers and dates, too: whatever the assistant uses and you have not "
            "said, counts as made up.",
            "dim",
        )
    text = asked.table.ask("you")
    return AIMessage(canonical_json({"message": text})) if text else None


def answer_call(asked: Asked) -> AIMessage | None:
    """The result of a call: an object that fits `returns` and contradicts nothing."""
    table, call = asked.table, asked.inputs["call"]
    signature = FunctionSignature.model_validate(asked.inputs["function"])
    arguments = ", ".join(f"{key}={value!r}" for key, value in call["arguments"].items())
    table.tell(f"You are {signature.name}: {signature.description}", "bold")
    table.tell(f"  called with   {arguments or 'nothing'}")
    table.tell(f"  give back     {places_of(signature.returns)}")
    while text := table.ask("result"):
        try:
            result = read_object(text, signature.returns)
        except ValueError as error:
            table.tell(f"  {error}", "yellow")
            continue
        problems = result_errors(signature, result) or contradictions(
            asked.inputs["facts"], signature.name, call["arguments"], result
        )
        if not problems:
            return AIMessage(canonical_json(result))
        for problem in problems:
            table.tell(f"  {problem}", "yellow")
    return None


def decide(asked: Asked) -> AIMessage | None:
    """The assistant's turn: a thought, then calls, a question or the final answer."""
    table = asked.table
    functions = {
        tool["function"]["name"]: tool["function"] for tool in asked.bound.get("tools", ())
    }
    if asked.is_first:
        _brief(asked, functions)
    thought = table.ask("plan" if asked.is_first else "thought")
    if not thought:
        return None
    said = f"<thought>{thought}</thought>"
    calls: list[Json] = []
    while True:
        line = table.ask("call" if calls else "call, ?question or !answer")
        if line.startswith(("?", "!")) and not calls and line[1:].strip():
            words = line[1:].strip()
            return AIMessage(said + (f"<final>{words}</final>" if line[0] == "!" else words))
        if not line and calls:
            return AIMessage(said, tool_calls=calls)
        problem = _add_call(line, functions, calls)
        if problem:
            table.tell(f"  {problem}", "yellow")
        elif len(calls) >= asked.inputs["most_calls"]:
            return AIMessage(said, tool_calls=calls)


def _brief(asked: Asked, functions: Mapping[str, Json]) -> None:
    table = asked.table
    table.tell("You are the assistant. The work in its parts:", "bold")
    for task in asked.inputs["sub_tasks"]:
        after = f"   (after {', '.join(task['depends_on'])})" if task["depends_on"] else ""
        table.tell(f"  {task['id']}  {task['text']}{after}")
    table.tell("The functions:", "bold")
    for name, function in functions.items():
        table.tell(f"  {name}({places_of(function['parameters'])})")
        table.tell(f"      {function['description']}", "dim")
    table.tell(
        'A call is NAME name=value ..., such as find_tour city="Bad Ischl" days=2, or NAME {JSON}; '
        "several in one turn, one a line, an empty line sends them. ?words asks the human, !words "
        "is the final answer.", "dim",
    )  # fmt: skip


def _add_call(line: str, functions: Mapping[str, Json], calls: list[Json]) -> str:
    """Add the call that a line says, or say what is wrong with it."""
    name, _, rest = line.strip().partition(" ")
    if not name:
        return "call a function, ask with ?, or answer with !"
    function = functions.get(name)
    if function is None:
        near = get_close_matches(name, functions, 1)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(functions)}"
        return f"there is no function {name!r}; {hint}"
    try:
        arguments = read_object(rest, function["parameters"])
    except ValueError as error:
        return str(error)
    problems = schema_errors(function["parameters"], arguments)
    if problems:
        return "; ".join(problems)
    if any((call["name"], call["args"]) == (name, arguments) for call in calls):
        return "the same call stands in this turn already"
    calls.append({"name": name, "args": arguments, "id": f"c{len(calls)}", "type": "tool_call"})
    return ""


TURNS: Mapping[Seat, Turn] = {"human": speak, "assistant": decide, "tool": answer_call}
