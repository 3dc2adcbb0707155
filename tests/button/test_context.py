import pytest
from pydantic import ValidationError

from button.context import Context, ModelSettings, with_defaults


def test_every_setting_has_a_sentence_for_the_form() -> None:
    schema = Context.model_json_schema()
    for name, field in schema["properties"].items():
        assert field.get("description", "").endswith("."), name
        assert "default" in field or name == "models", name


def test_a_role_without_a_model_of_its_own_has_the_default_one() -> None:
    context = Context(models={"human": ModelSettings(model="mine", base_url="http://x")})
    assert context.model_of("human").model == "mine"
    assert context.model_of("assistant").model == "embedded"


def test_what_a_role_leaves_out_is_as_in_the_default_model() -> None:
    server = {"model": "small", "base_url": "http://127.0.0.1:1/v1", "temperature": 0.2}
    context = Context.model_validate(
        {"default_model": server, "models": {"critic": {"model": "large"}, "human": {}}}
    )
    assert context.model_of("critic") == ModelSettings(**server | {"model": "large"})
    assert context.model_of("human") == context.default_model
    assert Context.model_validate(context.model_dump()) == context
    whole = Context(default_model=ModelSettings(**server), models={"tool": ModelSettings()})
    assert whole.model_of("tool").base_url is None


def test_nobody_gave_a_context() -> None:
    assert with_defaults(None) == Context()
    assert with_defaults({"root_seed": 3}).root_seed == 3


@pytest.mark.parametrize(
    "settings", [{"root_seed": -1}, {"unknown": 1}, {"today": "tomorrow"},
                 {"today": "2026-02-31"}, {"max_calls": 0}, {"models": {"king": {}}}]
)  # fmt: skip
def test_a_setting_out_of_bounds_is_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Context.model_validate(settings)
