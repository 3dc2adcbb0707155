"""Which model plays a role and how it is asked: the settings of one model."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, field_validator

from button.plain_settings import checked_address, checked_body, checked_headers

STRICT = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True, allow_inf_nan=False)
"""Of all settings: nothing unknown, nothing changed later, docstrings that are shown."""
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

    model_config = STRICT

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
    bound_field: Literal["auto", "max_tokens", "max_completion_tokens"] = "auto"
    """Field of the request that says `max_tokens`: newer models of OpenAI and Azure refuse the old
    name, most other servers know no other and would let a model talk on; `auto` goes by the
    address."""
    send_seed: bool = True
    """Whether each call carries its own derived sampling seed; for endpoints that refuse `seed`."""
    seed_bits: int = Field(default=31, ge=8, le=53)
    """How many bits of the derived seed are sent; some endpoints take no longer numbers. All 53
    make the served embedded model (`button serve`) say what it says without a server."""
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
    """Most calls in flight to this endpoint at once; an answer counts until it is journaled."""
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
