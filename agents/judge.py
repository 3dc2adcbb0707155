"""A judge: decides by a rubric what no code can decide, about a conversation that is over.

Sees one part of a conversation that has passed all checks: what the human said and its task, or the
whole conversation and its final answer, or the functions with their results. A judge that gives no
usable answer has voted `none`; it never ends an item.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, ask
from agents.contract import Contract
from button.canonical import parse_json_strict
from button.context import with_defaults
from button.errors import ConfigurationError
from button.models.caller import caller_of
from button.models.registry import cannot_judge
from button.records import Judged, Judgement, Message, Rejection, Trajectory

Inputs = dict[str, Any]


class Reads(Position, total=False):
    row: dict[str, Any]
    """The trajectory, as it was recorded after the checks."""
    judged: Judged
    seat: int


class Writes(Result, total=False):
    judgement: dict[str, Any]


class JudgeVerdict(Contract):
    reason: str
    """What decides, in one or two sentences."""
    vote: Literal["yes", "no"]
    """Whether the part is as it should be."""


@agent
async def judge(state: Reads, runtime: Runtime[Any]) -> Writes:
    """Cast one vote.

    Raises:
        ConfigurationError: the embedded model would be the judge.
    """
    judged, seat = state["judged"], state["seat"]
    context = with_defaults(runtime.context).at_seat(seat)
    use = caller_of(context).use_of("judge")
    if use.kind == "procedural":
        raise ConfigurationError(cannot_judge(judged))
    inputs = SEEN[judged](Trajectory.from_row(state["row"])) | {"today": context.today}
    own = runtime.override(context=context)
    answer = await ask(
        own, state, JudgeVerdict, prompt=f"judge_{judged}", inputs=inputs, turn=seat
    )  # fmt: skip
    if isinstance(answer, Rejection):
        vote: Literal["yes", "no", "none"] = "none"
        reason = f"{answer.code}: {answer.detail}"
    else:
        vote, reason = answer.vote, answer.reason
    cast = Judgement(of=judged, seat=seat, model=use, vote=vote, reason=reason)
    return Writes(judgement=cast.to_json())


def _of_human(trajectory: Trajectory) -> Inputs:
    turns = [
        {"speaker": _speaker(message), "text": message.content}
        for message in trajectory.messages
        if message.role in ("user", "assistant") and message.content
    ]
    return {"task": trajectory.task.text, "turns": turns}


def _of_assistant(trajectory: Trajectory) -> Inputs:
    *before, last = (message for message in trajectory.messages if message.role != "system")
    return {"conversation": list(map(_said, before)), "final_answer": last.content}


def _of_tool(trajectory: Trajectory) -> Inputs:
    return {"calls": list(_answered(trajectory))}


SEEN: Mapping[Judged, Callable[[Trajectory], Inputs]] = {
    "human": _of_human,
    "assistant": _of_assistant,
    "tool": _of_tool,
}
"""What a judge of each part gets to see, besides the day."""


def _answered(trajectory: Trajectory) -> Iterator[Inputs]:
    """The calls that were not refused, with their functions and results."""
    described = {
        tool["function"]["name"]: tool["function"]["description"] for tool in trajectory.tools
    }
    results = {
        message.tool_call_id: message
        for message in trajectory.messages
        if message.role == "tool" and not message.is_error
    }
    for message in trajectory.messages:
        for call in message.tool_calls or ():
            if call.id in results:
                name = call.function.name
                yield {
                    "function": {"name": name, "description": described.get(name, "")},
                    "arguments": call.function.arguments,
                    "result": _value(results[call.id].content),
                }


def _said(message: Message) -> Inputs:
    if message.role == "tool":
        return {"speaker": "function", "result": _value(message.content)}
    if message.tool_calls:
        calls = [call.function.model_dump() for call in message.tool_calls]
        return {"speaker": "assistant", "calls": calls}
    return {"speaker": _speaker(message), "text": message.content}


def _speaker(message: Message) -> str:
    return "person" if message.role == "user" else "assistant"


def _value(text: str) -> Any:
    """A result as the JSON that it is; a refusal as its text."""
    try:
        return parse_json_strict(text)
    except ValueError:
        return text
