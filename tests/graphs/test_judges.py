"""Judges in the pipeline, played by a script: what votes decide, and what is kept of them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from button.checks import verify
from button.checks.committee import decided
from button.context import ROLES, Context
from button.errors import CallError, ConfigurationError
from button.models.caller import use_models
from button.models.embedded import EmbeddedModel
from button.models.scripted import Asked, ScriptedModel
from button.records import Judgement, ModelUse, Trajectory
from graphs.pipeline import graph

Script = dict[str, Any]
Play = Callable[[Script], ScriptedModel]
SEED = {"kind": "scenario", "source": "test", "text": "travelling by train"}
ALL = {"human": True, "assistant": True, "tool": True}
PARTS = {"turns": "human", "final_answer": "assistant", "calls": "tool"}


def part_of(asked: Asked) -> str:
    """Whose part a judge is asked about, told by what it is shown."""
    return next(part for key, part in PARTS.items() if key in asked.inputs)


def voting(**votes: Any) -> Callable[[Asked], Any]:
    """Votes of the judges of each part in the order of their seats; yes where nothing is said."""
    left = {part: list(given) for part, given in votes.items()}

    def vote(asked: Asked) -> Any:
        part = part_of(asked)
        given = left[part].pop(0) if left.get(part) else "yes"
        said = given in ("yes", "no")
        return {"reason": f"{part} is {given}.", "vote": given} if said else given

    return vote


async def outcome(**judges: Any) -> dict[str, Any]:
    context = Context(
        scenario_variants=0, deepen_probability=0, strategy="sequential", max_reasks=0,
        judges=judges,
    )  # fmt: skip
    made = await graph.ainvoke({"seed": SEED, "item": 3}, context=context)
    (found,) = made["outcomes"]
    assert isinstance(found, dict)
    return found


async def test_every_vote_stands_in_the_row_with_its_model_and_reason(
    play: Play, sequential_script: Script
) -> None:
    model = play({**sequential_script, "JudgeVerdict": voting(assistant=["no", "yes", "yes"])})
    made = await outcome(**ALL)
    assert made["kind"] == "accepted", made["row"]
    trajectory = Trajectory.from_row(made["row"])
    cast = trajectory.judgements or ()
    assert [(each.of, each.seat, each.vote) for each in cast] == [
        (part, seat, "no" if (part, seat) == ("assistant", 0) else "yes")
        for part in ("human", "assistant", "tool")
        for seat in range(3)
    ]
    assert cast[3].reason == "assistant is no."
    assert {each.model for each in cast} == {ModelUse(name="script", kind="scripted")}
    assert trajectory.attempts["judge_human"] == trajectory.attempts["judge_tool"] == 3
    assert verify(trajectory).accepted
    seeds = [asked.kwargs["seed"] for asked in model.asked if asked.contract == "JudgeVerdict"]
    assert len(set(seeds)) == 9


async def test_a_judge_sees_its_part_and_no_more(play: Play, sequential_script: Script) -> None:
    model = play({**sequential_script, "JudgeVerdict": voting()})
    await outcome(**ALL, votes=1)
    seen = {part_of(a): a.inputs for a in model.asked if a.contract == "JudgeVerdict"}
    assert [turn["speaker"] for turn in seen["human"]["turns"]] == ["person", "assistant"]
    assert "search_trains" not in json.dumps(seen["human"])
    assert seen["assistant"]["final_answer"] == "Train RJ 533 at 15:25, code KX71QP."
    assert "sub_tasks" not in json.dumps(seen["assistant"])
    assert [call["function"]["name"] for call in seen["tool"]["calls"]] == [
        "search_trains", "reserve_seat"
    ]  # fmt: skip
    assert seen["tool"]["calls"][1]["result"] == {"reservation_code": "KX71QP"}


@pytest.mark.parametrize(
    ("votes", "code", "role"),
    [
        ({"human": ["no", "no", "yes"]}, "unlike_a_person", "human"),
        ({"assistant": ["no", "yes", "no"]}, "unanswered_request", "assistant"),
        ({"tool": ["yes", "no", "no"]}, "implausible_result", "tool"),
        ({"human": ["no", "yes", "I would rather not."]}, "judges_undecided", "judge"),
    ],
)
async def test_what_has_no_majority_is_rejected_at_the_door_of_who_failed(
    play: Play, sequential_script: Script, votes: dict[str, list[str]], code: str, role: str
) -> None:
    play({**sequential_script, "JudgeVerdict": voting(**votes)})
    made = await outcome(**ALL)
    row = made["row"]
    assert (made["kind"], row["stage"], row["code"], row["role"]) == (
        "rejected",
        "judge",
        code,
        role,
    )
    assert len(row["judgements"]) == 9
    assert row["findings"][-1]["code"] == code
    assert row["seeds"]["item"] == 3
    assert row["task"].startswith("List the trains")


async def test_a_judge_that_fails_has_voted_for_nobody(
    play: Play, sequential_script: Script
) -> None:
    failing = voting(human=[CallError("content_filter", "the prompt was filtered"), "yes", "yes"])
    play({**sequential_script, "JudgeVerdict": failing})
    made = await outcome(human=True)
    assert made["kind"] == "accepted"
    silent = made["row"]["judgements"][0]
    assert (silent["vote"], silent["reason"]) == ("none", "content_filter: the prompt was filtered")


async def test_a_committee_votes_in_the_order_of_its_members(
    play: Play, sequential_script: Script
) -> None:
    model = play({**sequential_script, "JudgeVerdict": voting()})
    members = [{"model": "first"}, {"model": "second"}]
    made = await outcome(tool=True, votes=2, models=members)
    assert [each["seat"] for each in made["row"]["judgements"]] == [0, 1, 2, 3]
    assert sum(asked.contract == "JudgeVerdict" for asked in model.asked) == 4


async def test_nothing_is_judged_unless_asked_for_or_where_checks_refuse(
    play: Play, sequential_script: Script
) -> None:
    model = play(sequential_script)
    assert "judgements" not in (await outcome())["row"]
    silent = dict(sequential_script, ToolResult=lambda asked: {"trains": []})
    model = play({**silent, "JudgeVerdict": voting()})
    assert (await outcome(**ALL))["kind"] == "rejected"
    assert all(asked.contract != "JudgeVerdict" for asked in model.asked)


async def test_the_embedded_model_is_no_judge(sequential_script: Script) -> None:
    models: Any = dict.fromkeys(ROLES, ScriptedModel(sequential_script))
    with (
        use_models({**models, "judge": EmbeddedModel()}),
        pytest.raises(ConfigurationError, match=r"judges\.human needs a judge: the embedded model"),
    ):
        await outcome(human=True)


def test_a_tie_and_silence_decide_nothing() -> None:
    use = ModelUse(name="m", kind="endpoint")

    def votes(*given: Any) -> list[Judgement]:
        return [
            Judgement(of="tool", seat=seat, model=use, vote=vote, reason="r")
            for seat, vote in enumerate(given)
        ]

    assert decided(votes("yes", "yes", "none")) == []
    assert [each.code for each in decided(votes("yes", "no"))] == ["judges_undecided"]
    assert [each.code for each in decided(votes("none"))] == ["judges_undecided"]
    assert [each.code for each in decided(votes("no", "none", "no"))] == ["implausible_result"]
    (tie,) = decided(votes("yes", "no", "none", "none"))
    assert tie.text == "tool: of 4 votes 1 are yes, 1 no, 2 none"
