"""Plays the system behind one function (paper, top-down phase): one agent per function.

Knows its own signature, one call, the date, and what the functions have stated so far in this
conversation. Never sees the messages, the task, or other functions. Refuses a call that does not
fit its parameters with the reasons; gives the same result to the same call; contradicts nothing
that was stated before.
"""

from typing import Any

from langchain_core.messages import AnyMessage, ToolMessage
from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, converse
from agents.contract import RuleError, contract_form, parse_object
from button.canonical import canonical_json
from button.context import Context, with_defaults
from button.records import FunctionSignature, Rejection
from tools.ledger import Fact, contradictions, known_result
from tools.validation import argument_errors, result_errors


class Reads(Position, total=False):
    function: dict[str, Any] | None
    call: dict[str, Any]
    facts: list[Fact]
    known_names: list[str]
    turn: int
    index: int


class Writes(Result, total=False):
    messages: list[AnyMessage]
    facts: list[Fact]


@agent
async def answer_call(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Answer one call: with a result, or with the reasons why it is refused."""
    call, facts = state["call"], state.get("facts", [])
    refusal = _refusal(state)
    if refusal:
        return Writes(messages=[_message(call, refusal, "error")])
    known = known_result(facts, call["name"], call["args"])
    if known:
        return Writes(messages=[_message(call, canonical_json(known["result"]))])
    result = await _result(state, runtime, FunctionSignature.model_validate(state["function"]))
    if isinstance(result, Rejection):
        return Writes(rejection=result.to_json())
    fact = Fact(name=call["name"], arguments=call["args"], result=result)
    return Writes(messages=[_message(call, canonical_json(result))], facts=[fact])


async def _result(
    state: Reads, runtime: Runtime[Context], signature: FunctionSignature
) -> dict[str, Any] | Rejection:
    call, facts = state["call"], state.get("facts", [])
    inputs = {
        "function": signature.model_dump(exclude={"original_name"}),
        "call": {"name": call["name"], "arguments": call["args"]},
        "facts": facts,
        "today": with_defaults(runtime.context).today,
    }
    return await converse(
        runtime, state,
        lambda message: _checked(signature, facts, call["args"], parse_object(message)),
        prompt="tool", inputs=inputs,
        agent=f"tool.{state.get('index', 0)}", turn=state.get("turn", 0),
        response_format=contract_form("ToolResult", signature.returns),
    )  # fmt: skip


def _refusal(state: Reads) -> str:
    """Why the call is refused, one reason a line; empty where it is not."""
    function, call = state.get("function"), state["call"]
    if function is None:
        names = ", ".join(state.get("known_names", [])) or "none"
        return f"there is no function {call['name']!r} (there are: {names})"
    signature = FunctionSignature.model_validate(function)
    return "\n".join(argument_errors(signature, call["args"]))


def _checked(
    signature: FunctionSignature,
    facts: list[Fact],
    arguments: dict[str, Any],
    result: dict[str, Any],
) -> dict[str, Any]:
    errors = result_errors(signature, result)
    if errors:
        raise RuleError("invalid_result", "; ".join(errors))
    against = contradictions(facts, signature.name, arguments, result)
    if against:
        raise RuleError("contradiction", "; ".join(against))
    return result


def _message(call: dict[str, Any], content: str, status: str = "success") -> ToolMessage:
    return ToolMessage(
        content, tool_call_id=call["id"], name=call["name"], status=status, id=f"tool-{call['id']}"
    )
