"""A chat model that bills: it counts what it would really charge for, whatever it tells."""

from collections import Counter
from random import Random
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import PrivateAttr

from button.models.clock import active_clock
from button.models.reply import ReplyError

READ_PICO, WRITTEN_PICO = 3_000_000, 15_000_000
"""Picodollars a token, at three and fifteen dollars a million."""
FAULTS = ("busy", "broken", "timeout", "reset", "refused", "garbled", "untold", "negative", "huge",
          "nothing", "cut_off")  # fmt: skip


class RefusedRequestError(Exception):
    def __init__(self, status_code: int) -> None:
        super().__init__(f"refused with {status_code}")
        self.status_code = status_code


class BillingModel(BaseChatModel):
    """Answers, or fails, by chance: `rate` of all calls meet one of FAULTS."""

    seed: int = 0
    rate: float = 0.0
    max_tokens: int = 400
    """Tokens of the longest answer."""
    latency_s: float = 1.0
    stuck: bool = False
    _billed: Counter[str] = PrivateAttr(default_factory=Counter)
    _random: Random = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        super().model_post_init(context)
        self._random = Random(self.seed)

    @property
    def billed(self) -> Counter[str]:
        """Requests, tokens and picodollars so far."""
        return self._billed

    @property
    def _llm_type(self) -> str:
        return "billing"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": "billing", "kind": "endpoint"}

    def _generate(self, *_: Any, **__: Any) -> ChatResult:
        # LangChain asks every chat model for one; what is asked here is always awaited.
        raise NotImplementedError

    async def _agenerate(self, messages: list[BaseMessage], *_: Any, **kwargs: Any) -> ChatResult:
        chance = self._random.random()
        fault = self._random.choice(FAULTS) if chance < self.rate else None
        if fault == "refused":
            raise ConnectionRefusedError(111, "refused")
        self._billed["requests"] += 1
        self._billed["under way"] += 1
        self._billed["peak"] = max(self._billed["peak"], self._billed["under way"])
        words = sum(len(str(message.content)) for message in messages)
        # One token of five bytes, as English has; or of one byte, as some scripts have.
        read = max(1, words // self._random.choice([1, 5]))
        written = self._random.randint(1, kwargs["max_tokens"])
        try:
            await active_clock.get().sleep(self.latency_s * self._random.random())
            if fault in ("busy", "broken"):
                raise RefusedRequestError(429 if fault == "busy" else 500)
        finally:
            self._billed["under way"] -= 1
            if fault not in ("busy", "broken"):
                self._bill(read, written)
        if fault == "timeout":
            raise TimeoutError
        if fault == "reset":
            raise ConnectionResetError(104, "reset by peer")
        if fault == "garbled":
            raise ReplyError("not_json", "the reply is no JSON", raw=b"<html>")
        message = AIMessage("x" * written, response_metadata={"finish_reason": "stop"})
        if fault == "cut_off":
            message.response_metadata["finish_reason"] = "length"
        told = {"untold": None, "negative": (-5, -7), "huge": (10**8, 10**8), "nothing": (0, 0)}
        counts = told.get(str(fault), (read, written))
        if counts is not None:
            message.usage_metadata = {
                "input_tokens": counts[0], "output_tokens": counts[1], "total_tokens": sum(counts)
            }  # fmt: skip
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _bill(self, read: int, written: int) -> None:
        self._billed["tokens"] += read + written
        self._billed["picodollars"] += read * READ_PICO + written * WRITTEN_PICO
