"""Plays the assistant: a thought, then calls, a final answer or a question (paper, top-down phase).

Sees the conversation, the functions, and a breakdown of the task into sub-tasks that the trained
model will never see and that is no part of the record. Never sees the task's text.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from langchain_core.messages import (
    AIMessage,
    AnyMessage,
    BaseMessage,
    InvalidToolCall,
    ToolCall,
    ToolMessage,
)
from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, converse
from agents.contract import RuleError
from button.canonical import call_id, canonical_json, derived_random
from button.context import Context, with_defaults
from button.errors import ContractError
from button.records import Rejection
from tools.validation import parse_arguments

_THOUGHT = re.compile(r"<thought>(.*?)</thought>", re.DOTALL)
_FINAL = re.compile(r"<final>(.*?)</final>", re.DOTALL)
_TAG = re.compile(r"</?(?:thought|final)>")
UNGROUNDED = (
    "the final answer says what neither the person nor a function has said: {}; "
    "say only what follows from the results"
)


class Reads(Position, total=False):
    messages: list[AnyMessage]
    sub_tasks: list[dict[str, Any]]
    functions: list[dict[str, Any]]
    rejection: dict[str, Any] | None


class Writes(Result, total=False):
    messages: list[AnyMessage]


class Turn(NamedTuple):
    """What the assistant thinks and does in one turn."""

    thought: str | None
    text: str
    """The final answer or the question, "" beside calls."""
    calls: Sequence[tuple[str, dict[str, Any]]] = ()
    is_final: bool = False


def parallel_calls(context: Context, item: int, variant: int) -> bool:
    """Whether the assistant may make several calls in one turn."""
    if context.max_parallel_calls == 1:
        return False
    if context.parallel_calls != "mixed":
        return context.parallel_calls == "on"
    return derived_random(context.root_seed, "parallel_calls", item, variant).random() < 0.5


Review = Callable[[Sequence[AnyMessage], Sequence[dict[str, Any]], str, str], list[str]]
"""What is wrong with a final answer: of the messages before it, the sub-tasks, it, and today."""


class Decide(Protocol):
    """The node of the assistant."""

    async def __call__(self, state: Reads, runtime: Runtime[Context]) -> Writes: ...


def deciding(review: Review) -> Decide:
    """The node of the assistant, whose final answers are reviewed before they are taken."""

    @agent
    async def decide(state: Reads, runtime: Runtime[Context]) -> Writes:
        return await _decide(state, runtime, review)

    return decide


async def _decide(state: Reads, runtime: Runtime[Context], review: Review) -> Writes:
    """Take one turn: call functions, finish, or ask the person."""
    if state.get("rejection"):  # of one tool agent among several: the others led here
        return Writes()
    context = with_defaults(runtime.context)
    item, variant = state.get("item", 0), state.get("variant", 0)
    messages, functions = state.get("messages", []), state.get("functions", [])
    turn = sum(isinstance(message, AIMessage) for message in messages)
    spent = _spent(context, messages, turn)
    if spent:
        return Writes(rejection=spent.to_json())
    allowed = parallel_calls(context, item, variant)
    most = context.max_parallel_calls if allowed else 1
    reviews = iter(range(context.max_reasks))

    def parse(message: AIMessage) -> Turn:
        taken = parse_turn(message, most, first=turn == 0)
        # What is left after the last time, the checks judge, with all that they find.
        if taken.is_final and next(reviews, None) is not None:
            found = review(messages, state.get("sub_tasks", []), taken.text, context.today)
            if found:
                raise RuleError("ungrounded_final_answer", UNGROUNDED.format("; ".join(found)))
        return taken

    inputs = {
        "today": context.today,
        "most_calls": most,
        "sub_tasks": [_shown(task) for task in state.get("sub_tasks", [])],
    }
    answer = await converse(
        runtime, state, parse, prompt="assistant", inputs=inputs,
        history=[as_said(m) for m in answered(messages)], turn=turn, **_bound(functions, allowed),
    )  # fmt: skip
    if isinstance(answer, Rejection):
        return Writes(rejection=answer.to_json())
    made = sum(len(m.tool_calls) for m in messages if isinstance(m, AIMessage))
    if made + len(answer.calls) > context.max_calls:
        spent = _limit("call_limit", f"more than {context.max_calls} calls")
        return Writes(rejection=spent.to_json())
    ids = [
        call_id(context.root_seed, item, variant, turn, index) for index in range(len(answer.calls))
    ]
    return Writes(messages=[message_of_turn(answer, ids, turn)])


def parse_turn(message: AIMessage, most_calls: int, *, first: bool) -> Turn:
    """Read a model's message as a turn.

    Args:
        message: the model's.
        most_calls: how many calls the turn may hold.
        first: whether it is the first turn, which has to hold the plan.

    Raises:
        ContractError: it is none, or breaks a rule; the text is fit for the model.
    """
    thought, text = _thought_and_text(str(message.content))
    if first and not thought:
        raise ContractError("begin with your plan between <thought> and </thought>")
    if message.invalid_tool_calls:
        raise ContractError("; ".join(map(_broken, message.invalid_tool_calls)))
    final = _FINAL.search(text)
    if message.tool_calls:
        if final:
            raise RuleError("broken_rule", "either call functions or give the final answer")
        said = " ".join(filter(None, (thought, _TAG.sub("", text).strip())))
        return Turn(said or None, "", _calls(message.tool_calls, most_calls))
    spoken = _TAG.sub("", final[1] if final else text).strip()
    if not spoken:
        raise ContractError("call functions, give the <final> answer, or ask a question")
    return Turn(thought, spoken, is_final=final is not None)


def message_of_turn(turn: Turn, ids: Sequence[str], number: int) -> AIMessage:
    """The turn as it stands in the conversation: thought, calls and words kept apart."""
    about: dict[str, Any] = {"thought": turn.thought} if turn.thought else {}
    if turn.is_final:
        about["is_final"] = True
    return AIMessage(
        content=turn.text,
        tool_calls=[
            ToolCall(name=name, args=arguments, id=each, type="tool_call")
            for (name, arguments), each in zip(turn.calls, ids, strict=True)
        ],
        additional_kwargs=about,
        id=f"assistant-{number + 1}",
    )


def is_final(message: BaseMessage) -> bool:
    """Whether a message closes the conversation."""
    return isinstance(message, AIMessage) and message.additional_kwargs.get("is_final") is True


def answered(messages: Sequence[AnyMessage]) -> list[AnyMessage]:
    """The conversation without calls that nobody answered, which endpoints refuse.

    A turn whose tool agent failed leaves some in a thread that goes on.
    """
    results = {m.tool_call_id for m in messages if isinstance(m, ToolMessage)}
    open_calls = [
        message
        for message in messages
        if isinstance(message, AIMessage)
        and not results.issuperset(call["id"] or "" for call in message.tool_calls)
    ]
    left_out = {call["id"] for message in open_calls for call in message.tool_calls}
    return [
        message
        for message in messages
        if message not in open_calls
        and not (isinstance(message, ToolMessage) and message.tool_call_id in left_out)
    ]


def as_said(message: AnyMessage) -> BaseMessage:
    """A message as the model said or heard it: its own with the thought in tags again."""
    if not isinstance(message, AIMessage):
        return message
    thought = message.additional_kwargs.get("thought")
    said = f"<thought>{thought}</thought>" if thought else ""
    said += f"<final>{message.content}</final>" if is_final(message) else str(message.content)
    return AIMessage(said, tool_calls=message.tool_calls)


def _thought_and_text(content: str) -> tuple[str | None, str]:
    found = _THOUGHT.search(content)
    if not found:
        return None, content
    return found[1].strip() or None, content[: found.start()] + content[found.end() :]


def _broken(call: InvalidToolCall) -> str:
    which = f"the call of {call['name']!r}" if call.get("name") else "a call"
    return f"{which} cannot be read: {call.get('error') or 'its arguments are no JSON object'}"


def _calls(calls: Sequence[ToolCall], most: int) -> list[tuple[str, dict[str, Any]]]:
    if len(calls) > most:
        raise RuleError("too_many_calls", f"{len(calls)} calls in one turn, at most {most}")
    made = []
    for call in calls:
        try:
            made.append((call["name"], parse_arguments(call["args"])))
        except ValueError as error:
            raise ContractError(f"call of {call['name']!r}: {error}") from error
    if len({canonical_json(each) for each in made}) < len(made):
        raise RuleError("repeated_call", "the same call stands twice in one turn")
    return made


def _spent(context: Context, messages: Sequence[AnyMessage], turn: int) -> Rejection | None:
    if turn >= context.max_assistant_turns:
        return _limit("assistant_turn_limit", f"no end after {turn} turns")
    refused = sum(isinstance(m, ToolMessage) and m.status == "error" for m in messages)
    if refused > context.max_invalid_calls:
        return _limit("invalid_call_limit", f"{refused} calls were refused")
    return None


def _limit(code: str, detail: str) -> Rejection:
    return Rejection(stage="assistant", role="assistant", code=code, detail=detail)


def _bound(functions: Sequence[dict[str, Any]], allowed: bool) -> dict[str, Any]:
    """The tools as endpoints take them; none of the arguments where there are no functions."""
    if not functions:
        return {}
    tools = [
        {
            "type": "function",
            "function": {key: each[key] for key in ("name", "description", "parameters")},
        }
        for each in functions
    ]
    return {"tools": tools, "parallel_tool_calls": allowed}


def _shown(sub_task: dict[str, Any]) -> dict[str, Any]:
    return {key: sub_task[key] for key in ("id", "text", "depends_on", "functions")}
