"""Settings: what stands over what, and what is said about a wrong one."""

from pathlib import Path
from typing import Any

import pytest

from button.cli.settings import read_settings
from button.cli.strict_yaml import LARGEST_FILE, parse
from button.context import Context
from button.errors import ConfigurationError

SERVER = "http://127.0.0.1:9/v1"
CANARY = "sk-canary1234567890"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "run.yaml"


def read(*sets: str, path: Path | None = None, **flags: Any) -> Context:
    return read_settings(path, flags, sets)


def refusal(*sets: str, path: Path | None = None, **flags: Any) -> str:
    with pytest.raises(ConfigurationError) as told:
        read(*sets, path=path, **flags)
    text = str(told.value)
    assert "\n" not in text
    return text


def test_flags_stand_over_set_over_the_file_over_the_defaults(file: Path) -> None:
    file.write_text("root_seed: 1\nmax_calls: 11\nmax_reasks: 1\n")
    context = read("root_seed=2", "max_calls=12", path=file, root_seed=3, parallel_calls=None)
    assert (context.root_seed, context.max_calls, context.max_reasks) == (3, 12, 1)
    assert context.max_human_turns == Context().max_human_turns


def test_set_names_roles_and_parts_of_a_model(file: Path) -> None:
    file.write_text("models:\n  assistant: {temperature: 0.5}\n")
    context = read(
        "default_model.model=small", f"default_model.base_url={SERVER}",
        "assistant.model=large", "default_model.extra_body.top_k=5",
        "critic={temperature: 0, headers: {X-Title: a=b}}", "parallel_calls=off", path=file,
    )  # fmt: skip
    assistant, critic = context.model_of("assistant"), context.model_of("critic")
    assert (assistant.model, assistant.temperature, assistant.base_url) == ("large", 0.5, SERVER)
    assert (critic.model, critic.temperature, critic.headers) == ("small", 0, {"X-Title": "a=b"})
    assert context.model_of("human").extra_body == {"top_k": 5}
    assert context.parallel_calls == "off"


def test_what_a_role_took_from_the_default_model_follows_it_in_the_settings_of_a_run() -> None:
    begun = read("default_model.model=small", f"default_model.base_url={SERVER}",
                 "default_model.extra_body.top_k=5", "assistant.model=large",
                 "assistant.timeout_s=60", "critic.max_attempts=2")  # fmt: skip
    base = begun.model_dump(mode="json")
    sets = (
        "default_model.timeout_s=7",
        "default_model.extra_body.top_k=6",
        "critic.max_attempts=3",
    )
    context = read_settings(None, {}, sets, base)
    assistant, critic, human = map(context.model_of, ("assistant", "critic", "human"))
    assert [each.timeout_s for each in (assistant, critic, human)] == [60, 7, 7]
    assert [each.extra_body for each in (assistant, critic, human)] == [{"top_k": 6}] * 3
    assert (assistant.model, critic.model, critic.max_attempts) == ("large", "small", 3)
    assert base == begun.model_dump(mode="json")
    whole = f"default_model={{model: other, base_url: '{SERVER}'}}"
    context = read_settings(None, {}, [whole], base)
    assert (context.model_of("critic").model, context.model_of("assistant").model) == (
        "other", "large",
    )  # fmt: skip
    assert context.model_of("critic").extra_body == {}


def test_a_committee_follows_the_judge_that_it_took_its_settings_from() -> None:
    begun = read(
        "default_model.model=small", f"default_model.base_url={SERVER}", "judge.max_attempts=2",
        "judges.models=[{model: one}, {model: two, timeout_s: 9}]",
    )  # fmt: skip
    sets = ["judge.max_attempts=3", "default_model.timeout_s=7"]
    context = read_settings(None, {}, sets, begun.model_dump(mode="json"))
    members = [(each.model, each.max_attempts, each.timeout_s) for each in context.judges.models]
    assert members == [("one", 3, 7), ("two", 3, 9)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("no", "no"), ("true", True), ("null", None), ("010", "010"), ("12", 12),
        ("-3", -3), ("1e3", 1000.0), ("0.5", 0.5), ("12:30", "12:30"), ("2026-01-01", "2026-01-01"),
        ("0x10", "0x10"), (".inf", ".inf"), ("", None), ("{a: [true, 1.0]}", {"a": [True, 1.0]}),
    ],
)  # fmt: skip
def test_words_stay_words_and_numbers_numbers(text: str, value: Any) -> None:
    found, _ = parse(text, "x")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("default_model:\n  tempreature: 1\n",
         "run.yaml:2: unknown setting 'tempreature' of default_model; did you mean 'temperature'?"),
        ("models:\n  human: {}\n  asistant:\n    model: x\n",
         "run.yaml:3: unknown role 'asistant'; did you mean 'assistant'? known are scenario,"),
        ("models:\n  human:\n    temperature: 3\n",
         "run.yaml:3: models.human.temperature: Input should be less than or equal to 2, not 3"),
        ("retry:\n  most_attempt: 3\n", "run.yaml:2: unknown setting 'most_attempt' of retry;"),
        ("strategy: both\n", "run.yaml:1: strategy: Input should be 'mixed', 'sequential' or"),
        ("assistant: {model: x}\n", "the models of roles stand under 'models'"),
        ("max_calls: 0\nmax_reasks: 99\n", "run.yaml:1: max_calls: Input should be greater than or "
         "equal to 1, not 0 (and 1 more)"),
        ("default_model:\n  extra_body:\n    a: 1\n    a: 2\n", "run.yaml:4: key 'a' stands twice"),
        ("default_model: {extra_body: {messages: []}}\n", "'messages' is set by BUTTON"),
        ("default_model: 3\n", "run.yaml:1: default_model: Input should be"),
        ("models: {human: 3}\n", "run.yaml:1: models.human: Input should be"),
        ("a: &x [1]\nb: *x\n", "run.yaml:2: aliases are not allowed"),
        ("? [a]\n: 1\n", "run.yaml"),
        ("!!python/object:os.system {}\n", "run.yaml:1: could not determine a constructor"),
        ("a: 1\n---\nb: 1\n", "run.yaml:2: but found another document"),
        ("\x00", "run.yaml: unacceptable character"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_a_file_is_named_with_its_line(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    assert said in refusal(path=file)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("assistant.temperature=3", "--set assistant.temperature: models.assistant.temperature: "),
        ("asistant.model=x", "unknown setting 'asistant'; did you mean 'assistant'?"),
        ("models.assistant.model=x", "a role is named directly, such as assistant.model=my-model"),
        ("assistant=big", "name a setting of the role, such as assistant.model=my-model"),
        ("assistant.modl=x", "did you mean 'model'?"),
        ("max_calls", "is not of the form NAME=VALUE"),
        (".=1", "is not of the form NAME=VALUE"),
        ("max_calls=[", "--set max_calls:1: "),
        ("max_calls.x=1", "--set max_calls.x: max_calls: Input should be a valid integer"),
        ("today=" + "1" * 30_000, "longer than 20,000 characters"),
    ],
)
def test_what_is_wrong_in_a_set_is_named(given: str, said: str) -> None:
    assert said in refusal(given)


def test_a_value_may_hold_no_settings(file: Path) -> None:
    file.write_text("default_model: 3\n")
    said = "--set default_model.model: 'default_model' holds a value"
    assert said in refusal("default_model.model=x", path=file)


@pytest.mark.parametrize(
    "text",
    [
        f"default_model: {{api_key: {CANARY}}}",
        f"default_model: {{api_key_env: {CANARY}}}",
        f"default_model: {{headers: {{Authorization: Bearer {CANARY}}}}}",
        f"default_model: {{headers: {{X-Title: [{CANARY}]}}}}",
        f"default_model: {{base_url: 'http://me:{CANARY}@host/v1'}}",
        f"default_model: {{base_url: [{CANARY}]}}",
        f"default_model: {{extra_body: {{api_key: {CANARY}}}}}",
    ],
)
def test_a_secret_in_the_settings_is_refused_and_not_repeated(file: Path, text: str) -> None:
    file.write_text(text)
    said = refusal(path=file)
    assert CANARY not in said
    assert said.startswith("run.yaml:1: ")


def test_files_have_a_size_and_an_encoding(file: Path, tmp_path: Path) -> None:
    file.write_text("#" * (LARGEST_FILE + 1))
    assert "is larger than 1,000,000 bytes" in refusal(path=file)
    file.write_bytes(b"\xff")
    assert "is not UTF-8 text" in refusal(path=file)
    assert "cannot read" in refusal(path=tmp_path)


def test_a_missing_key_is_told_with_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    said = refusal("human.model=gpt", "critic.model=gpt")
    assert "'OPENAI_API_KEY' is not set (needed for critic, human)" in said


@pytest.mark.parametrize("setting", ["headers.X-Team", "extra_body.user"])
def test_a_secret_of_the_environment_is_refused_where_settings_are_written_down(
    setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GATEWAY_TOKEN", "only-lower-case-words")
    address = f"default_model.base_url={SERVER}"
    text = refusal("default_model.model=m", address, f"critic.{setting}=a only-lower-case-words")
    assert "the model for critic hold the value of 'GATEWAY_TOKEN'" in text
    assert "only-lower" not in text
    assert read("default_model.model=m", address, f"critic.{setting}=plain")
