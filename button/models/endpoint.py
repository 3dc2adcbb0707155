"""ChatOpenAI for endpoints of any make: what it would drop or refuse is kept and named."""

from typing import Any

import httpx2
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_openai import ChatOpenAI

from button.models.reply import read_reply

PATH = "/chat/completions"
SDKS_BOUND = "max_completion_tokens"
"""What the SDK calls the longest answer."""


class EndpointModel(ChatOpenAI):
    """ChatOpenAI that reads the reply itself (`button.models.reply`).

    So an answer is kept whole where the SDK would raise (arguments that are no JSON object, an
    answer that was cut off), reasoning in a field of its own is not dropped, and a reply that is no
    chat completion is a `ReplyError` that says so instead of an IndexError or TypeError.
    """

    bound_field: str = SDKS_BOUND
    """What the endpoint calls the longest answer."""

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        payload.pop("stream", None)
        if SDKS_BOUND in payload:
            payload[self.bound_field] = payload.pop(SDKS_BOUND)
        body = payload | (payload.pop("extra_body", None) or {})
        response = await self.root_async_client.post(PATH, body=body, cast_to=httpx2.Response)
        return ChatResult(generations=[ChatGeneration(message=read_reply(response.content))])
