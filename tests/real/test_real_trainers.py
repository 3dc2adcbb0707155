"""The trainers' own code over exported rows; both need torch to install, so none is a dependency.

TRL: its data path. LLaMA-Factory: its converter and its formatter of calls, which need no torch
themselves and are loaded without the packages around them, which do.
"""

import asyncio
import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from button.context import Context
from button.export import EXPORTS
from button.export.conformance import Conformance
from button.export.exporting import Asked, Export, export
from button.export.template import ChatTemplate
from button.run.pipeline import plan_of, simulator_of
from button.run.reading import read_rows
from button.run.runner import generate

TEMPLATES = Path(__file__).parents[2].parent / "shared" / "data" / "chat_templates"


def exported(folder: Path, *names: str, **more: Any) -> None:
    context = Context(root_seed=5)
    plan = plan_of(folder / "run", context, None, count=12, concurrency=8)
    asyncio.run(generate(plan, simulator_of(context)))
    formats = tuple(Asked(EXPORTS[name], EXPORTS[name].switches) for name in names)
    asked = Export(out=folder / "out", formats=formats, **more)
    export(lambda: read_rows(plan.run_dir), asked, Conformance())


class Renderer:
    """What TRL asks of a tokenizer: to render a conversation."""

    def __init__(self) -> None:
        self._template = ChatTemplate(TEMPLATES / "trl_qwen2_5.jinja")

    def apply_chat_template(self, messages: list[Any], tools: Any = None, **_: Any) -> str:
        return self._template.render(messages, tools or [])


@pytest.mark.skipif(not TEMPLATES.is_dir(), reason="../shared/data/chat_templates is not here")
@pytest.mark.parametrize("parquet", [False, True])
def test_trl_takes_rows_and_renders_every_call(tmp_path: Path, parquet: bool) -> None:
    trl = pytest.importorskip("trl.data_utils", reason="TRL is not installed: it needs torch")
    datasets = pytest.importorskip("datasets")
    exported(tmp_path, "trl", "steps", parquet=parquet)
    for name in ("trl", "steps"):
        loaded = datasets.load_dataset(
            str(tmp_path / "out"), name, split="train", cache_dir=str(tmp_path / "cache")
        )
        for row in loaded:
            assert trl.is_conversational(row)
            shown = trl.apply_chat_template(row, Renderer())
            text = "".join(value for value in shown.values() if isinstance(value, str))
            said = row.get("messages") or [*row["prompt"], *row["completion"]]
            assert all(json.dumps(call, ensure_ascii=False) in text for call in _arguments(said))


def _arguments(messages: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        call["function"]["arguments"]
        for message in messages
        for call in message.get("tool_calls") or ()
    ]


@pytest.fixture
def llama_factory() -> Iterator[Path]:
    """Its folder, with its packages declared but not run."""
    try:
        folder = Path(str(distribution("llamafactory").locate_file("llamafactory")))
    except PackageNotFoundError:
        pytest.skip("LLaMA-Factory is not installed: it needs torch")
    for name in ("", ".data", ".extras"):
        package = ModuleType(f"llamafactory{name}")
        package.__path__ = [str(folder / name.removeprefix("."))]
        sys.modules[package.__name__] = package
    constants = ModuleType("llamafactory.extras.constants")  # the real one needs peft
    constants.__dict__["RUNNING_LOG"] = "running_log.txt"
    sys.modules[constants.__name__] = constants
    yield folder
    for name in [each for each in sys.modules if each.startswith("llamafactory")]:
        del sys.modules[name]


def test_llama_factory_converts_and_formats_every_row(tmp_path: Path, llama_factory: Path) -> None:
    converter = importlib.import_module("llamafactory.data.converter")
    formatter = importlib.import_module("llamafactory.data.formatter")
    exported(tmp_path, "sharegpt")
    about = json.loads((tmp_path / "out/sharegpt/dataset_info.json").read_text())["button"]
    nothing = dict.fromkeys(("images", "videos", "audios", "kto_tag", "chosen", "rejected"))
    tags = {
        "role_tag": "from",
        "content_tag": "value",
        "user_tag": "human",
        "assistant_tag": "gpt",
        "observation_tag": "observation",
        "function_tag": "function_call",
        "system_tag": "system",
    }
    attributes = SimpleNamespace(**nothing, **tags, **about["columns"], ranking=False)
    convert = converter.SharegptDatasetConverter(attributes, None)
    calls = formatter.FunctionFormatter(slots=["{{content}}"], tool_format="qwen")
    tools = formatter.ToolFormatter(tool_format="qwen")
    rows = (tmp_path / "out/sharegpt" / about["file_name"]).read_text().splitlines()
    assert rows
    for line in rows:
        row = json.loads(line)
        taken = convert(row)
        said = [*taken["_prompt"], *taken["_response"]]
        assert len(said) == len(row["conversations"])
        assert taken["_system"] == row["system"]
        for turn in said:
            if turn["role"] == "function":
                words = {"content": turn["content"], "thought_words": ("<think>", "</think>")}
                shown = "".join(calls.apply(**words))
                value = json.loads(turn["content"].rpartition("</think>")[2])
                for call in value if isinstance(value, list) else [value]:
                    assert json.dumps(call["arguments"], ensure_ascii=False) in shown
        shown = "".join(tools.apply(content=taken["_tools"]))
        assert all(tool["name"] in shown for tool in json.loads(row["tools"]))
