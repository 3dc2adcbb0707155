"""The embedded model as human, assistant and tool."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage

from button.canonical import canonical_json, derived_random
from button.models.embedded.assistant_voice import AssistantVoice, Calls
from button.models.embedded.clauses import Clause
from button.models.embedded.functions import take
from button.models.embedded.human_voice import HumanVoice
from button.models.embedded.naming import names_in
from button.models.embedded.plan import Plan, Step
from button.models.embedded.refusal import Refusal
from button.models.embedded.results import ResultMaker
from button.models.embedded.second_mentions import with_owners
from button.models.embedded.unseen import UnseenClause, field_of, is_of_the_world
from button.models.embedded.unseen_returns import draw_result
from button.models.embedded.unseen_wording import words_of
from button.models.embedded.world import the_world

Inputs = Mapping[str, Any]
Executed = tuple[str, dict[str, Any], dict[str, Any] | None]
NO_TASK = (
    "I am the embedded procedural model of the BUTTON simulator: I can act on a task that comes "
    "with sub-tasks and functions, as the bottom_up graph makes them, but I cannot chat freely. "
    "For that, choose a model of your own for the role `assistant`."
)
MENTIONING = re.compile(r"(?:\bwith|\bmention|\babout|\bemail|\btext|\bsend) $")
"""What stands before a value that is told to somebody."""
MENTIONED_KINDS = ("street_address", "amount")
TRIES = 2
"""How often the assistant makes the same refused call before it gives up."""


def speak_as_human(inputs: Inputs, messages: Sequence[BaseMessage], rng: Random) -> dict[str, Any]:
    """The task in a person's words; when asked back, every detail once more."""
    plan = Plan.of_text(str(inputs["task"]), str(inputs["today"]))
    text = HumanVoice(plan, rng).message()
    if any(isinstance(message, HumanMessage) for message in messages):
        return {"message": f"Sure, here it is once more. {text}"}
    return {"message": text}


def answer_as_tool(inputs: Inputs, _: Random) -> dict[str, Any]:
    """A result that fits the function's returns, the call, and what was asserted before."""
    function, call = inputs["function"], inputs["call"]
    today = str(inputs["today"])
    facts = list(inputs.get("facts", ()))
    if is_of_the_world(function):
        world = the_world()
        own = world.functions[function["name"]]
        arguments = call["arguments"]
        return ResultMaker(own, arguments, facts, today, world.tables, strangers=True).make()
    rng = derived_random("unseen result", function["name"], canonical_json(call["arguments"]))
    return draw_result(function["returns"], rng, today)


@dataclass
class Progress:
    """What the assistant has done so far: the call and result of each step, refused calls."""

    calls: Calls = field(default_factory=Calls)
    refused: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    fresh: list[str] = field(default_factory=list)
    """Steps served by the last turn."""


class Assistant:
    """One turn of the assistant."""

    def __init__(
        self,
        inputs: Inputs,
        messages: Sequence[BaseMessage],
        tools: Sequence[Mapping[str, Any]],
        rng: Random,
    ) -> None:
        self.today = str(inputs["today"])
        self.most_calls = int(inputs.get("most_calls", len(tools)))
        self.messages = [m for m in messages if isinstance(m, AIMessage | ToolMessage)]
        functions = [tool["function"] for tool in tools]
        self.plan = Plan.of_sub_tasks(inputs["sub_tasks"], self.today, functions)
        self.rng = rng
        self.progress = self._look_back()
        asked = " ".join(str(m.content) for m in messages if isinstance(m, HumanMessage))
        self.voice = AssistantVoice(self.plan, self.progress.calls, rng, asked)

    def turn(self) -> tuple[str, list[dict[str, Any]]]:
        """(text, tool calls) of the turn."""
        if not self.plan.steps:
            return f"<thought>There is no task to plan for.</thought><final>{NO_TASK}</final>", []
        if unread := [step.text for step in self.plan.steps if step.clause is None]:
            raise Refusal(f"the embedded model does not understand {unread[0]!r}")
        open_steps = [
            step
            for step in self.plan.steps
            if isinstance(step.clause, Clause | UnseenClause) and step.id not in self.progress.calls
        ]
        ready = [
            (step, arguments)
            for step in open_steps
            if (arguments := self._arguments(step)) is not None
        ]
        ready = ready[: self.most_calls]
        if not open_steps:
            return self._final(self.voice.answer())
        if not ready or self._tried_enough(ready[0]):
            return self._final(
                "I'm sorry, I could not complete this: "
                f"{open_steps[0].text.strip().removesuffix('.')}."
            )
        calls = [
            {"name": _name(step), "args": arguments, "id": f"call{index}", "type": "tool_call"}
            for index, (step, arguments) in enumerate(ready)
        ]
        return f"<thought>{self._thought(ready)}</thought>", calls

    def _final(self, answer: str) -> tuple[str, list[dict[str, Any]]]:
        thought = with_owners(self.voice.last_thought(self._fresh()), names_in(self.plan))
        return f"<thought>{thought}</thought><final>{answer}</final>", []

    def _thought(self, ready: list[tuple[Step, dict[str, Any]]]) -> str:
        return with_owners(self._thinking(ready), names_in(self.plan))

    def _thinking(self, ready: list[tuple[Step, dict[str, Any]]]) -> str:
        if not self.messages:
            return self.voice.first_thought([step for step, _ in ready])
        if self.progress.refused and not self.progress.fresh:
            return self.voice.retry_thought(self.progress.refused[-1][2])
        return self.voice.next_thought(
            self._fresh(), [(step, self._said(step, arguments)) for step, arguments in ready]
        )

    def _said(self, step: Step, arguments: dict[str, Any]) -> str:
        """A clause with the values that its references turned out to be."""
        if isinstance(step.clause, Clause):
            named = step.clause.references
            kept = {path: words for path, words in named.items() if path in quoted(step.clause)}
            flat = {path: _at(arguments, path) for path in named if path not in kept}
            values = {**step.clause.values, **flat}
            return replace(step.clause, values=values, references=kept).text(self.today)
        return step.text.strip().removesuffix(".").lower()

    def _fresh(self) -> list[Step]:
        return [self.plan.by_id[name] for name in self.progress.fresh]

    def _tried_enough(self, ready: tuple[Step, dict[str, Any]]) -> bool:
        step, arguments = ready
        again = [r for r in self.progress.refused if r[0] == _name(step) and r[1] == arguments]
        return len(again) >= TRIES

    def _look_back(self) -> Progress:
        """Match the calls made so far with the plan's steps, in order."""
        progress = Progress()
        executed = self._executed(progress)
        last = self._last_batch()
        for step in self.plan.steps:
            self.progress = progress
            arguments = self._arguments(step)
            for index, (name, made, result) in enumerate(executed):
                if result is not None and arguments == made and _name(step) == name:
                    progress.calls[step.id] = (made, result)
                    if index >= last:
                        progress.fresh.append(step.id)
                    executed[index] = ("", {}, None)
                    break
        return progress

    def _executed(self, progress: Progress) -> list[Executed]:
        asked = {
            call["id"]: call
            for message in self.messages
            if isinstance(message, AIMessage)
            for call in message.tool_calls
        }
        executed: list[Executed] = []
        for message in self.messages:
            if isinstance(message, ToolMessage) and message.tool_call_id in asked:
                call = asked[message.tool_call_id]
                if message.status == "error":
                    progress.refused.append((call["name"], call["args"], str(message.content)))
                    executed.append((call["name"], call["args"], None))
                else:
                    executed.append((call["name"], call["args"], json.loads(str(message.content))))
        return executed

    def _last_batch(self) -> int:
        """Index among the executed calls at which those of the last turn begin."""
        index, start = 0, 0
        for message in self.messages:
            if isinstance(message, AIMessage):
                start = index
            else:
                index += 1
        return start

    def _arguments(self, step: Step) -> dict[str, Any] | None:
        """The arguments of a step's call, None while a result it needs is missing."""
        if not isinstance(step.clause, Clause | UnseenClause):
            return None
        resolved = {}
        for path in step.references:
            value = self._value(step, path)
            if value is None:
                return None
            resolved[path] = value
        return step.clause.arguments(resolved)

    def _value(self, step: Step, path: str) -> Any:
        source = self.plan.source(step, path)
        if source is None or source.step.id not in self.progress.calls:
            return None
        result = self.progress.calls[source.step.id][1]
        if source.port is None:
            return _field(result, field_of(step.references[path]))
        try:
            return take(result, source.port.spec.take)[0]
        except (KeyError, IndexError, TypeError):
            return None


def _name(step: Step) -> str:
    if isinstance(step.clause, Clause):
        return step.clause.function.name
    return step.clause.name if isinstance(step.clause, UnseenClause) else ""


def quoted(clause: Clause) -> set[str]:
    """Slots whose value is put into a message: `a text with the address`, not `with 7 Elm Road`."""
    return {
        path
        for path in clause.references
        if clause.function.params[path].kind_name in MENTIONED_KINDS
        and clause.template.introduces(path, MENTIONING)
    }


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[part]
    return value


def _field(value: Any, wanted: str) -> Any:
    """The first scalar in a result whose name, in words, is `wanted`."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if "_".join(words_of(name)) == wanted and not isinstance(inner, dict | list):
                return inner
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            found = _field(inner, wanted)
            if found is not None:
                return found
    return None
