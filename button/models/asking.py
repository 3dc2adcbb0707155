"""How models of our own are asked: those that compute their answers, and endpoints."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManager
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
    listeners = AsyncCallbackManager.configure(
        ensure_config().get("callbacks"), model.callbacks, model.verbose
    )
    if listeners.handlers:
        return await model.ainvoke(list(messages), **kwargs)
    made = await model._agenerate(list(messages), **kwargs)
    return made.generations[0].message
