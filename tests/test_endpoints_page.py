"""The examples of docs/endpoints.md load, and say nothing that the settings contradict."""

import re
from pathlib import Path

import pytest

from button.cli.settings import read_settings
from button.context import ROLES, Context, ModelSettings

PAGE = (Path(__file__).parents[1] / "docs" / "endpoints.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"```yaml\n# (\w+\.yaml)[^\n]*\n(.*?)```", PAGE, re.DOTALL))


def test_every_example_is_found() -> None:
    assert len(EXAMPLES) == PAGE.count("```yaml") == 9


@pytest.mark.parametrize("name", sorted(EXAMPLES))
def test_an_example_loads(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / name
    file.write_text(EXAMPLES[name])
    for variable in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY", "LLAMA_KEY", "OPENROUTER_API_KEY"):
        monkeypatch.setenv(variable, "a-key")
    context = read_settings(file, {})
    assert all(context.model_of(role).model != "embedded" for role in ROLES)


def test_the_settings_that_the_page_names_exist() -> None:
    known = {*Context.model_fields, *ModelSettings.model_fields}
    named = re.findall(r"`([a-z_]+): [a-z_]+`", PAGE)
    assert {name for name in named if name != "finish_reason"} <= known
