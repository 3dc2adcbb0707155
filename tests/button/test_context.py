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
