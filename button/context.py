"""The knobs: one pydantic class that all graphs share.

Studio draws its form from it, the command line its flags, `docs/configuration.md` its table.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, get_args

from pydantic import BaseModel, Field, field_validator, model_validator

from button.model_settings import MOST_USD as MOST_USD
from button.model_settings import OUTPUT_NEUTRAL as OUTPUT_NEUTRAL
from button.model_settings import STRICT
from button.model_settings import ModelSettings as ModelSettings
from button.records import Judged, Role

ROLES: tuple[Role, ...] = get_args(Role)
JUDGED: tuple[Judged, ...] = get_args(Judged)
LONGEST_INSTRUCTIONS = 8000
"""Characters; a prompt has to fit a short context together with its inputs."""


def _said_at(*nodes: str) -> Any:
    """Instructions that Studio offers for editing at these nodes; the keys are its own."""
    marks: dict[str, Any] = {"langgraph_nodes": list(nodes), "langgraph_type": "prompt"}
    return Field(default="", max_length=LONGEST_INSTRUCTIONS, json_schema_extra=marks)


class RetrySettings(BaseModel):
    """How patiently endpoints are asked; nothing of it changes what a run makes."""

    model_config = STRICT

    first_backoff_s: float = Field(default=1, gt=0)
    """Longest wait after the first failure of a call, in seconds; it doubles with each further one,
    and how much of it is waited is drawn anew each time."""
    longest_backoff_s: float = Field(default=60, gt=0)
    """Longest wait between two attempts of a call, in seconds, unless the endpoint wants more."""
    longest_retry_after_s: float = Field(default=300, gt=0)
    """Longest wait, in seconds, that an endpoint may ask a single call for (`Retry-After`); where
    it asks for more, all calls to it wait that long and then see whether it is back."""
    failures_to_open: int = Field(default=5, ge=1)
    """Failures in a row after which an endpoint counts as down: calls to it wait."""
    probe_every_s: float = Field(default=15, gt=0)
    """Seconds between two attempts to reach an endpoint that is down."""


class BudgetSettings(BaseModel):
    """What a run may use up, over all its invocations; nothing of it changes what a run makes.

    What a call may cost at most is set aside before it is sent, so no budget is ever exceeded. A
    run that has used one up is incomplete, and continues exactly where it was once it is raised.
    """

    model_config = STRICT

    calls: int | None = Field(default=None, ge=1)
    """Most requests to endpoints, the repeated ones too; unset sets no bound."""
    tokens: int | None = Field(default=None, ge=1)
    """Most tokens read and written by endpoints together; unset sets no bound."""
    usd: float | None = Field(default=None, gt=0, le=MOST_USD)
    """Most US dollars that endpoints may cost; needs the prices of all of them; unset sets no
    bound."""
    minutes: float | None = Field(default=None, gt=0)
    """Longest working time in minutes: no call and no item is begun later; unset sets no bound."""


class JudgeSettings(BaseModel):
    """Models that judge what no check can decide, after all checks; off unless turned on.

    A conversation passes where more than half of all votes are for it; each vote is one call.
    """

    model_config = STRICT

    human: bool = False
    """Whether judges read if the human speaks as a person with such a task would."""
    assistant: bool = False
    """Whether judges read if the final answer answers the request."""
    tool: bool = False
    """Whether judges read if the results of the functions are plausible."""
    votes: int = Field(default=3, ge=1, le=15)
    """How often each judge is asked each question, with a sampling seed of its own."""
    models: tuple[ModelSettings, ...] = ()
    """A committee of several judges; what one of them leaves out is as in the model of the role
    `judge`. Without any, that model judges alone."""

    @property
    def judged(self) -> tuple[Judged, ...]:
        """What is judged, in the order in which people speak."""
        wanted = {"human": self.human, "assistant": self.assistant, "tool": self.tool}
        return tuple(each for each in JUDGED if wanted[each])

    @property
    def seats(self) -> int:
        """Votes on each question."""
        return self.votes * max(1, len(self.models))


class Context(BaseModel):
    """Settings of one graph run; every field has a default and a sentence that explains it."""

    model_config = STRICT

    root_seed: int = Field(default=0, ge=0, lt=2**53)
    """Root of all randomness: the same seed gives the same bytes."""
    strategy: Literal["mixed", "sequential", "parallel_then_sequential"] = "mixed"
    """How atomic tasks are composed; `mixed` draws one per task."""
    composition_depth: int = Field(default=2, ge=1, le=4)
    """Most rounds of composition: 1 composes an atomic task once, each further round composes the
    result again."""
    deepen_probability: float = Field(default=0.35, ge=0, le=1)
    """Chance that a composed task is composed once more, while the depth allows it."""
    scenario_variants: int = Field(default=1, ge=0, le=8)
    """Scenarios made by expansion from each seed; the seed's own scenario is always kept."""
    scenario_similarity: float = Field(default=0.8, gt=0, le=1)
    """A variant whose words overlap more than this with an earlier scenario is dropped."""
    near_duplicates: Literal["drop", "mark", "keep"] = "drop"
    """What becomes of a trajectory whose human says nearly what that of an earlier one of the run
    says (80 % of all runs of three words): rejected, kept with a finding, or kept. One that begins
    with the same message is always rejected."""
    parallel_calls: Literal["on", "off", "mixed"] = "on"
    """Whether the assistant may make several independent calls in one turn."""
    max_parallel_calls: int = Field(default=8, ge=1, le=64)
    """Most calls in one assistant turn."""
    max_calls: int = Field(default=24, ge=1, le=256)
    """Most calls in one conversation."""
    max_assistant_turns: int = Field(default=16, ge=1, le=256)
    """Most assistant turns in one conversation."""
    max_human_turns: int = Field(default=4, ge=1, le=64)
    """Most human turns in one conversation."""
    max_reasks: int = Field(default=2, ge=0, le=10)
    """How often a model is asked again when its answer does not fit the contract."""
    max_repairs: int = Field(default=1, ge=0, le=5)
    """How often a composition or a set of functions is made again after the critic or the gate."""
    max_invalid_calls: int = Field(default=3, ge=0, le=32)
    """Invalid calls the assistant may react to in one conversation before it is rejected."""
    default_model: ModelSettings = ModelSettings()
    """The model of every role that has none of its own."""
    models: dict[Role, ModelSettings] = Field(default_factory=dict)
    """Models of single roles: scenario, atomic_task, composer, critic, designer, human, assistant,
    tool, judge. What a role leaves out is as in `default_model`."""
    judges: JudgeSettings = JudgeSettings()
    """What models judge after the checks; nothing unless it is turned on."""
    retry: RetrySettings = RetrySettings()
    """How patiently endpoints are asked."""
    budget: BudgetSettings = BudgetSettings()
    """What the run may use up."""
    today: str = Field(default="2026-03-02", pattern=r"^\d{4}-\d{2}-\d{2}$")
    """The date on which the conversations take place; part of the record, never the clock's."""
    scenario_instructions: str = _said_at("extract_scenario", "name_scenario", "expand_scenario")
    """Further words to whoever finds scenarios, after the prompt. The embedded model heeds none."""
    atomic_task_instructions: str = _said_at("write_atomic_task")
    """Further words to the writer of atomic tasks."""
    composer_instructions: str = _said_at("compose_sequential", "compose_parallel")
    """Further words to the composer."""
    critic_instructions: str = _said_at("criticise")
    """Further words to the critic of compositions."""
    designer_instructions: str = _said_at("design_functions")
    """Further words to the designer of functions."""
    human_instructions: str = _said_at("human")
    """Further words to the simulated human, such as who it is and how it speaks."""
    assistant_instructions: str = _said_at("assistant")
    """Further words to the assistant; they are no part of the record's messages."""
    tool_instructions: str = _said_at("tool_agent")
    """Further words to the tool agents."""
    judge_instructions: str = _said_at("judge")
    """Further words to the judges."""

    @model_validator(mode="before")
    @classmethod
    def _roles_inherit(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        default, roles = _given(values.get("default_model", {})), values.get("models", {})
        if default is None or not isinstance(roles, dict):
            return values
        models = {role: _over(default, own) for role, own in roles.items()}
        inherited = {**values, "models": models} if "models" in values else dict(values)
        judges, alone = values.get("judges"), _given(models.get("judge", default))
        if isinstance(judges, dict) and isinstance(judges.get("models"), list) and alone:
            members = [_over(alone, own) for own in judges["models"]]
            inherited["judges"] = {**judges, "models": members}
        return inherited

    @field_validator("today")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        date.fromisoformat(value)
        return value

    @field_validator(*(f"{role}_instructions" for role in ROLES))
    @classmethod
    def _leave_the_inputs_alone(cls, value: str) -> str:
        if "<inputs>" in value or "</inputs>" in value:
            raise ValueError(
                "'<inputs>' marks what a prompt is about; instructions may not hold it"
            )
        return value.strip()

    def instructions_to(self, role: Role) -> str:
        """What a role is told besides its prompts."""
        return str(getattr(self, f"{role}_instructions"))

    def model_of(self, role: Role) -> ModelSettings:
        """The settings of the model that plays `role`; of a committee of judges the first one's."""
        if role == "judge" and self.judges.models:
            return self.judges.models[0]
        return self.models.get(role, self.default_model)

    def players(self) -> Iterator[tuple[Role, ModelSettings]]:
        """Every model that may be asked, with the role that it plays."""
        for role in ROLES:
            yield role, self.model_of(role)
        for member in self.judges.models[1:]:
            yield "judge", member

    def at_seat(self, seat: int) -> "Context":
        """The context in which the judge of one vote is asked; votes are numbered from 0."""
        if not self.judges.models:
            return self
        member = self.judges.models[seat // self.judges.votes]
        return self.model_copy(
            update={"judges": self.judges.model_copy(update={"models": (member,)})}
        )


def _given(settings: Any) -> dict[str, Any] | None:
    """What was given of a model's settings; None where they are no settings at all."""
    if isinstance(settings, ModelSettings):
        return settings.model_dump(exclude_unset=True)
    return settings if isinstance(settings, dict) else None


def _over(default: dict[str, Any], own: Any) -> Any:
    return {**default, **own} if isinstance(own, dict) else own


def with_defaults(context: "Context | dict[str, Any] | None") -> Context:
    """The context a node works with; LangGraph hands over None where nobody gave one."""
    if context is None:
        return Context()
    return context if isinstance(context, Context) else Context.model_validate(context)
