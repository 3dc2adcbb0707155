"""Names the situation behind a seed, and finds other situations near it (paper stages B1, B2, B3).

Sees the seed alone: a conversation, a scenario, or functions of a catalogue. Never a task.
"""

from typing import Any, Literal

from langgraph.runtime import Runtime

from agents.agent import Position, Result, agent, ask
from agents.contract import Contract
from agents.seed import catalogue_of, seed_of
from agents.wording import scenario_remarks, word_overlap
from button.context import Context, with_defaults
from button.records import Rejection


class Reads(Position, total=False):
    seed: dict[str, Any]
    scenarios: list[dict[str, Any]]


class Writes(Result, total=False):
    scenarios: list[dict[str, Any]]
    rejections: list[dict[str, Any]]


class ScenarioText(Contract):
    scenario: str
    """A phrase of at most 10 words that begins with a verb in its -ing form."""


@agent
async def extract_scenario(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Name the situation of a conversation."""
    seed = seed_of(state["seed"])
    conversation = [{"role": said.role, "text": said.text} for said in seed.messages]
    inputs = {"conversation": conversation}
    return await _first(state, runtime, "scenario_extract", inputs)


@agent
async def name_scenario(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Name a situation in which a person needs functions of a catalogue."""
    inputs = {"functions": _shown(state["seed"]), "known": []}
    return await _first(state, runtime, "scenario_from_functions", inputs)


@agent
async def take_scenario(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Take the situation that the seed gives."""
    text = (seed_of(state["seed"]).text or "").strip()
    remarks = scenario_remarks(text)
    if remarks:
        detail = "; ".join(remarks)
        rejection = Rejection(
            stage="take_scenario", role="scenario", code="broken_rule", detail=detail
        )
        return Writes(rejection=rejection.to_json())
    return Writes(scenarios=[_scenario(0, text, "given")])


@agent
async def expand_scenario(state: Reads, runtime: Runtime[Context]) -> Writes:
    """Add variants of the seed's situation; near-duplicates are dropped, with a rejection."""
    context = with_defaults(runtime.context)
    scenarios = list(state["scenarios"])
    rejections = []
    for variant in range(1, context.scenario_variants + 1):
        known = [scenario["text"] for scenario in scenarios]
        found = await _variant(state, runtime, variant, known)
        if isinstance(found, str):
            found = _too_near(found, known, context.scenario_similarity) or found
        if isinstance(found, Rejection):
            rejections.append({"variant": variant, "rejection": found.to_json()})
        else:
            scenarios.append(_scenario(variant, found, "expanded"))
    return Writes(scenarios=scenarios, rejections=rejections)


async def _first(
    state: Reads, runtime: Runtime[Context], prompt: str, inputs: dict[str, Any]
) -> Writes:
    answer = await ask(runtime, state, ScenarioText, prompt=prompt, inputs=inputs, remarks=_remarks)
    if isinstance(answer, Rejection):
        return Writes(rejection=answer.to_json())
    return Writes(scenarios=[_scenario(0, answer.scenario.strip(), "extracted")])


async def _variant(
    state: Reads, runtime: Runtime[Context], variant: int, known: list[str]
) -> str | Rejection:
    if state["seed"]["kind"] == "functions":
        # Another situation for the same functions; leaving them behind would make them useless.
        prompt = "scenario_from_functions"
        inputs: dict[str, Any] = {"functions": _shown(state["seed"]), "known": known}
    else:
        prompt = "scenario_expand"
        inputs = {"scenario": known[0], "known": known}
    answer = await ask(
        runtime, state, ScenarioText, prompt=prompt, inputs=inputs, turn=variant, remarks=_remarks
    )
    return answer if isinstance(answer, Rejection) else answer.scenario.strip()


def _too_near(text: str, known: list[str], limit: float) -> Rejection | None:
    nearest = max(known, key=lambda other: word_overlap(text, other))
    if word_overlap(text, nearest) <= limit:
        return None
    detail = f"{text!r} is nearly {nearest!r}"
    return Rejection(
        stage="scenario_expand", role="scenario", code="near_duplicate", detail=detail,
        scenario=text,
    )  # fmt: skip


def _remarks(answer: ScenarioText) -> list[str]:
    return scenario_remarks(answer.scenario)


def _shown(seed: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {key: function[key] for key in ("name", "description", "parameters")}
        for function in catalogue_of(seed)
    ]


def _scenario(
    variant: int, text: str, origin: Literal["given", "extracted", "expanded"]
) -> dict[str, Any]:
    return {"variant": variant, "text": text, "origin": origin}
