"""The knobs: one pydantic class that all graphs share.

Studio draws its form from it, the command line its flags, `docs/configuration.md` its table.
"""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from button.records import Role

ROLES: tuple[Role, ...] = (
    "scenario",
    "atomic_task",
    "composer",
    "critic",
    "designer",
    "human",
    "assistant",
    "tool",
    "judge",
)


class ModelSettings(BaseModel):
    """Which model plays a role, and how it is asked."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    model: str = "embedded"
    """`embedded` for the procedural default model, otherwise the model name the endpoint knows."""
    base_url: str | None = Field(default=None, pattern=r"^https?://[^@\s]+$")
    """Address of an OpenAI-compatible endpoint, such as `http://127.0.0.1:8000/v1`."""
    api_key_env: str = "OPENAI_API_KEY"
    """Name of the environment variable that holds the key. The key itself is never stored."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """Sampling temperature; unset leaves it to the endpoint."""
    max_tokens: int | None = Field(default=None, ge=1)
    """Longest answer in tokens; unset leaves it to the endpoint."""
    timeout_s: float = Field(default=120, gt=0)
    """Longest time for one call, in seconds."""


class Context(BaseModel):
    """Settings of one graph run; every field has a default and a sentence that explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

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
    tool, judge."""
    today: str = Field(default="2026-03-02", pattern=r"^\d{4}-\d{2}-\d{2}$")
    """The date on which the conversations take place; part of the record, never the clock's."""

    @field_validator("today")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        date.fromisoformat(value)
        return value

    def model_of(self, role: Role) -> ModelSettings:
        """The settings of the model that plays `role`."""
        return self.models.get(role, self.default_model)


def with_defaults(context: "Context | dict[str, Any] | None") -> Context:
    """The context a node works with; LangGraph hands over None where nobody gave one."""
    if context is None:
        return Context()
    return context if isinstance(context, Context) else Context.model_validate(context)
