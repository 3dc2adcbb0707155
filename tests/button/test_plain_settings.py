"""What a model's settings may not hold."""

import pytest
from pydantic import ValidationError

from button.context import OUTPUT_NEUTRAL, ModelSettings

CANARY = "canary1234567890"


@pytest.mark.parametrize(
    "name",
    ["Authorization", "X-Api-Key", "api-key", "Cookie", "X-Auth-Token", "OpenAI-Secret",
     "x-session", "Host", "bad name", ""],
)  # fmt: skip
def test_a_header_that_looks_like_a_secret_is_refused_without_repeating_it(name: str) -> None:
    with pytest.raises(ValidationError) as told:
        ModelSettings(headers={name: CANARY})
    assert CANARY not in told.value.errors()[0]["msg"]


@pytest.mark.parametrize("value", ["Bearer abcdefgh", "sk-abcdefgh12345", "two\r\nlines", "ä"])
def test_a_header_with_a_telling_or_impossible_value_is_refused(value: str) -> None:
    with pytest.raises(ValidationError):
        ModelSettings(headers={"X-Title": value})


def test_headers_that_gateways_ask_for_are_kept() -> None:
    headers = {"HTTP-Referer": "https://example.org", "X-Title": "BUTTON"}
    assert ModelSettings(headers=headers).headers == headers


@pytest.mark.parametrize(
    "address",
    ["http://me:pw@host/v1", "https://me@host", "ftp://host", "host/v1", "http://", "http://h:x/",
     "http://host/v1?key=1", "http://host/v1#a", "http://ho st/", "http://host:99999/"],
)  # fmt: skip
def test_an_address_is_plain(address: str) -> None:
    with pytest.raises(ValidationError) as told:
        ModelSettings(base_url=address)
    assert "pw" not in told.value.errors()[0]["msg"]


@pytest.mark.parametrize(
    "body",
    [{"api_key": CANARY}, {"a": [{"password": CANARY}]}, {"user": [f"sk-{CANARY}"]},
     {"a": {"b": f"hf_{CANARY}"}}, {"messages": []}, {"stream": True},
     {"max_tokens": 9},
     {"a": "x" * 20_000}, {"a": float("nan")}],
)  # fmt: skip
def test_a_body_holds_neither_secrets_nor_fields_of_ours(body: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as told:
        ModelSettings.model_validate({"extra_body": body})
    assert CANARY not in told.value.errors()[0]["msg"]


def test_fields_that_servers_know_are_kept() -> None:
    body = {"top_k": 20, "min_tokens": 9, "skip_special_tokens": False, "stop_token_ids": [2],
            "chat_template_kwargs": {"enable_thinking": False}}  # fmt: skip
    assert ModelSettings.model_validate({"extra_body": body}).extra_body == body


def test_settings_with_mappings_are_keys_that_compare_by_all_fields() -> None:
    one = ModelSettings(model="m", extra_body={"a": [1]}, headers={"X-Title": "a"})
    same = ModelSettings(**one.model_dump())
    assert {one: 1}[same] == 1
    assert ModelSettings(model="m", extra_body={"a": [2]}) not in {one: 1}


def test_neutral_settings_exist() -> None:
    assert ModelSettings.model_fields.keys() > OUTPUT_NEUTRAL
