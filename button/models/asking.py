"""How models of our own are asked: those that compute their answers, and endpoints."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import BaseCallbackManager
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.runnables.config import ensure_config


async def own_answer(
    model: BaseChatModel, messages: Sequence[BaseMessage], kwargs: Mapping[str, Any]
) -> BaseMessage:
    """The answer of a model whose class is ours, so that nothing but its `_agenerate` is needed.

    To tell LangChain's callbacks of an answer takes longer than to compute it, and a third as long
    as to send and read it, so that is left out where nobody listens: Studio and tracing do, a run
    does not.
    """
    callbacks = ensure_config().get("callbacks")
    # Within a graph all listeners are inherited; elsewhere LangChain itself has to look for them.
    unheard = isinstance(callbacks, BaseCallbackManager) and not callbacks.handlers
    if not unheard or model.callbacks or model.verbose:
        return await model.ainvoke(list(messages), **kwargs)
    made = await model._agenerate(list(messages), **kwargs)
    return made.generations[0].message
