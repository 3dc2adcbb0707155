"""A chat model that follows a script: for tests, demonstrations and the zero baseline.

It answers each contract by its name (`AtomicTaskText`, `HumanTurn`, ...) and the assistant, which
has no contract, by `assistant`.
"""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from button.canonical import canonical_json
from button.errors import ModelError

ASSISTANT = "assistant"


@dataclass(frozen=True)
class Asked:
    """One call that the model got."""

    contract: str
    """Name of the bound contract; `assistant` where none is bound."""
    inputs: dict[str, Any]
    """The prompt's inputs block."""
    messages: Sequence[BaseMessage]
    kwargs: Mapping[str, Any]


Answer = str | dict[str, Any] | AIMessage | Exception
"""A text, an object that is sent as JSON, a whole message, or an exception to raise."""
Script = Sequence[Answer] | Callable[[Asked], Answer]
"""Answers in the order of the calls, or a function of the call."""


class ScriptedModel(BaseChatModel):
    """Answers from a script, contract by contract, and remembers what it was asked."""

    scripts: dict[str, Any]
    name_in_records: str = "script"
    _asked: list[Asked] = PrivateAttr(default_factory=list)
    _counts: Counter[str] = PrivateAttr(default_factory=Counter)

    def __init__(self, scripts: Mapping[str, Script], **kwargs: Any) -> None:
        super().__init__(scripts=dict(scripts), **kwargs)

    @property
    def asked(self) -> list[Asked]:
        """All calls so far, in the order in which they came."""
        return self._asked

    @property
    def _llm_type(self) -> str:
        return "button-scripted"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": self.name_in_records, "kind": "scripted"}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=self._answer(messages, kwargs))])

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return self._generate(messages, stop, None, **kwargs)

    def _answer(self, messages: list[BaseMessage], kwargs: dict[str, Any]) -> AIMessage:
        form = kwargs.get("response_format", {}).get("json_schema", {})
        asked = Asked(form.get("name", ASSISTANT), inputs_of(messages), messages, kwargs)
        earlier = self._counts[asked.contract]
        self._counts[asked.contract] += 1
        self._asked.append(asked)
        answer = self._scripted(asked, earlier)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, AIMessage):
            return answer
        return AIMessage(answer if isinstance(answer, str) else canonical_json(answer))

    def _scripted(self, asked: Asked, earlier: int) -> Answer:
        script: Script | None = self.scripts.get(asked.contract)
        if script is None:
            known = ", ".join(sorted(self.scripts)) or "none"
            raise ModelError(f"no script for {asked.contract!r} (there are: {known})")
        if callable(script):
            return script(asked)
        if earlier >= len(script):
            raise ModelError(f"the script for {asked.contract!r} ends after {len(script)} answers")
        return script[earlier]


def inputs_of(messages: Sequence[BaseMessage]) -> dict[str, Any]:
    """The inputs block that closes a prompt; empty where there is none."""
    _, mark, rest = str(messages[0].content).rpartition("\n<inputs>\n") if messages else ("",) * 3
    inputs: dict[str, Any] = json.loads(rest.removesuffix("\n</inputs>")) if mark else {}
    return inputs
