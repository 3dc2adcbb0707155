"""Judges on the command line: real processes, votes over HTTP, embedded models for the rest."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from button.run.layout import RunLayout
from button.run.reading import read_rows
from button.run.spending import spending_of
from tests.limited_server import Body, Limits, served

pytestmark = pytest.mark.server
COUNT = 3


def inputs_of(body: Body) -> Body:
    found: Body = json.loads(body["messages"][0]["content"].split("\n<inputs>\n")[1][:-10])
    return found


def by_model(body: Body) -> Body:
    """The strict judge is against what has an odd number of letters; of results all think well."""
    inputs = inputs_of(body)
    said = "".join(turn["text"] for turn in inputs.get("turns", ()))
    vote = "no" if body["model"] == "strict" and len(said) % 2 else "yes"
    return {"reason": f"{body['model']} read {len(said)} letters.", "vote": vote}


def settings(address: str) -> list[str]:
    committee = "[{model: mild}, {model: strict}]"
    sets = (f"judge.base_url={address}", "judge.model=mild", "judge.price_in=1",
            "judge.price_out=2", "judges.human=true", "judges.tool=true", "judges.votes=1",
            f"judges.models={committee}")  # fmt: skip
    return [word for each in sets for word in ("--set", each)]


def product(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "shards").iterdir())}


def test_votes_are_rows_calls_and_money_and_the_same_in_every_run(
    tmp_path: Path, button: Callable[..., Any]
) -> None:
    limits, out, again = Limits(judge=by_model), tmp_path / "run", tmp_path / "again"
    with served(limits) as address:
        done = button("generate", *settings(address), "--count", str(COUNT), "--out", out)
        assert done.code == 0, done.errors
        told = button(
            "estimate", *settings(address), "--count", "9", "--pilot", "2", "--json"
        )  # fmt: skip
    accepted = list(read_rows(out))
    rejected = list(read_rows(out, "rejected"))
    assert len(accepted) == COUNT
    judged = [row for row in rejected if row["stage"] == "judge"]
    assert judged
    assert {(row["code"], row["role"]) for row in judged} == {("judges_undecided", "judge")}
    assert "lost at judge" in done.output
    for row in (*accepted, *judged):
        cast = [(each["of"], each["model"]["name"], each["vote"]) for each in row["judgements"]]
        assert [each[:2] for each in cast] == [
            ("human", "mild"), ("human", "strict"), ("tool", "mild"), ("tool", "strict")
        ]  # fmt: skip
        assert (cast[1][2] == "no") == (row in judged)
    roles = spending_of(RunLayout(out)).roles
    assert set(roles) == {"judge"}
    assert roles["judge"].requests >= 4 * (COUNT + len(judged))
    assert roles["judge"].picodollars > 0
    forecast = json.loads(told.output)["roles"]["judge"]
    assert forecast["kind"] == "endpoint"
    assert forecast["calls"]["expected"] >= 4 * 9
    done = button("record", "replay", out, again, "--concurrency", "2", "--quiet")
    assert done.code == 0, done.errors
    assert product(again) == product(out)
    place = f"{judged[0]['seeds']['item']}.{judged[0]['seeds']['variant']}"
    why = button("explain", out, place).output
    assert "judge strict on the human: no, strict read" in why
    assert "mended by judges that answer and agree" in why


def test_what_cannot_be_a_judge_is_refused_before_anything_is_made(
    tmp_path: Path, button: Callable[..., Any]
) -> None:
    done = button("generate", "--set", "judges.tool=true", "--out", tmp_path / "run")
    assert done.code == 78
    assert done.errors.startswith("button: judges.tool needs a judge: the embedded model is proc")
    assert done.errors.count("\n") == 1
    assert not (tmp_path / "run").exists()
    done = button("generate", "--set", "judges.models=[{modell: x}]", "--out", tmp_path / "run")
    assert done.code == 78
    assert "did you mean 'model'?" in done.errors
