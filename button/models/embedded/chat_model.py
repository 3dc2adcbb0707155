"""The chat model: finds the prompt's inputs and contract, and lets the right role answer."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.utils.function_calling import convert_to_openai_tool

from button.canonical import canonical_json, derived_random
from button.models.embedded import construction
from button.models.embedded.conversation import Assistant, answer_as_tool, speak_as_human
from button.models.embedded.refusal import Refusal
from button.models.embedded.unseen_returns import draw_result
from button.models.embedded.unseen_values import without_references

MODEL_NAME = "embedded"
DAY = "2026-03-02"
"""The day for contracts whose inputs name none."""
_INPUTS = re.compile(r"<inputs>\s*(.*?)\s*</inputs>\s*$", re.DOTALL)
_NOT_OURS = (
    "I am the embedded procedural model of the BUTTON simulator. I answer its prompts, which "
    "close with an <inputs> block; this one does not."
)

Builder = Callable[[Mapping[str, Any], Random], dict[str, Any]]


def _scenario(inputs: Mapping[str, Any], rng: Random) -> dict[str, Any]:
    if "conversation" in inputs:
        return construction.extract_scenario(inputs, rng)
    if "functions" in inputs:
        return construction.scenario_from_functions(inputs, rng)
    return construction.expand_scenario(inputs, rng)


CONTRACTS: dict[str, Builder] = {
    "ScenarioText": _scenario,
    "AtomicTaskText": construction.write_atomic_task,
    "SequentialComposition": construction.compose_sequentially,
    "ParallelComposition": construction.compose_in_parallel,
    "CriticVerdict": construction.criticise,
    "FunctionDesign": construction.design_functions,
    "ToolResult": answer_as_tool,
}


class EmbeddedModel(BaseChatModel):
    """A procedural chat model: no weights, no network, no key, the same answer to the same call."""

    @property
    def _llm_type(self) -> str:
        return "button-embedded-procedural"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": MODEL_NAME, "kind": "procedural"}

    def bind_tools(self, tools: Sequence[Any], **kwargs: Any) -> Runnable[Any, AIMessage]:
        """The model with tools bound, as any chat model."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=answer(messages, **kwargs))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=answer(messages, **kwargs))])


def answer(messages: Sequence[BaseMessage], **kwargs: Any) -> AIMessage:
    """The embedded model's message; a function of the messages, the contract and the seed."""
    inputs = read_inputs(messages)
    contract = contract_of(kwargs)
    if inputs is None:
        return _message(_NOT_OURS)
    rng = derived_random("embedded", int(kwargs.get("seed") or 0), contract, canonical_json(inputs))
    try:
        if contract == "HumanTurn":
            return _message(canonical_json(speak_as_human(inputs, messages[1:], rng)))
        if contract in CONTRACTS:
            return _message(canonical_json(CONTRACTS[contract](inputs, rng)))
        if contract:
            schema = without_references(kwargs["response_format"]["json_schema"]["schema"])
            return _message(canonical_json(draw_result(schema, rng, str(inputs.get("today", DAY)))))
        text, calls = Assistant(inputs, messages[1:], kwargs.get("tools", ()), rng).turn()
        return _message(text, calls)
    except Refusal as refusal:
        return _message("", refusal=str(refusal))


def _message(
    text: str, calls: Sequence[Mapping[str, Any]] = (), refusal: str | None = None
) -> AIMessage:
    return AIMessage(
        content=text,
        tool_calls=[dict(call) for call in calls],
        additional_kwargs={"refusal": refusal} if refusal else {},
        response_metadata={
            "model_name": MODEL_NAME,
            "finish_reason": "tool_calls" if calls else "stop",
        },
    )


class LackingInputError(LookupError):
    """A prompt is in the simulator's form and does not hold what its contract is answered from."""


class _Inputs(dict[str, Any]):
    """An object of the inputs block; what it lacks is the prompt's fault, and named."""

    def __missing__(self, key: str) -> Any:
        raise LackingInputError(f"the inputs at the end of the prompt lack {key!r}")


def read_inputs(messages: Sequence[BaseMessage]) -> dict[str, Any] | None:
    """The inputs block that closes the first message, None where there is none."""
    match = _INPUTS.search(str(messages[0].content)) if messages else None
    if match is None:
        return None
    try:
        inputs = json.loads(match[1], object_hook=_Inputs)
    except ValueError:
        return None
    return inputs if isinstance(inputs, dict) else None


def contract_of(kwargs: Mapping[str, Any]) -> str:
    """Name of the bound contract, "" where none is bound."""
    form = kwargs.get("response_format") or {}
    return str(form.get("json_schema", {}).get("name", "")) if isinstance(form, Mapping) else ""
