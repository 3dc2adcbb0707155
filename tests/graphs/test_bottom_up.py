"""From a seed to specifications: routes, loops and fan-out."""

from collections.abc import Callable
from typing import Any

import pytest

from button.context import Context
from button.errors import InputError
from button.models.scripted import Asked, ScriptedModel
from graphs.bottom_up import graph

Script = dict[str, Any]
Play = Callable[[Script], ScriptedModel]
SCENARIO = {"kind": "scenario", "source": "test", "text": "travelling by train"}


async def run(seed: dict[str, Any] = SCENARIO, **settings: Any) -> dict[str, Any]:
    plain: dict[str, Any] = {
        "scenario_variants": 0, "deepen_probability": 0, "strategy": "sequential",
    }  # fmt: skip
    made: dict[str, Any] = await graph.ainvoke(
        {"seed": seed}, context=Context(**{**plain, **settings})
    )
    return made


def contracts(model: ScriptedModel) -> list[str]:
    return [asked.contract for asked in model.asked]


async def test_a_scenario_is_taken_as_given(play: Play, sequential_script: Script) -> None:
    model = play(sequential_script)
    made = await run()
    assert made["scenarios"] == [{"variant": 0, "text": "travelling by train", "origin": "given"}]
    assert "ScenarioText" not in contracts(model)
    (specification,) = made["specifications"]
    assert [task["functions"] for task in specification["sub_tasks"]] == [
        ["search_trains"],
        ["reserve_seat"],
    ]


async def test_a_conversation_is_named(play: Play, sequential_script: Script) -> None:
    model = play(sequential_script)
    said = [{"role": "user", "text": "Is there a train?"}, {"role": "assistant", "text": "Yes."}]
    made = await run({"kind": "conversation", "source": "test", "messages": said})
    assert model.asked[0].inputs == {"conversation": said}
    assert made["scenarios"][0]["origin"] == "extracted"


async def test_a_catalogue_is_shown_to_those_who_need_it_and_no_others(
    play: Play, sequential_script: Script, signatures: dict[str, Any]
) -> None:
    model = play(sequential_script)
    functions = [signatures["search_trains"], signatures["reserve_seat"]]
    made = await run({"kind": "functions", "source": "test", "functions": functions})
    assert made["specifications"]
    seen = {asked.contract: asked.inputs for asked in model.asked}
    assert "returns" not in seen["ScenarioText"]["functions"][0]
    assert [each["name"] for each in seen["AtomicTaskText"]["functions"]] == [
        "search_trains",
        "reserve_seat",
    ]
    assert len(seen["FunctionDesign"]["catalogue"]) == 2
    assert seen["CriticVerdict"].keys() == {"task", "sub_tasks", "today"}


async def test_near_duplicates_are_dropped_with_a_rejection(
    play: Play, sequential_script: Script
) -> None:
    phrases = ["by train travelling", "sailing a boat"]
    play({**sequential_script, "ScenarioText": [{"scenario": text} for text in phrases]})
    made = await run(scenario_variants=2)
    assert [scenario["variant"] for scenario in made["scenarios"]] == [0, 2]
    (dropped,) = made["rejections"]
    assert (dropped["variant"], dropped["rejection"]["code"]) == (1, "near_duplicate")


async def test_the_critic_sends_a_draft_back_with_its_analysis(
    play: Play, sequential_script: Script
) -> None:
    verdicts = [
        {"analysis": "Nobody asked for a seat.", "verdict": "no"},
        {"analysis": "Better.", "verdict": "yes"},
    ]
    model = play({**sequential_script, "CriticVerdict": verdicts})
    made = await run()
    assert made["specifications"]
    composed = [asked for asked in model.asked if asked.contract == "SequentialComposition"]
    assert [asked.inputs["remarks"] for asked in composed] == [[], ["Nobody asked for a seat."]]
    assert composed[0].kwargs["seed"] != composed[1].kwargs["seed"]


async def test_a_draft_that_the_critic_refuses_for_good_is_rejected(
    play: Play, sequential_script: Script
) -> None:
    refusal = {"analysis": "Nobody asked for a seat.", "verdict": "no"}
    play({**sequential_script, "CriticVerdict": lambda asked: refusal})
    (dropped,) = (await run(max_repairs=1))["rejections"]
    rejection = dropped["rejection"]
    assert (rejection["code"], rejection["role"]) == ("critic_refused", "composer")
    assert rejection["scenario"] == "travelling by train"


async def test_a_deeper_round_composes_what_was_composed(
    play: Play, sequential_script: Script, signatures: Any
) -> None:
    design = {
        "sub_tasks": [
            {"id": "t1", "functions": [signatures["search_trains"]]},
            {"id": "t2", "functions": [signatures["reserve_seat"]]},
            {"id": "t3", "functions": [signatures["search_trains"]]},
        ]
    }
    model = play({**sequential_script, "FunctionDesign": lambda asked: design})
    made = await run(deepen_probability=1)
    (specification,) = made["specifications"]
    assert [task["id"] for task in specification["sub_tasks"]] == ["t1", "t2", "t3"]
    second = [asked for asked in model.asked if asked.contract == "SequentialComposition"][1]
    assert len(second.inputs["sub_tasks"]) == 2
    names = [function["name"] for function in specification["functions"]]
    assert names == ["search_trains", "reserve_seat"]


async def test_a_deeper_round_that_fails_leaves_what_was_kept(
    play: Play, sequential_script: Script
) -> None:
    once = sequential_script["SequentialComposition"]

    def compose(asked: Asked) -> Any:
        return once(asked) if len(asked.inputs["sub_tasks"]) == 1 else "no idea"

    play({**sequential_script, "SequentialComposition": compose})
    (specification,) = (await run(deepen_probability=1))["specifications"]
    assert [task["id"] for task in specification["sub_tasks"]] == ["t1", "t2"]
    assert specification["rounds"] == ["sequential"]


async def test_the_gate_sends_unsound_functions_back_with_the_reasons(
    play: Play, sequential_script: Script
) -> None:
    sound = sequential_script["FunctionDesign"]

    def design(asked: Asked) -> Any:
        made = sound(asked)
        if not asked.inputs["remarks"]:
            opened = {**made["sub_tasks"][0]["functions"][0]}
            opened["parameters"] = {"type": "object", "properties": {}}
            opened["description"] = "List the trains from Vienna to Graz on April 9, 2026."
            made = {"sub_tasks": [{"id": "t1", "functions": [opened]}, made["sub_tasks"][1]]}
        return made

    model = play({**sequential_script, "FunctionDesign": design})
    assert (await run())["specifications"]
    remarks = [a.inputs["remarks"] for a in model.asked if a.contract == "FunctionDesign"][1]
    assert any("additionalProperties" in remark for remark in remarks)
    assert any("repeats the text of the task" in remark for remark in remarks)


async def test_functions_that_stay_unsound_are_rejected_by_the_gate(
    play: Play, sequential_script: Script
) -> None:
    nothing = {"sub_tasks": [{"id": "t1", "functions": []}, {"id": "t2", "functions": []}]}
    play({**sequential_script, "FunctionDesign": lambda asked: nothing})
    (dropped,) = (await run())["rejections"]
    assert dropped["rejection"]["stage"] == "gate"
    assert "at least one needs one" in dropped["rejection"]["detail"]


async def test_functions_outside_the_catalogue_are_refused(
    play: Play, sequential_script: Script, signatures: dict[str, Any]
) -> None:
    play(sequential_script)
    functions = [signatures["search_trains"]]
    made = await run({"kind": "functions", "source": "test", "functions": functions})
    assert "'reserve_seat': is not in the catalogue" in made["rejections"][0]["rejection"]["detail"]


@pytest.mark.parametrize("seed", [{"kind": "poem", "source": "x"}, {"kind": "scenario"}, {}])
async def test_what_is_no_seed_is_an_error_of_the_person(seed: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="not a seed"):
        await run(seed)


async def test_a_scenario_that_breaks_the_rules_is_rejected() -> None:
    made = await run({**SCENARIO, "text": "booking 2 trains"})
    assert made["rejection"]["code"] == "broken_rule"


async def test_a_critic_that_fails_in_a_deeper_round_leaves_the_task_as_composed_so_far(
    play: Play, sequential_script: Script
) -> None:
    kept = {"analysis": "Each part is there.", "verdict": "yes"}
    answers = iter([kept, RuntimeError("down")])
    play({**sequential_script, "CriticVerdict": lambda asked: next(answers)})
    made = await run(composition_depth=2, deepen_probability=1)
    assert not made.get("rejections")
    (specification,) = made["specifications"]
    assert specification["rounds"] == ["sequential"]
