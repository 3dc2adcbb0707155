"""`button explain`: why a row was accepted, why it was rejected, what would have mended it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from button.checks import CODES
from button.cli import app
from button.cli.explain import rejected_lines
from button.cli.mending import BY_CODE, BY_FAULT, mended_by
from button.run.funnel import STAGES, funnel

Row = dict[str, Any]


def button(*args: str | Path) -> Result:
    return CliRunner().invoke(app, [str(each) for each in args])


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("explained") / "run"
    assert button("generate", "--count", "8", "--out", out, "--quiet").exit_code == 0
    return out


def first_row(run_dir: Path) -> Row:
    (shard,) = (run_dir / "shards").glob("accepted-*.jsonl")
    row: Row = json.loads(shard.read_text(encoding="utf-8").splitlines()[0])
    return row


def test_an_accepted_row_shows_checks_sub_tasks_and_origins(run_dir: Path) -> None:
    row = first_row(run_dir)
    told = button("explain", run_dir, row["id"][:12]).output
    assert f"Accepted: {row['id'][:12]}" in told
    assert "nothing found" in told
    for sub_task in row["task"]["sub_tasks"]:
        assert f"{sub_task['id']}" in told
        assert sub_task["text"] in told
    for call, origins in row["provenance"].items():
        assert call in told
        for path in origins:
            assert f"{path.removeprefix('$.')} = " in told
    assert "said by the human, message 1: " in told


def test_every_quotation_of_a_result_holds_the_value(run_dir: Path) -> None:
    (shard,) = (run_dir / "shards").glob("accepted-*.jsonl")
    ids = [json.loads(line)["id"] for line in shard.read_text(encoding="utf-8").splitlines()]
    told = "\n".join(button("explain", run_dir, id).output for id in ids)
    found = re.findall(r"= (.+): from result .+, message \d+: (.+)", told)
    assert len(found) > 5
    assert [value for value, quotation in found if value.strip("'\"") not in quotation] == []


def test_item_and_variant_name_the_same_row(run_dir: Path) -> None:
    row = first_row(run_dir)
    item = f"{row['seeds']['item']}.{row['seeds']['variant']}"
    assert button("explain", run_dir, item).output == button("explain", run_dir, row["id"]).output


def test_a_row_that_is_not_there_is_said_so(run_dir: Path) -> None:
    for named in ("99999.0", "zz"):
        done = button("explain", run_dir, named)
        assert done.exit_code != 0
        assert named.partition(".")[0] in str(done.exception)


def rejected(stage: str, code: str, role: str = "assistant", **more: Any) -> Row:
    return {"stage": stage, "code": code, "role": role, "detail": "why", **more}


def finding(code: str, fault: str, severity: str = "error") -> Row:
    return {"code": code, "fault": fault, "severity": severity, "text": "text of the finding"}


def test_a_rejected_row_shows_stage_reason_and_what_would_have_mended_it() -> None:
    row = rejected(
        "check",
        "unserved_sub_task",
        "checks",
        seeds={"item": 4, "variant": 1},
        task="Reserve two seats.",
        findings=[finding("unserved_sub_task", "tool") | {"message": 5, "path": "$.x"}],
    )
    told = "\n".join(rejected_lines(row))
    assert "item 4, variant 1" in told
    assert "unserved_sub_task, at fault: tool" in told
    assert BY_CODE["unserved_sub_task"] in told
    assert "Reserve two seats." in told
    assert "message 5, $.x" in told


def test_every_code_is_mended_by_something() -> None:
    assert all(mended_by(code.name, code.fault) for code in CODES)
    assert mended_by("no_such_code", "human") == BY_FAULT["human"]
    assert mended_by("no_such_code", "composer")


def test_the_funnel_narrows_in_the_order_of_the_stages() -> None:
    rows = [
        rejected("check", "contradiction", "checks", findings=[finding("contradiction", "tool")]),
        rejected("critic", "critic_refused", "critic"),
        rejected("critic", "critic_refused", "critic"),
        rejected("critic", "unparsable_answer", "critic"),
        rejected("somewhere_new", "odd"),
    ]
    losses = funnel(10, rows)
    assert [(each.stage, each.reached, each.lost) for each in losses] == [
        ("critic", 15, 3),
        ("check", 12, 1),
        ("somewhere_new", 11, 1),
    ]
    assert losses[0].codes == {("critic_refused", "critic"): 2, ("unparsable_answer", "critic"): 1}
    assert losses[1].codes == {("contradiction", "tool"): 1}
    assert funnel(3, []) == []
    assert len(set(STAGES)) == len(STAGES)


def test_what_is_mended_by_code_are_codes_that_exist() -> None:
    root = Path(__file__).parents[3]
    folders = ("agents", "button/run", "button/checks")
    sources = [each.read_text() for folder in folders for each in (root / folder).rglob("*.py")]
    assert [code for code in BY_CODE if not any(f'"{code}"' in text for text in sources)] == []
