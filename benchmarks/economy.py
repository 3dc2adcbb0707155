"""What a trajectory costs in model calls and tokens, and what asking again costs and saves:
`make bench-economy`.

The embedded model plays every role; some of its answers are spoilt on purpose, as real models spoil
some of theirs (`spoil`): no answer at all, a sound composition found wanting, functions that the
gate refuses, a call that lacks an argument. Tokens are bytes over four. Absolute numbers depend on
the model; what is measured is what the pipeline asks for, and how its yield and price react to each
of its remedies.
"""

import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from langchain_core.callbacks import AsyncCallbackManagerForLLMRun
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult

from button.canonical import canonical_json, derived_random
from button.context import Context
from button.models.caller import use_models
from button.models.embedded.chat_model import EmbeddedModel, contract_of
from button.run.builtin_seeds import builtin_seed
from button.run.pipeline import planned, simulator_of
from button.run.plan import Handling
from button.run.runner import generate
from button.run.summary import RunSummary

ITEMS = 150
SPOILT = (0.0, 0.05, 0.15)
BYTES_A_TOKEN = 4
PROSE = "Sure, let me think about that for a moment."
"""An answer that holds nothing of what was asked for."""
STAGES = {
    "ScenarioText": "scenario",
    "AtomicTaskText": "atomic task",
    "SequentialComposition": "composition",
    "ParallelComposition": "composition",
    "CriticVerdict": "critic",
    "FunctionDesign": "function design",
    "HumanTurn": "human",
    "": "assistant",
}
REMEDIES: dict[str, dict[str, Any]] = {
    "as by default": {},
    "never asked again": {"max_reasks": 0},
    "one more time": {"max_reasks": 1},
    "no repair after critic or gate": {"max_repairs": 0},
    "invalid calls end it": {"max_invalid_calls": 0},
}


class CountedModel(EmbeddedModel):
    """The embedded model, with a share of its answers spoilt, and every call counted."""

    spoilt: float = 0.0
    calls: Counter[str] = Counter()
    read: Counter[str] = Counter()
    written: Counter[str] = Counter()

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        made = await super()._agenerate(messages, stop, run_manager, **kwargs)
        rng = derived_random("spoilt", kwargs["seed"])
        if rng.random() < self.spoilt:
            message = made.generations[0].message
            assert isinstance(message, AIMessage)
            message = (
                spoil(message, contract_of(kwargs)) if rng.random() < 0.5 else AIMessage(PROSE)
            )
            made = ChatResult(generations=[ChatGeneration(message=message)])
        stage = STAGES.get(contract_of(kwargs), "tool")
        self.calls[stage] += 1
        self.read[stage] += _size(messages) + len(canonical_json(kwargs))
        self.written[stage] += _size([made.generations[0].message])
        return made


def spoil(message: AIMessage, contract: str) -> AIMessage:
    """The answer, readable and wrong, as its stage can be wrong; else prose."""
    if message.tool_calls:
        first, *others = message.tool_calls
        lacking = {**first, "args": dict(list(first["args"].items())[1:])}
        return message.model_copy(update={"tool_calls": [lacking, *others]})
    if contract == "CriticVerdict":
        return AIMessage(canonical_json({**json.loads(message.text), "verdict": "no"}))
    if contract == "FunctionDesign":
        design = json.loads(message.text)
        for sub_task in design["sub_tasks"]:
            for function in sub_task["functions"]:
                function["parameters"]["additionalProperties"] = True
        return AIMessage(canonical_json(design))
    return AIMessage(PROSE)


class Cost(NamedTuple):
    """What one run came to."""

    summary: RunSummary
    model: CountedModel

    def each(self, counted: Counter[str]) -> float:
        """Per accepted trajectory."""
        return counted.total() / max(1, self.summary.accepted)

    @property
    def tokens(self) -> float:
        """Read and written, per accepted trajectory."""
        return (self.each(self.model.read) + self.each(self.model.written)) / BYTES_A_TOKEN


def _size(messages: Sequence[BaseMessage]) -> int:
    calls = [each.tool_calls for each in messages if isinstance(each, AIMessage)]
    return sum(len(str(each.content).encode()) for each in messages) + len(canonical_json(calls))


def cost_of(spoilt: float, settings: dict[str, Any], items: int) -> Cost:
    """A run of the built-in seeds with so many answers spoilt."""
    context = Context(root_seed=1, **settings)
    model = CountedModel(spoilt=spoilt, calls=Counter(), read=Counter(), written=Counter())
    seeds = [builtin_seed(1, item) for item in range(items)]
    with tempfile.TemporaryDirectory() as folder, use_models(model):
        plan = planned(
            Path(folder) / "run", context, seeds, count=None, skipped={}, handling=Handling()
        )
        return Cost(asyncio.run(generate(plan, simulator_of(context))), model)


def print_stages(cost: Cost) -> None:
    """Calls and tokens of each stage."""
    accepted = max(1, cost.summary.accepted)
    print("stage               calls   tokens read   written   share of tokens")
    whole = cost.tokens
    for stage in dict.fromkeys([*STAGES.values(), "tool"]):
        read, written = (
            counted[stage] / accepted / BYTES_A_TOKEN
            for counted in (cost.model.read, cost.model.written)
        )
        print(
            f"{stage:17} {cost.model.calls[stage] / accepted:7.2f} {read:13,.0f} {written:9,.0f} "
            f"{(read + written) / whole:17.1%}"
        )


def main() -> None:
    items = int(sys.argv[1]) if len(sys.argv) > 1 else ITEMS
    rows = []
    plain = cost_of(0.0, {}, items)
    print(f"{plain.summary.accepted} accepted trajectories of {items} seeds, each costs:")
    print_stages(plain)
    print("\nspoilt  remedy                          accepted   calls each   tokens each")
    for spoilt in SPOILT:
        for name, settings in REMEDIES.items():
            cost = cost_of(spoilt, settings, items)
            wanted = cost.summary.accepted + cost.summary.rejected_total
            share = cost.summary.accepted / wanted
            calls = cost.each(cost.model.calls)
            print(
                f"{spoilt:6.0%}  {name:30} {share:9.1%} {calls:12.2f} {cost.tokens:13,.0f}",
                flush=True,
            )
            rows.append(
                {"spoilt": spoilt, "remedy": name, "accepted": share, "calls": calls,
                 "tokens": cost.tokens}
            )  # fmt: skip
    if len(sys.argv) > 2:
        Path(sys.argv[2]).write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
