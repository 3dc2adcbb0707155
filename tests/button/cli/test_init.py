"""The settings file that is written is that of the defaults."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from button.cli.init import init, settings_file
from button.cli.settings import read_settings
from button.cli.strict_yaml import parse
from button.context import Context
from button.errors import InputError, StorageError


def test_a_written_file_loads_back_equal_to_the_defaults(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    init(file)
    context = read_settings(file, {})
    assert context == Context()
    assert context.model_dump() == Context().model_dump()


def test_every_setting_stands_in_it_with_its_sentence() -> None:
    text = settings_file("run.yaml")
    values, _ = parse(text, "run.yaml")
    assert list(values) == list(Context.model_fields)
    comments = " ".join(re.sub(r"^\s*# ", "", line) for line in text.splitlines())
    for field in Context.model_fields.values():
        assert " ".join(str(field.description).split()) in " ".join(comments.split())
        default = field.get_default(call_default_factory=True)
        if isinstance(default, BaseModel):
            for inner in type(default).model_fields.values():
                assert " ".join(str(inner.description).split()) in " ".join(comments.split())
    assert max(map(len, text.splitlines())) <= 100


def test_the_example_of_roles_loads_when_it_is_uncommented() -> None:
    text = settings_file("run.yaml").replace("models: {}\n# models:", "models:")
    text = re.sub(r"^# {3}( *\S)", r"  \1", text, flags=re.MULTILINE)
    context = Context.model_validate(parse(text, "run.yaml")[0])
    assert context.model_of("tool").structured == "tool_call"
    assert context.model_of("assistant").model == "my-large-model"


def test_an_existing_file_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "run.yaml"
    file.write_text("mine")
    with pytest.raises(InputError, match=r"run\.yaml' exists and is left as it is"):
        init(file)
    assert file.read_text() == "mine"
    with pytest.raises(StorageError, match="cannot write"):
        init(tmp_path / "no" / "such" / "run.yaml")
