"""Speaks to each endpoint in the way it understands; agents stay unaware of it.

Stands between the journal, which keeps the answer under the hash of what an agent asked, and the
calls themselves: how an endpoint is spoken to is no part of what is asked.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from langchain_core.messages import AIMessage, BaseMessage

from button.context import Context, ModelSettings
from button.errors import EndpointError, ModelError, StoppingError
from button.models.button_tags import calls_in_tags, told_in_tags
from button.models.structured import (
    Strategy,
    answer_from,
    asked_by,
    never_knows,
    refuses_way,
    remember_refusal,
    strategies_for,
    unread,
)
from button.records import ModelUse, Role

if TYPE_CHECKING:
    from button.models.caller import CallKey, ModelCaller


class DialectCaller:
    """Calls the caller below it: once, or once for each way in which an answer may be asked for."""

    def __init__(self, inner: "ModelCaller", context: Context) -> None:
        self._inner = inner
        self._context = context

    async def call(
        self, role: Role, key: "CallKey", messages: Sequence[BaseMessage], **kwargs: Any
    ) -> AIMessage:
        """See `ModelCaller`. Models that are no endpoints get everything as it is.

        Raises:
            EndpointError: the endpoint does not know the only way in which the settings let it be
                asked; the text names the setting.
        """
        if self.use_of(role).kind != "endpoint":
            return await self._inner.call(role, key, messages, **kwargs)
        settings = self._context.model_of(role)
        if "response_format" in kwargs:
            return await self._structured(settings, role, key, messages, kwargs)
        if settings.protocol == "button_tags":
            told = told_in_tags(messages, kwargs)
            untold = {k: v for k, v in kwargs.items() if k not in ("tools", "parallel_tool_calls")}
            sent = fields_sent(settings, untold)
            return calls_in_tags(await self._inner.call(role, key, told, **sent))
        way: Strategy = "tool_call" if "tools" in kwargs else "text"
        return await self._only(way, "protocol: button_tags", role, key, messages,
                                fields_sent(settings, kwargs))  # fmt: skip

    async def _only(
        self, way: Strategy, setting: str, role: Role, key: "CallKey",
        messages: Sequence[BaseMessage], sent: dict[str, Any],
    ) -> AIMessage:  # fmt: skip
        """Ask in a way that no other replaces: where it is not known, no item fares better."""
        try:
            return await self._inner.call(role, key, messages, **sent)
        except StoppingError:
            raise
        except ModelError as error:
            if not never_knows(error, way):
                raise
            raise EndpointError(f"{error}; set {setting} for this model") from error

    def use_of(self, role: Role) -> ModelUse:
        """See `ModelCaller`."""
        return self._inner.use_of(role)

    async def _structured(
        self,
        settings: ModelSettings,
        role: Role,
        key: "CallKey",
        messages: Sequence[BaseMessage],
        kwargs: dict[str, Any],
    ) -> AIMessage:
        form = kwargs["response_format"]
        *others, last = strategies_for(settings, form)
        for way in others:
            asked, bound = asked_by(way, messages, kwargs)
            try:
                message = await self._inner.call(role, key, asked, **fields_sent(settings, bound))
            except StoppingError:
                raise
            except ModelError as error:
                if not refuses_way(error, way):
                    raise
                remember_refusal(settings, way, form, error)
                continue
            answer = answer_from(message, kwargs)
            if answer is not None or message.response_metadata.get("finish_reason") == "length":
                return answer or unread(message)
        asked, bound = asked_by(last, messages, kwargs)
        sent = fields_sent(settings, bound)
        message = await self._only(last, "structured: auto", role, key, asked, sent)
        return answer_from(message, kwargs) or unread(message)


def fields_sent(settings: ModelSettings, kwargs: dict[str, Any]) -> dict[str, Any]:
    """The fields of a call that its endpoint understands."""
    sent = dict(kwargs)
    if "seed" in sent:
        sent["seed"] &= (1 << settings.seed_bits) - 1
    if not settings.send_seed:
        sent.pop("seed", None)
    if not settings.send_parallel_calls:
        sent.pop("parallel_tool_calls", None)
    return sent
