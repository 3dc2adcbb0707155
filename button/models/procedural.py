"""How models that compute their answers are asked."""

from collections.abc import Mapping, Sequence
from typing import Any

from langchain_core.callbacks import AsyncCallbackManager
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.runnables.config import ensure_config


async def computed_answer(
    model: BaseChatModel, messages: Sequence[BaseMessage], kwargs: Mapping[str, Any]
) -> BaseMessage:
    """The answer of a procedural model.

    To tell LangChain's callbacks of an answer takes longer than to compute it, so that is left out
    where nobody listens: Studio and tracing do, a run does not.
    """
    listeners = AsyncCallbackManager.configure(
        ensure_config().get("callbacks"), model.callbacks, model.verbose
    )
    if listeners.handlers:
        return await model.ainvoke(list(messages), **kwargs)
    computed = await model._agenerate(list(messages), **kwargs)
    return computed.generations[0].message
