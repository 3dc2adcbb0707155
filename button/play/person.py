"""A person as a chat model: what a role is asked is put to them, and what they type is checked.

A line that cannot be used is asked for again with the reason; an empty one lets the configured
model take the turn.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Literal, Protocol

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from agents.agent import AGAIN
from button.errors import ModelError, StoppingError
from button.models.scripted import inputs_of

Seat = Literal["human", "assistant", "tool"]
Instead = Callable[[Sequence[BaseMessage], Mapping[str, Any]], Awaitable[AIMessage]]
Turn = Callable[["Asked"], AIMessage | None]
PERSON = "person"
REFUSED = AGAIN.partition("{problem}")[0]


class LeftError(StoppingError):
    """The person left the table. `exit_code` tells how: 0 at the end of input, 130 by Ctrl-C."""

    def __init__(self, exit_code: int = 0) -> None:
        super().__init__("You left; nothing was saved.")
        self.exit_code = exit_code


class Table(Protocol):
    """Where the person sits."""

    def tell(self, text: str, style: str = "") -> None:
        """Show something."""
        ...

    def ask(self, prompt: str) -> str:
        """The next line that the person types.

        Raises:
            LeftError: there is none.
        """
        ...


class Asked:
    """One turn that the person is asked for."""

    def __init__(
        self, table: Table, messages: Sequence[BaseMessage], bound: Mapping[str, Any]
    ) -> None:
        self.table = table
        self.inputs = inputs_of(messages)
        self.bound = bound
        self.is_first = not any(isinstance(message, AIMessage) for message in messages)
        last = str(messages[-1].text)
        self.problem = last.removeprefix(REFUSED).split("\n")[0] if REFUSED in last else ""


class PersonModel(BaseChatModel):
    """Asks the person at a table; turns that they leave out go to the configured model."""

    _turn: Turn = PrivateAttr()
    _table: Table = PrivateAttr()
    _instead: Instead = PrivateAttr()
    _busy: asyncio.Lock = PrivateAttr(default_factory=asyncio.Lock)
    _helpers: set[str] = PrivateAttr(default_factory=set)

    def __init__(self, turn: Turn, table: Table, instead: Instead) -> None:
        super().__init__()
        self._turn, self._table, self._instead = turn, table, instead

    @property
    def _llm_type(self) -> str:
        return "button-person"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        # Who took the turns that the person left out is part of the name.
        return {"model_name": " and ".join([PERSON, *sorted(self._helpers)]), "kind": PERSON}

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        raise ModelError("a person can only be asked by `ainvoke`")

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        # Calls of one turn are answered at the same time; a person answers one after the other.
        async with self._busy:
            asked = Asked(self._table, messages, kwargs)
            if asked.problem:
                self._table.tell(f"That cannot be used: {asked.problem}", "yellow")
            message = self._turn(asked)
            if message is None:
                self._table.tell("  (the model takes this turn)", "dim")
                message = await self._instead(messages, kwargs)
                self._helpers.add(message.response_metadata.get("model_name") or "a model")
        return ChatResult(generations=[ChatGeneration(message=message)])
