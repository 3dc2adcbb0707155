"""How agents call models: directly, or through the journal of a run.

Agents ask `caller_of(context)` and never see which it is. A call is named by its `CallKey`, which
is the same each time the program runs, so that a journaled response is found again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, NamedTuple, Protocol

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage

from button.context import Context, ModelSettings
from button.errors import CallError, ModelError, StoppingError
from button.models.asking import own_answer
from button.models.attempt import Call
from button.models.dialect import DialectCaller
from button.models.endpoints import endpoint_of
from button.models.holding import holding
from button.models.journal import FAILURE, Journal, active_journal
from button.models.meter import Attempt
from button.models.registry import ready_model, use_of_model, use_of_settings
from button.models.response import message_of, request_hash, response_of
from button.records import ModelUse, Role

MODEL_ERROR = "model_error"
"""Code of a failure that nothing more is known of."""

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
            CallError: it never will, to this call.
            StoppingError: no other call would fare better: the run stops.
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
        """See `ModelCaller`. What passes is tried again (`button.models.retry`).

        Raises:
            OutageError: the endpoint was down for longer than the run was to wait.
            CallError: the endpoint refuses this call, or keeps failing it.
        """
        settings, use, given = self._context.model_of(role), self.use_of(role), self._given(role)
        model = given or await ready_model(settings)
        if use.kind in ("procedural", "person"):  # neither is ever down, and a person takes time
            return message_of(response_of(await own_answer(model, messages, kwargs)))
        if given is not None and use.kind == "endpoint":
            settings, kwargs = _bounded(given, settings, kwargs)
        about = Attempt(key.item, key.step, role, settings, messages, kwargs)
        call = Call(model, use.kind, about, is_own=given is None)
        endpoint = endpoint_of(settings, self._context.retry, given)
        return await endpoint.ask(
            call.once, call.alive, max_attempts=settings.max_attempts,
            asker=f"model {use.name!r} ({role})", item=key.item, step=key.step,
        )  # fmt: skip

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
        if response is None:
            with holding():
                response = await self._response(role, key, messages, kwargs)
                await self._journal.commit(
                    key.item, key.step, asked, role, response, durable=not free
                )
        if FAILURE in response:
            raise CallError(**response[FAILURE])
        return message_of(response)

    async def _response(
        self, role: Role, key: CallKey, messages: Sequence[BaseMessage], kwargs: dict[str, Any]
    ) -> dict[str, Any]:
        """The response, or the failure that ends the item.

        A failure decides what a row says, so it is kept like a response: asked again after a crash,
        the endpoint might fare better, and the bytes would depend on the crash.
        """
        try:
            return response_of(await self._inner.call(role, key, messages, **kwargs))
        except StoppingError:
            raise
        except ModelError as error:
            code = error.code if isinstance(error, CallError) else MODEL_ERROR
            return {"content": "", FAILURE: {"code": code, "text": str(error)}}

    def use_of(self, role: Role) -> ModelUse:
        """See `ModelCaller`."""
        return self._inner.use_of(role)


def caller_of(context: Context) -> ModelCaller:
    """The caller of the current task: through the journal where the task belongs to a run."""
    direct = DialectCaller(DirectCaller(context, active_models.get()), context)
    journal = active_journal.get()
    return direct if journal is None else JournaledCaller(direct, journal)


def _bounded(
    model: BaseChatModel, settings: ModelSettings, kwargs: dict[str, Any]
) -> tuple[ModelSettings, dict[str, Any]]:
    """Settings and arguments by which a model that was handed over answers no longer than counts.

    Its own bound holds where it has one; a model that knows none has none.
    """
    if not hasattr(model, "max_tokens"):
        return settings.model_copy(update={"max_tokens": None}), kwargs
    longest = model.max_tokens or settings.max_tokens
    return settings, kwargs if longest is None else {"max_tokens": longest, **kwargs}


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
