"""What all agents share: how a model is asked, and what becomes of failures.

A node renders its prompt, asks the model of the prompt's role, and parses the answer strictly. What
does not fit is answered with the reason, up to `Context.max_reasks` times; then, and for anything
else that goes wrong in a node, the failure is a value (`Rejection`), never an exception.
"""

import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar, cast, get_type_hints

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langgraph.errors import GraphBubbleUp
from langgraph.runtime import Runtime
from pydantic import BaseModel
from typing_extensions import TypedDict

from agents.contract import RuleError, contract_form, parse_contract
from button.canonical import canonical_json, derive_seed
from button.context import Context, with_defaults
from button.errors import CallError, ContractError, ModelError, StoppingError
from button.models.caller import CallKey, caller_of
from button.models.redaction import error_text
from button.models.reply import NOT_TEXT
from button.records import Rejection, Role
from prompts import prompt_role, render

AnswerT = TypeVar("AnswerT")
ContractT = TypeVar("ContractT", bound=BaseModel)
NodeT = TypeVar("NodeT", bound=Callable[..., Awaitable[Any]])

AGAIN = (
    "This answer cannot be used: {problem}\n"
    "Answer once more, in the form that was asked for, with nothing around it."
)
FINISHED = ("stop", "tool_calls", "function_call", "end_turn", "eos")
"""Finish reasons of a whole answer, under the names that servers give them."""
MAX_DETAIL = 1000
MAX_SAID = 20_000
"""Characters of an unusable answer that its model is shown again."""
PASSED_ON = (StoppingError, GraphBubbleUp)
"""What a node lets pass: failures that every other item would meet as well, and interrupts."""

logger = logging.getLogger(__name__)
_tally: ContextVar[Counter[str] | None] = ContextVar("model calls of this node", default=None)


class Position(TypedDict, total=False):
    """Where in a run a node works; every agent's `Reads` has it, for seeds and the journal."""

    item: int
    variant: int


class Result(TypedDict, total=False):
    """What every agent may write besides its own keys."""

    attempts: dict[str, int]
    """Model calls by prompt."""
    rejection: dict[str, Any] | None
    """Why the item ends here."""


def agent(node: NodeT) -> NodeT:
    """The boundary of an agent's node: counts model calls, turns exceptions into a rejection.

    Raises:
        TypeError: the node returned a key that its `Writes` do not name (LangGraph would drop it).
    """
    hints = get_type_hints(node)
    known = set(get_type_hints(hints["return"]))

    @wraps(node)
    async def bounded(state: Mapping[str, Any], runtime: Runtime[Context]) -> dict[str, Any]:
        tally: Counter[str] = Counter()
        token = _tally.set(tally)
        try:
            made = await as_value(node.__name__, node(state, runtime))
        finally:
            _tally.reset(token)
        update = {"rejection": made.to_json()} if isinstance(made, Rejection) else dict(made)
        if not known.issuperset(update):
            raise TypeError(f"{node.__name__} returned {sorted(update.keys() - known)}, not Writes")
        return {**update, "attempts": dict(tally)} if tally else update

    return cast(NodeT, bounded)


async def as_value(stage: str, work: Awaitable[AnswerT]) -> AnswerT | Rejection:
    """What `work` gives; an exception becomes a rejection, so that no branch takes others along.

    Raises:
        StoppingError: every other item would meet the failure as well.
        GraphBubbleUp: an interrupt.
    """
    try:
        return await work
    except PASSED_ON:
        raise
    except Exception as error:
        logger.warning("%s ended in an unexpected error", stage, exc_info=error)
        detail = error_text(error)[:MAX_DETAIL]
        return Rejection(stage=stage, role="run", code="internal_error", detail=detail)


async def ask(
    runtime: Runtime[Context],
    state: Mapping[str, Any],
    contract: type[ContractT],
    *,
    prompt: str,
    inputs: Mapping[str, Any],
    history: Sequence[BaseMessage] = (),
    turn: int = 0,
    remarks: Callable[[ContractT], list[str]] | None = None,
) -> ContractT | Rejection:
    """Ask for a structured answer.

    Args:
        runtime: of the node.
        state: of the node; its `item` and `variant` name the call.
        contract: form of the answer; its name is the schema's title.
        prompt: name of the prompt; its role decides which model is asked.
        inputs: what the prompt names as its inputs.
        history: messages after the prompt, where the agent is in a conversation.
        turn: which call of this prompt for this item and variant it is.
        remarks: what is wrong with an answer that fits the contract; each is told to the model.
    """

    def parse(message: AIMessage) -> ContractT:
        answer = parse_contract(contract, message)
        found = remarks(answer) if remarks else []
        if found:
            raise RuleError("broken_rule", "; ".join(found))
        return answer

    form = contract_form(contract.__name__, contract)
    return await converse(
        runtime, state, parse, prompt=prompt, inputs=inputs, history=history, turn=turn,
        response_format=form,
    )  # fmt: skip


async def converse(
    runtime: Runtime[Context],
    state: Mapping[str, Any],
    parse: Callable[[AIMessage], AnswerT],
    *,
    prompt: str,
    inputs: Mapping[str, Any],
    history: Sequence[BaseMessage] = (),
    agent: str | None = None,
    turn: int = 0,
    **bound: Any,
) -> AnswerT | Rejection:
    """Ask, and ask again with the reason while `parse` raises ContractError.

    `agent` names the call where one prompt serves several agents; `bound` goes to the model.
    """
    context = with_defaults(runtime.context)
    caller, role = caller_of(context), prompt_role(prompt)
    place = (state.get("item", 0), state.get("variant", 0), agent or prompt, turn)
    said = render(prompt, inputs, context.instructions_to(role))
    messages = _opening(said, history)
    for attempt in range(context.max_reasks + 1):
        key = CallKey(*place, attempt)
        seed = derive_seed(context.root_seed, "model", *key)
        _count(prompt)
        try:
            answer = await caller.call(role, key, messages, seed=seed, **bound)
        except StoppingError:
            raise
        except CallError as error:
            return _problem(prompt, role, error.code, str(error))
        except ModelError as error:
            return _problem(prompt, role, "model_error", str(error))
        if lost := _lost(answer):
            # Asked again as it was: this is no mistake that the model could mend.
            problem = _problem(prompt, role, *lost)
            continue
        try:
            return parse(answer)
        except ContractError as error:
            code = error.code if isinstance(error, RuleError) else "unparsable_answer"
            problem = _problem(prompt, role, code, str(error))
            messages = [*messages, *_again(answer, error)]
    return problem


def _lost(answer: AIMessage) -> tuple[str, str] | None:
    """Code and words where an answer is none; what was cut off is never used, even if it reads."""
    if refusal := answer.additional_kwargs.get("refusal"):
        return "refused", str(refusal)
    finish = answer.response_metadata.get("finish_reason") or FINISHED[0]
    if finish == "length":
        return "cut_off", "the answer was cut off at its longest length; max_tokens sets it"
    if finish == NOT_TEXT:
        return NOT_TEXT, "the answer holds half characters, which no file can hold"
    if finish == "content_filter":
        return "content_filter", "the endpoint's content filter cut the answer off"
    if str(finish).lower() not in FINISHED:
        return "cut_off", f"the endpoint broke the answer off: {finish!r}"
    return None


def _opening(prompt: str, history: Sequence[BaseMessage]) -> list[BaseMessage]:
    # Some endpoints refuse a conversation without a user message, so a lone prompt is one.
    return [SystemMessage(prompt), *history] if history else [HumanMessage(prompt)]


def _again(answer: AIMessage, error: ContractError) -> list[BaseMessage]:
    # Calls are told as text: a call without its result is refused by endpoints.
    calls = [{"name": call["name"], "arguments": call["args"]} for call in answer.tool_calls]
    said = f"{answer.content}\n{canonical_json(calls)}" if calls else str(answer.content)
    return [AIMessage(said[:MAX_SAID]), HumanMessage(AGAIN.format(problem=str(error)[:MAX_DETAIL]))]


def _problem(stage: str, role: Role, code: str, detail: str) -> Rejection:
    return Rejection(stage=stage, role=role, code=code, detail=detail[:MAX_DETAIL])


def _count(prompt: str) -> None:
    tally = _tally.get()
    if tally is not None:
        tally[prompt] += 1
