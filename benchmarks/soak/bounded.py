"""R11: each attempt ends with its deadline, whatever the server does with the connection."""

import asyncio
import time
from collections.abc import Iterator, Sequence

from langchain_core.messages import AIMessage, HumanMessage

from benchmarks.soak.goal import Measured
from benchmarks.soak.server import Weather, serving
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote
from button.context import ModelSettings
from button.models.attempt import Call
from button.models.meter import Attempt
from button.models.registry import close_models, ready_model
from tests.faultserver.wire import WIRE

SLACK_S = 0.5


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """Each fault of the way once, timed."""
    kinds = size.bounded_kinds or tuple(WIRE)
    with serving(nest, Weather(script=kinds)) as server:
        settings = ModelSettings(
            model="served", base_url=server.base_url, timeout_s=size.bounded_timeout_s
        )
        took, answered = asyncio.run(_attempts(settings, kinds))
    limit = size.bounded_timeout_s + SLACK_S
    late = {kind: round(seconds, 2) for kind, seconds in took.items() if seconds > limit}
    worst = max(took, key=lambda kind: took[kind])
    yield Measured(
        "R11 no hang",
        f"each attempt ends within its deadline ({size.bounded_timeout_s:g} s) + {SLACK_S} s",
        f"{len(took)} faults of the way, longest {took[worst]:.2f} s ({worst})",
        not late and not answered,
        {"late": late, "answered all the same": answered},
    )


async def _attempts(
    settings: ModelSettings, kinds: Sequence[str]
) -> tuple[dict[str, float], list[str]]:
    model = await ready_model(settings)
    about = Attempt(0, "0/human/0/0", "human", settings, [HumanMessage("Say OK.")], {})
    took: dict[str, float] = {}
    answered = []
    for kind in kinds:
        began = time.perf_counter()
        told = await Call(model, "endpoint", about).once()
        took[kind] = time.perf_counter() - began
        if isinstance(told, AIMessage):
            answered.append(kind)
    await close_models()
    return took, answered
