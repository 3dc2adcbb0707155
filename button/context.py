"""The knobs: one pydantic class that all graphs share.

Studio draws its form from it, the command line its flags, `docs/configuration.md` its table.
"""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator, model_validator

from button.plain_settings import checked_address, checked_body, checked_headers
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


MOST_USD = 1_000_000
"""Of a price of a million tokens, and of a budget; keeps sums within 64 bits."""
OUTPUT_NEUTRAL = frozenset(
    {
        "api_key_env",
        "timeout_s",
        "max_in_flight",
        "max_attempts",
        "max_outage_s",
        "price_in",
        "price_out",
        "trust_env",
    }
)
"""Settings of a model that never change what a run makes: with others, the run may be continued."""


class ModelSettings(BaseModel):
    """Which model plays a role, and how it is asked."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

    model: str = Field(default="embedded", min_length=1, max_length=200)
    """`embedded` for the procedural default model, otherwise the model name the endpoint knows."""
    base_url: str | None = None
    """Address of an OpenAI-compatible endpoint, such as `http://127.0.0.1:8000/v1`; unset means
    OpenAI's own."""
    api_key_env: str | None = Field(default=None, pattern=r"^[A-Za-z_][A-Za-z0-9_]{0,99}$")
    """Name of the environment variable that holds the key; the key itself is never stored. Unset
    means `OPENAI_API_KEY` at OpenAI's own address and no key at any other."""
    headers: dict[str, str] = {}
    """Further HTTP headers, such as an application's name for a gateway; keys, tokens and cookies
    are refused here, because settings are written into the run."""
    trust_env: bool = False
    """Whether the proxy variables of the environment (`HTTPS_PROXY`, `NO_PROXY`) are obeyed."""
    temperature: float | None = Field(default=None, ge=0, le=2)
    """Sampling temperature; unset leaves it to the endpoint."""
    top_p: float | None = Field(default=None, gt=0, le=1)
    """Share of the probability mass that is sampled from; unset leaves it to the endpoint."""
    max_tokens: int | None = Field(default=4096, ge=1, le=10_000_000)
    """Longest answer in tokens, thinking included; `null` leaves it to the endpoint, and then no
    budget of tokens or money can be kept."""
    send_seed: bool = True
    """Whether each call carries its own derived sampling seed; for endpoints that refuse `seed`."""
    send_parallel_calls: bool = True
    """Whether calls with tools say if several at once are allowed; for endpoints that refuse
    `parallel_tool_calls`."""
    extra_body: dict[str, JsonValue] = {}
    """Further fields of the request's body that this endpoint knows, such as `top_k`."""
    protocol: Literal["native", "button_tags"] = "native"
    """How functions are called: with the endpoint's own tool calls, or with BUTTON's text tags for
    models that have none."""
    structured: Literal["auto", "json_schema", "tool_call", "text"] = "auto"
    """How an answer in a given form is asked for: with a response format, as the arguments of one
    forced tool call, or in the prompt alone; `auto` tries them in this order."""
    timeout_s: float = Field(default=120, gt=0)
    """Longest time for one attempt of a call, in seconds, from the first byte sent to the last byte
    read."""
    max_in_flight: int = Field(default=64, ge=1, le=4096)
    """Most calls in flight to this endpoint at once."""
    max_attempts: int = Field(default=6, ge=1, le=100)
    """Most attempts of one call that meets passing failures while its endpoint is up; then its item
    is rejected. Failures of an outage do not count."""
    max_outage_s: float = Field(default=3600, ge=0)
    """Longest wait, in seconds, for an endpoint that is down, before the run stops; the same
    command continues it."""
    max_response_bytes: int = Field(default=2_000_000, ge=1000)
    """Largest body of a response; a larger one is refused while it is read."""
    price_in: float | None = Field(default=None, ge=0, le=MOST_USD)
    """Price of one million tokens read, in US dollars; unset leaves it to the price list
    (`pip install 'button-simulator[prices]'`)."""
    price_out: float | None = Field(default=None, ge=0, le=MOST_USD)
    """Price of one million tokens written, in US dollars; unset leaves it to the price list."""

    def __hash__(self) -> int:
        # The fields that tell endpoints apart and can be hashed; equality looks at all of them.
        return hash((self.model, self.base_url, self.api_key_env, self.temperature, self.top_p))

    @field_validator("base_url")
    @classmethod
    def _is_a_plain_address(cls, value: str | None) -> str | None:
        return value if value is None else checked_address(value)

    @field_validator("headers")
    @classmethod
    def _holds_no_secret(cls, value: dict[str, str]) -> dict[str, str]:
        return checked_headers(value)

    @field_validator("extra_body")
    @classmethod
    def _holds_nothing_of_ours(cls, value: dict[str, JsonValue]) -> dict[str, JsonValue]:
        return checked_body(value)


class RetrySettings(BaseModel):
    """How patiently endpoints are asked; nothing of it changes what a run makes."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

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

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

    calls: int | None = Field(default=None, ge=1)
    """Most requests to endpoints, the repeated ones too; unset sets no bound."""
    tokens: int | None = Field(default=None, ge=1)
    """Most tokens read and written by endpoints together; unset sets no bound."""
    usd: float | None = Field(default=None, gt=0, le=MOST_USD)
    """Most US dollars that endpoints may cost; needs the prices of all of them; unset sets no
    bound."""
    minutes: float | None = Field(default=None, gt=0)
    """Longest working time in minutes: no call and no item is begun later; unset sets no bound."""


class Context(BaseModel):
    """Settings of one graph run; every field has a default and a sentence that explains it."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False
    )

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
    tool, judge. What a role leaves out is as in `default_model`."""
    retry: RetrySettings = RetrySettings()
    """How patiently endpoints are asked."""
    budget: BudgetSettings = BudgetSettings()
    """What the run may use up."""
    today: str = Field(default="2026-03-02", pattern=r"^\d{4}-\d{2}-\d{2}$")
    """The date on which the conversations take place; part of the record, never the clock's."""

    @model_validator(mode="before")
    @classmethod
    def _roles_inherit(cls, values: Any) -> Any:
        if not isinstance(values, dict) or not isinstance(values.get("models"), dict):
            return values
        default = values.get("default_model", {})
        if isinstance(default, ModelSettings):
            default = default.model_dump(exclude_unset=True)
        if not isinstance(default, dict):
            return values
        models = {
            role: {**default, **own} if isinstance(own, dict) else own
            for role, own in values["models"].items()
        }
        return {**values, "models": models}

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
