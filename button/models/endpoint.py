"""ChatOpenAI for endpoints of any make: what it would drop or refuse is kept and named."""

import re
from typing import Any

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.language_models import LanguageModelInput
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_openai import ChatOpenAI
from pydantic import PrivateAttr
from typing_extensions import override

from button.models.posting import Postbox
from button.models.reply import read_reply
from button.models.written import written

PATH = "/chat/completions"
SDKS_BOUND = "max_completion_tokens"
"""What the SDK calls the longest answer."""
_NAMES_SYSTEM_OTHERWISE = re.compile(r"o\d")
"""Beginning of the names of OpenAI's models that know no system message."""


class EndpointModel(ChatOpenAI):
    """ChatOpenAI that reads the reply itself (`button.models.reply`).

    So an answer is kept whole where the SDK would raise (arguments that are no JSON object, an
    answer that was cut off), reasoning in a field of its own is not dropped, and a reply that is no
    chat completion is a `ReplyError` that says so instead of an IndexError or TypeError.
    """

    bound_field: str = SDKS_BOUND
    """What the endpoint calls the longest answer."""
    lean: bool = True
    """Whether messages are written here where they can be (`button.models.written`): the same body
    for a third of the time in a long conversation."""

    _postbox: Postbox | None = PrivateAttr(default=None)
    _fixed: dict[str, Any] | None = PrivateAttr(default=None)

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        if self._postbox is None:
            self._postbox = Postbox(self.root_async_client, PATH)
        reply = await self._postbox.post(self.body(messages, stop=stop, **kwargs))
        return ChatResult(generations=[ChatGeneration(message=read_reply(reply))])

    def body(
        self, messages: list[BaseMessage], stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        """What the endpoint is sent."""
        payload = self._get_request_payload(messages, stop=stop, **kwargs)
        payload.pop("stream", None)
        if SDKS_BOUND in payload:
            payload[self.bound_field] = payload.pop(SDKS_BOUND)
        return payload | (payload.pop("extra_body", None) or {})

    @override
    def _get_request_payload(
        self, input_: LanguageModelInput, *, stop: list[str] | None = None, **kwargs: Any
    ) -> dict[str, Any]:
        forms = written(input_) if self.lean and isinstance(input_, list) else None
        if forms is None or _NAMES_SYSTEM_OTHERWISE.match(self.model_name):
            return super()._get_request_payload(input_, stop=stop, **kwargs)
        if self._fixed is None:
            self._fixed = self._default_params
        stops = {} if stop is None else {"stop": stop}
        payload = {**self._fixed, **kwargs, **stops, "messages": forms}
        if "max_tokens" in payload:
            payload[SDKS_BOUND] = payload.pop("max_tokens")
        return payload
