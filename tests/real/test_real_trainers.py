"""TRL's own data path over exported rows; TRL needs torch to install, so it is no dependency."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path
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
    context = Context(root_seed=5)
    plan = plan_of(tmp_path / "run", context, None, count=12, concurrency=8)
    asyncio.run(generate(plan, simulator_of(context)))
    formats = tuple(Asked(EXPORTS[name], EXPORTS[name].switches) for name in ("trl", "steps"))
    asked = Export(out=tmp_path / "out", formats=formats, parquet=parquet)
    export(lambda: read_rows(plan.run_dir), asked, Conformance())
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
