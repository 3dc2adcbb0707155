"""How agents call models: directly, or through the journal of a run.

Agents ask `caller_of(context)` and never see which it is. A call is named by its `CallKey`, which
is the same each time the program runs, so that a journaled response is found again.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langgraph.errors import GraphBubbleUp

from button.context import Context
from button.errors import ButtonError, EndpointError, ModelError
from button.models.dialect import DialectCaller
from button.models.journal import Journal, active_journal
from button.models.registry import ready_model, use_of_model, use_of_settings
from button.models.response import message_of, request_hash, response_of
from button.records import ModelUse, Role

REFUSED_FOR_GOOD = (401, 403, 404)
"""HTTP answers after which no later call fares better: key, permission, model name."""
MAX_REASON = 300

Models = BaseChatModel | Mapping[Role, BaseChatModel]
active_models: ContextVar[Models | None] = ContextVar("active_models", default=None)
"""Models that were handed over as objects; `use_models` sets it for a block."""


class CallKey(NamedTuple):
    """Which call of a run this is."""

    item: int
    variant: int
    agent: str
    turn: int
    attempt: int

    @property
    def step(self) -> str:
        """The call's name within its item."""
        return f"{self.variant}/{self.agent}/{self.turn}/{self.attempt}"


class ModelCaller(Protocol):
    """What agents call."""

    async def call(
        self, role: Role, key: CallKey, messages: Sequence[BaseMessage], **kwargs: Any
    ) -> AIMessage:
        """The response of the model that plays `role`.

        Raises:
            ModelError: the model gave no response.
            EndpointError: the endpoint refuses for good.
        """
        ...

    def use_of(self, role: Role) -> ModelUse:
        """Which model plays `role`."""
        ...


class DirectCaller:
    """Calls the models of a context, or those that were handed over with `use_models`."""

    def __init__(self, context: Context, models: Models | None = None) -> None:
        self._context = context
        self._models = models

    async def call(
        self, role: Role, key: CallKey, messages: Sequence[BaseMessage], **kwargs: Any
    ) -> AIMessage:
        """See `ModelCaller`. One attempt, within the time limit of the role's settings."""
        model = self._given(role) or await ready_model(self._context.model_of(role))
        limit = self._context.model_of(role).timeout_s
        try:
            async with asyncio.timeout(limit):
                message = await model.ainvoke(list(messages), **kwargs)
        except (ButtonError, GraphBubbleUp):
            raise
        except Exception as error:
            raise _model_error(self.use_of(role).name, role, error, limit) from error
        return message_of(response_of(message))

    def use_of(self, role: Role) -> ModelUse:
        """See `ModelCaller`."""
        given = self._given(role)
        return use_of_model(given) if given else use_of_settings(self._context.model_of(role))

    def _given(self, role: Role) -> BaseChatModel | None:
        if self._models is None or isinstance(self._models, BaseChatModel):
            return self._models
        return self._models.get(role)


class JournaledCaller:
    """Looks each call up in a journal first, and journals what it had to ask."""

    def __init__(self, inner: ModelCaller, journal: Journal) -> None:
        self._inner = inner
        self._journal = journal

    async def call(
        self, role: Role, key: CallKey, messages: Sequence[BaseMessage], **kwargs: Any
    ) -> AIMessage:
        """See `ModelCaller`. The response is journaled before anything uses it.

        Raises:
            RunDirectoryError: the journal holds this call with another request.
            StorageError: the response could not be journaled.
        """
        use = self._inner.use_of(role)
        free = use.kind == "procedural"
        if free and not self._journal.keep_calls:
            return await self._inner.call(role, key, messages, **kwargs)
        asked = request_hash(use.name, messages, kwargs)
        response = self._journal.lookup(key.item, key.step, asked)
        if response is not None:
            return message_of(response)
        message = await self._inner.call(role, key, messages, **kwargs)
        await self._journal.commit(
            key.item, key.step, asked, role, response_of(message), durable=not free
        )
        return message

    def use_of(self, role: Role) -> ModelUse:
        """See `ModelCaller`."""
        return self._inner.use_of(role)


def caller_of(context: Context) -> ModelCaller:
    """The caller of the current task: through the journal where the task belongs to a run."""
    direct = DialectCaller(DirectCaller(context, active_models.get()), context)
    journal = active_journal.get()
    return direct if journal is None else JournaledCaller(direct, journal)


@contextmanager
def use_models(models: Models) -> Iterator[None]:
    """Within the block, `models` play all roles, or those they are given for.

    For chat models that settings cannot name: a scripted one, or any other LangChain chat model.
    """
    token = active_models.set(models)
    try:
        yield
    finally:
        active_models.reset(token)


def _model_error(name: str, role: Role, error: Exception, limit: float) -> ModelError:
    if isinstance(error, TimeoutError):
        return ModelError(f"model {name!r} ({role}) gave no answer within {limit:g} s")
    telling = _telling(error)
    reason = " ".join(str(telling).split())[:MAX_REASON]
    text = f"model {name!r} ({role}): {type(telling).__name__}: {reason}"
    status, code = getattr(error, "status_code", None), getattr(error, "code", None)
    if status in REFUSED_FOR_GOOD or code == "insufficient_quota":
        return EndpointError(text)
    return ModelError(text)


def _telling(error: BaseException) -> BaseException:
    """The failed connection behind an error, where there is one: clients call it a timeout."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, OSError) and str(cause):
            return cause
        cause = cause.__cause__ or cause.__context__
    return error
