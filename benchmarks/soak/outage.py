"""R10: five minutes without the endpoint, on a clock that jumps; R11: nobody waits in silence."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult

from benchmarks.soak.goal import Measured
from benchmarks.soak.programs import rows_alone
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote
from button.context import Context
from button.models.caller import use_models
from button.models.clock import active_clock
from button.models.embedded.chat_model import EmbeddedModel
from button.models.events import CallEvent, active_events
from button.run.pipeline import plan_of, simulator_of
from button.run.runner import RunProgress, generate
from tests.faultserver.fake_clock import FakeClock

CONCURRENCY = 16
BEGIN_S, LENGTH_S = 4.0, 300.0
ANSWER_S = 0.5
MOST_PROBES = 25
LATEST_S = 15.0
LONGEST_SILENCE_S = 30.0


class Unreliable(EmbeddedModel):
    """The embedded model as an endpoint that cannot be reached for a while."""

    clock: Any
    down: tuple[float, float]
    probes: int = 0
    failed: int = 0
    first_answer: float = 0.0
    """When it first answered after it was down."""

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {"model_name": "unreliable", "kind": "endpoint"}

    async def _agenerate(
        self, messages: list[BaseMessage], *args: Any, **kwargs: Any
    ) -> ChatResult:
        if self.down[0] <= self.clock.now < self.down[1]:
            self.failed += 1
            self.probes += messages[0].content == "Say OK."
            raise ConnectionError(111, "Connection refused")
        await self.clock.sleep(ANSWER_S)
        if self.clock.now >= self.down[1] and not self.first_answer:
            self.first_answer = self.clock.now
        return self._generate(messages, *args, **kwargs)


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """The same run with and without the outage."""
    with TemporaryDirectory() as folder:
        fair = asyncio.run(_run(Path(folder) / "fair", size, length=0))
        model, moments, rejected = asyncio.run(_run(Path(folder) / "down", size, length=LENGTH_S))
        same = rows_alone(Path(folder) / "down") == rows_alone(Path(folder) / "fair")
    late = model.first_answer - model.down[1] - ANSWER_S
    yield Measured(
        "R10 outage",
        f"5 minutes: <= {MOST_PROBES} probes, 0 rejects, recovers within {LATEST_S:.0f} s",
        f"{model.probes} probes, {model.failed - model.probes} calls on their way failed, "
        f"{rejected - fair[2]} rejects, answered {late:.1f} s after the return",
        model.probes <= MOST_PROBES
        and model.probes > 0
        and rejected == fair[2]
        and 0 <= late <= LATEST_S
        and same,
        {"same bytes": same},
    )
    silence = max(b - a for a, b in zip(moments, moments[1:], strict=False))
    yield Measured(
        "R11 no silence",
        f"progress, or the reason why not, at least each {LONGEST_SILENCE_S:.0f} s",
        f"longest silence {silence:.1f} s in an outage of {LENGTH_S:.0f} s",
        silence <= LONGEST_SILENCE_S,
    )


async def _run(run_dir: Path, size: Size, length: float) -> tuple[Unreliable, list[float], int]:
    """The model, the moments at which something was told, and how many rows were rejected."""
    clock = FakeClock()
    begin = clock.now + BEGIN_S
    model = Unreliable(clock=clock, down=(begin, begin + length))
    moments: list[float] = []
    settled = -1

    def progress(told: RunProgress) -> None:
        nonlocal settled
        if told.summary.items > settled:
            settled = told.summary.items
            moments.append(clock.now)

    def event(told: CallEvent) -> None:
        if told.kind != "fault":
            moments.append(clock.now)

    active_clock.set(clock)
    active_events.set(event)
    context = Context(root_seed=9)
    plan = plan_of(run_dir, context, None, count=size.outage_items, concurrency=CONCURRENCY)
    with use_models(model):
        summary = await generate(plan, simulator_of(context), progress)
    return model, moments, summary.rejected_total
