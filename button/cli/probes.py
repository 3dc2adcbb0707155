"""Small calls that show what an endpoint can do; one that meets a passing failure is made again."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from button.canonical import parse_json_strict
from button.context import ModelSettings
from button.models.attempt import Call
from button.models.button_tags import calls_in_tags, told_in_tags
from button.models.clock import active_clock
from button.models.dialect import fields_sent
from button.models.faults import MAX_TEXT, TIMEOUT, UNSUPPORTED, Fault
from button.models.meter import Attempt
from button.models.refusals import way_out
from button.models.registry import ready_model, use_of_settings
from button.models.structured import STRATEGIES, answer_from, asked_by
from button.records import Role

YES = "yes"
NOT_ASKED = "not asked"
SEED = 7
PAUSES_S = (0.5, 2.0)
"""Seconds before a call is made again that met a failure which passes."""
PLAIN = [HumanMessage("Answer with the one word: ready")]
ANIMAL = [HumanMessage("Write one sentence about an animal of your choice.")]
WEATHER = [
    SystemMessage("You call functions to find out what you are asked. You guess nothing."),
    HumanMessage("What is the weather in Graz right now?"),
]
WEATHERS = [
    WEATHER[0],
    HumanMessage("What is the weather in Graz and in Oslo right now? Find out both at once."),
]
CITY = {
    "type": "object",
    "properties": {"city": {"type": "string", "description": "Name of a city.", "maxLength": 60}},
    "required": ["city"],
    "additionalProperties": False,
}
TOOLS = [
    {
        "type": "function",
        "function": {
            "name": "get_weather", "description": "The weather in a city.", "parameters": CITY,
        },
    }
]  # fmt: skip
PLACE = [HumanMessage("Which city is the capital of Styria? Answer with one JSON object.")]
FORM = {
    "type": "json_schema",
    "json_schema": {"name": "Place", "schema": CITY | {"title": "Place"}},
}


@dataclass
class Report:
    """What an endpoint can do, and whether its roles can be played with it."""

    roles: list[Role]
    model: str
    address: str
    latency_s: float | None = None
    tool_calls: str = NOT_ASKED
    parallel_calls: str = NOT_ASKED
    structured: dict[str, str] = field(default_factory=dict)
    """What came of each way to ask for an answer in a given form."""
    usage: str = NOT_ASKED
    seed: str = NOT_ASKED
    problems: list[str] = field(default_factory=list)
    """Why the roles cannot be played; each names the way out where there is one."""

    @property
    def way(self) -> str | None:
        """How a run asks for structured answers: the first way that works."""
        return next((way for way, found in self.structured.items() if found == YES), None)


@dataclass(frozen=True)
class Prober:
    """Asks one endpoint."""

    settings: ModelSettings
    roles: Sequence[Role]

    async def report(self) -> Report:
        """Make all probes that make sense."""
        report = Report(
            list(self.roles), self.settings.model, self.settings.base_url or "OpenAI's own address"
        )
        begun = time.perf_counter()
        plain = await self._ask(PLAIN)
        report.latency_s = time.perf_counter() - begun
        if isinstance(plain, Fault):
            report.latency_s = None
            advice = way_out(plain.text) if plain.code == UNSUPPORTED else ""
            report.problems.append(f"{_told(plain)}; {advice}" if advice else _told(plain))
            return report
        report.usage = YES if plain.usage_metadata else "no, tokens are estimated"
        await self._probe_seed(report)
        await self._probe_calls(report)
        await self._probe_structured(report)
        self._judge(report)
        return report

    async def _probe_seed(self, report: Report) -> None:
        if not self.settings.send_seed:
            report.seed = "not sent"
            return
        answers = [await self._ask(ANIMAL, seed=SEED) for _ in range(2)]
        faults = [each for each in answers if isinstance(each, Fault)]
        if faults:
            report.seed = f"refused: {_told(faults[0])}"
            report.problems.append(f"calls with a seed fail; set send_seed: false ({report.seed})")
            return
        same = len({str(each.content) for each in answers if isinstance(each, AIMessage)}) == 1
        report.seed = YES if same else "no, two answers differ"

    async def _probe_calls(self, report: Report) -> None:
        single = await self._calls(WEATHER, several=False)
        report.tool_calls = YES if isinstance(single, int) and single else str(single or "no call")
        if isinstance(single, str) and "parallel_tool_calls" in single:
            report.problems.append("parallel_tool_calls is refused; set send_parallel_calls: false")
        if single == 0 or isinstance(single, str):
            return
        several = await self._calls(WEATHERS, several=True)
        one = "no, one at a time"
        report.parallel_calls = several if isinstance(several, str) else YES if several > 1 else one

    async def _calls(self, messages: Sequence[BaseMessage], *, several: bool) -> int | str:
        """How many good calls came, or what came instead."""
        bound: dict[str, Any] = {"tools": TOOLS, "parallel_tool_calls": several}
        if self.settings.protocol == "button_tags":
            answer = await self._ask(told_in_tags(messages, bound))
            answer = answer if isinstance(answer, Fault) else calls_in_tags(answer)
        else:
            answer = await self._ask(messages, **bound)
        if isinstance(answer, Fault):
            return _told(answer)
        if answer.response_metadata.get("finish_reason") == "length":
            return "cut off at its longest length (max_tokens)"
        if answer.invalid_tool_calls:
            return f"broken call: {answer.invalid_tool_calls[0]['error']}"
        right = [call for call in answer.tool_calls if call["name"] == "get_weather"]
        if len(right) != len(answer.tool_calls):
            return "a call of a function that does not exist"
        return len(right) if all(_fits(call["args"]) for call in right) else "wrong arguments"

    async def _probe_structured(self, report: Report) -> None:
        chosen = self.settings.structured
        for way in STRATEGIES:
            if chosen not in ("auto", way):
                continue
            if way == "tool_call" and chosen == "auto" and self.settings.protocol == "button_tags":
                continue
            asked, bound = asked_by(way, PLACE, {"response_format": FORM})
            answer = await self._ask(asked, **bound)
            if isinstance(answer, Fault):
                report.structured[way] = _told(answer)
                continue
            report.structured[way] = _read(answer)

    def _judge(self, report: Report) -> None:
        if "assistant" in self.roles and report.tool_calls != YES:
            advice = (
                "" if self.settings.protocol == "button_tags" else "; try protocol: button_tags"
            )
            report.problems.append(f"the assistant cannot call functions{advice}")
        others = [role for role in self.roles if role != "assistant"]
        if others and report.way is None:
            advice = "" if self.settings.structured == "auto" else "; try structured: auto"
            report.problems.append(f"no structured answers for {', '.join(others)}{advice}")

    async def _ask(self, messages: Sequence[BaseMessage], **kwargs: Any) -> AIMessage | Fault:
        kind = use_of_settings(self.settings).kind
        sent = fields_sent(self.settings, kwargs)
        model = await ready_model(self.settings)
        about = Attempt(-1, "check", self.roles[0], self.settings, messages, sent)
        call, clock = Call(model, kind, about), active_clock.get()
        for wait in PAUSES_S:
            told = await call.once()
            if not isinstance(told, Fault) or told.kind != "transient" or told.code == TIMEOUT:
                return told
            await clock.sleep(wait)
        return await call.once()


def _told(fault: Fault) -> str:
    return f"{fault.code}: {fault.text[:MAX_TEXT]}"


def _read(answer: AIMessage) -> str:
    if answer.response_metadata.get("finish_reason") == "length":
        return "no, cut off at its longest length (max_tokens)"
    read = answer_from(answer, {"response_format": FORM})
    fits = read is not None and _is_place(str(read.content))
    return YES if fits else "no, the answer does not fit"


def _fits(arguments: Any) -> bool:
    return isinstance(arguments, dict) and isinstance(arguments.get("city"), str)


def _is_place(text: str) -> bool:
    try:
        return _fits(parse_json_strict(text))
    except ValueError:
        return False
