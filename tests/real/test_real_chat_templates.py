"""The chat templates of Qwen 2.5 and Llama 3.1, as TRL has them, over generated trajectories."""

import asyncio
from pathlib import Path

import pytest

from button.context import Context
from button.export import EXPORTS
from button.export.chat import chat_of
from button.export.conformance import Conformance, ConformanceError
from button.export.template import ChatTemplate
from button.records import Trajectory
from button.run.pipeline import plan_of, simulator_of
from button.run.reading import read_rows
from button.run.runner import generate

TEMPLATES = Path(__file__).parents[2].parent / "shared" / "data" / "chat_templates"
pytestmark = pytest.mark.skipif(
    not TEMPLATES.is_dir(), reason="../shared/data/chat_templates is not here"
)


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[Trajectory]:
    context = Context(root_seed=5)
    plan = plan_of(tmp_path_factory.mktemp("runs") / "run", context, None, count=20, concurrency=8)
    asyncio.run(generate(plan, simulator_of(context)))
    return [Trajectory.from_row(row) for row in read_rows(plan.run_dir)]


def rendered(name: str, records: list[Trajectory], to: str = "trl", **changes: str) -> Conformance:
    conformance = Conformance([ChatTemplate(TEMPLATES / name)])
    switches = EXPORTS[to].switches._replace(**changes)  # type: ignore[arg-type]
    for record in records:
        chat = chat_of(record, switches)
        conformance.check(to, chat, switches, EXPORTS[to].write(chat, switches))
    return conformance


@pytest.mark.parametrize("to", ["trl", "steps"])
def test_qwen_renders_everything_but_thoughts(records: list[Trajectory], to: str) -> None:
    found = rendered("trl_qwen2_5.jinja", records, to)
    assert not found.losses
    assert {reason for _, _, reason in found.remarks} == {"drops thoughts"}


def test_qwen_escapes_arguments_that_are_text_already(records: list[Trajectory]) -> None:
    found = rendered("trl_qwen2_5.jinja", records, arguments="string")
    with pytest.raises(ConformanceError, match="doubly escaped.*--arguments object helps"):
        found.refuse_losses()


def test_llama_raises_on_parallel_calls_and_takes_them_one_by_one(
    records: list[Trajectory],
) -> None:
    found = rendered("trl_llama3_1.jinja", records)
    with pytest.raises(ConformanceError, match="single tool-calls.*--parallel serialised helps"):
        found.refuse_losses()
    assert not rendered("trl_llama3_1.jinja", records, parallel="serialised").losses


def test_chatml_is_what_the_template_of_qwen_renders(records: list[Trajectory]) -> None:
    template = ChatTemplate(TEMPLATES / "trl_qwen2_5.jinja")
    chatml, trl = EXPORTS["chatml"], EXPORTS["trl"]
    for record in records:
        for thoughts in ("dropped", "think"):
            switches = trl.switches._replace(thoughts=thoughts)  # type: ignore[arg-type]
            chat = chat_of(record, switches)
            (row,) = trl.write(chat, switches)
            (text,) = chatml.write(chat, switches)
            assert text["text"] == template.render(row["messages"], row["tools"])


def test_transformers_renders_the_same(records: list[Trajectory]) -> None:
    utils = pytest.importorskip(
        "transformers.utils.chat_template_utils", reason="transformers is not a dependency"
    )
    for name in ("trl_qwen2_5.jinja", "trl_llama3_1.jinja"):
        path = TEMPLATES / name
        template = ChatTemplate(path)
        for record in records:
            switches = EXPORTS["trl"].switches._replace(parallel="serialised")
            (row,) = EXPORTS["trl"].write(chat_of(record, switches), switches)
            theirs, _ = utils.render_jinja_template(
                conversations=[row["messages"]],
                tools=row["tools"],
                chat_template=path.read_text(encoding="utf-8"),
                bos_token="<s>",
                eos_token="</s>",
            )
            assert theirs == [template.render(row["messages"], row["tools"])]
