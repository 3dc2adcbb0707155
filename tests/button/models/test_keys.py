"""Which key goes to which address, and what is said where one is missing."""

from typing import Any

import pytest

from button.context import Context, ModelSettings
from button.errors import ConfigurationError
from button.models.addresses import bound_field_of
from button.models.keys import key_of, require_keys
from button.models.registry import build_model


async def test_an_endpoint_without_key_is_refused_before_any_call(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    with pytest.raises(ConfigurationError, match="'OPENAI_API_KEY' is not set"):
        build_model(ModelSettings(model="gpt"))


def test_all_missing_keys_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "GATEWAY_KEY"):
        monkeypatch.delenv(name, raising=False)
    gateway = ModelSettings(model="m", base_url="http://127.0.0.1:9/v1", api_key_env="GATEWAY_KEY")
    models = {"human": ModelSettings(model="gpt"), "tool": gateway, "critic": gateway}
    with pytest.raises(ConfigurationError) as told:
        require_keys(Context.model_validate({"models": models}))
    assert str(told.value) == (
        "keys are missing: environment variable 'GATEWAY_KEY' is not set (needed for critic, tool);"
        " environment variable 'OPENAI_API_KEY' is not set (needed for human)"
    )
    monkeypatch.setenv("GATEWAY_KEY", "a")
    monkeypatch.setenv("OPENAI_API_KEY", "two\nlines")
    with pytest.raises(ConfigurationError, match="holds characters that no key has") as told:
        require_keys(Context.model_validate({"models": models}))
    assert "lines" not in str(told.value)


def test_the_key_for_openai_goes_to_nobody_else_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "canary")
    other = ModelSettings(model="m", base_url="https://api.openai.com.example.org/v1")
    assert key_of(other) is None
    assert key_of(other.model_copy(update={"api_key_env": "OPENAI_API_KEY"})) == "canary"
    assert key_of(ModelSettings(model="m")) == "canary"
    assert key_of(ModelSettings()) is None


@pytest.mark.parametrize(
    ("address", "chosen", "field"),
    [
        (None, "auto", "max_completion_tokens"),
        ("https://eu.api.openai.com/v1", "auto", "max_completion_tokens"),
        ("https://mine.openai.azure.com/openai/v1", "auto", "max_completion_tokens"),
        ("https://api.openai.com.example.org/v1", "auto", "max_tokens"),
        ("http://127.0.0.1:8000/v1", "auto", "max_tokens"),
        ("http://127.0.0.1:8000/v1", "max_completion_tokens", "max_completion_tokens"),
        (None, "max_tokens", "max_tokens"),
    ],
)
def test_the_longest_answer_has_the_name_that_the_endpoint_knows(
    address: str | None, chosen: Any, field: str
) -> None:
    settings = ModelSettings(model="m", base_url=address, bound_field=chosen)
    assert bound_field_of(settings) == field
