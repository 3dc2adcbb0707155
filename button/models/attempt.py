"""One attempt of a call: money set aside, a total deadline, and a fault instead of an exception."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langgraph.errors import GraphBubbleUp

from button.errors import ButtonError
from button.models.asking import own_answer
from button.models.clock import active_clock
from button.models.faults import Fault, fault_of
from button.models.meter import PROBE, Attempt, active_meter
from button.models.response import message_of, response_of

LONGEST_PROBE_S = 60.0
PROBE_MESSAGES: Sequence[BaseMessage] = (HumanMessage("Say OK."),)
PROBE_TOKENS = 16


@dataclass(frozen=True)
class Call:
    """A call of a model, to be tried once or more often."""

    model: BaseChatModel
    kind: str
    """Of the model (`ModelUse.kind`)."""
    about: Attempt
    is_own: bool = False
    """Whether the model was built from settings; else somebody handed it over."""

    async def once(self) -> AIMessage | Fault:
        """The answer, or why there is none.

        Raises:
            ButtonError: raised on purpose, such as a budget that is used up.
            GraphBubbleUp: an interrupt.
        """
        return await self._send(self.about, self.about.settings.timeout_s)

    async def alive(self) -> bool:
        """Whether the endpoint answers something small, if only with a refusal.

        A model that is no endpoint cannot be down; it is not asked.
        """
        if self.kind != "endpoint":
            return True
        bounded = {"max_tokens": PROBE_TOKENS} if hasattr(self.model, "max_tokens") else {}
        about = self.about._replace(
            item=-1, step=PROBE, role=PROBE, messages=PROBE_MESSAGES, kwargs=bounded
        )
        told = await self._send(about, min(self.about.settings.timeout_s, LONGEST_PROBE_S))
        return not isinstance(told, Fault) or told.kind != "transient"

    async def _said(self, about: Attempt) -> BaseMessage:
        if self.is_own:
            return await own_answer(self.model, about.messages, about.kwargs)
        return await self.model.ainvoke(list(about.messages), **about.kwargs)

    async def _send(self, about: Attempt, limit_s: float) -> AIMessage | Fault:
        reservation = await active_meter.get().reserve(about)
        told: AIMessage | Fault | None = None
        try:
            async with asyncio.timeout(limit_s):
                said = await self._said(about)
            told = message_of(response_of(said))
        except (ButtonError, GraphBubbleUp):
            raise
        except Exception as error:  # noqa: BLE001 - the one boundary of models
            told = fault_of(error, limit_s=limit_s, now=active_clock.get().wall())
        finally:
            reservation.settle(told)
        return told
