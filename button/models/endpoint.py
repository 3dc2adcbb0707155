"""ChatOpenAI for endpoints of any make: what it would drop or refuse is kept and named."""

from typing import Any

import httpx2
from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_openai import ChatOpenAI

from button.models.registry import is_openai
from button.models.reply import read_reply

PATH = "/chat/completions"
NEW_BOUND, OLD_BOUND = "max_completion_tokens", "max_tokens"
"""Names of the longest answer: OpenAI's newer models refuse the old one; most servers know no other
and would let a model talk on."""


class EndpointModel(ChatOpenAI):
    """ChatOpenAI that reads the reply itself (`button.models.reply`).

    So an answer is kept whole where the SDK would raise (arguments that are no JSON object, an
    answer that was cut off), reasoning in a field of its own is not dropped, and a reply that is no
    chat completion is a `ReplyError` that says so instead of an IndexError or TypeError.
    """

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        payload.pop("stream", None)
        if NEW_BOUND in payload and not is_openai(self.openai_api_base):
            payload[OLD_BOUND] = payload.pop(NEW_BOUND)
        body = payload | (payload.pop("extra_body", None) or {})
        response = await self.root_async_client.post(PATH, body=body, cast_to=httpx2.Response)
        return ChatResult(generations=[ChatGeneration(message=read_reply(response.content))])
