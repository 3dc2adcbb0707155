"""The agents of the bottom-up half, node by node."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime

from agents.atomic_task import write_atomic_task
from agents.composer import compose_parallel, compose_sequential, plan_rounds, unconsumed
from agents.function_designer import design_functions, gate_functions
from agents.human import speak
from agents.scenario import expand_scenario, extract_scenario
from agents.wording import atomic_task_remarks, scenario_remarks, word_overlap
from button.context import Context
from button.models.scripted import ScriptedModel

Play = Callable[[dict[str, Any]], ScriptedModel]
MakeRuntime = Callable[..., Runtime[Context]]
CHAT = {"kind": "conversation", "source": "x", "messages": [{"role": "user", "text": "Hi"}]}
T1 = {"id": "t1", "text": "Find the author.", "depends_on": [], "functions": []}
T2 = {"id": "t2", "text": "Find the town.", "depends_on": ["t1"], "functions": []}
NEXT = {"subsequent_task": "Find it.", "composed_task": "Find both.", "uses": ["t1"]}


async def test_a_scenario_that_is_too_long_is_asked_for_again(
    play: Play, runtime: MakeRuntime
) -> None:
    long = "finding a cheap and quick train to Prague for two sisters"
    model = play({"ScenarioText": [{"scenario": long}, {"scenario": "travelling by train"}]})
    update = await extract_scenario({"seed": CHAT}, runtime())
    assert update["scenarios"] == [
        {"variant": 0, "text": "travelling by train", "origin": "extracted"}
    ]
    assert "11 words, at most 10" in str(model.asked[1].messages[-1].content)


async def test_expansion_is_told_what_is_known_already(play: Play, runtime: MakeRuntime) -> None:
    phrases = [{"scenario": "sailing a boat"}, {"scenario": "riding a tram"}]
    model = play({"ScenarioText": phrases})
    given = {"variant": 0, "text": "travelling by train", "origin": "given"}
    update = await expand_scenario(
        {"seed": {"kind": "scenario"}, "scenarios": [given]}, runtime(scenario_variants=2)
    )
    assert [scenario["variant"] for scenario in update["scenarios"]] == [0, 1, 2]
    assert model.asked[1].inputs == {
        "scenario": "travelling by train",
        "known": ["travelling by train", "sailing a boat"],
    }


async def test_an_expansion_that_fails_leaves_the_others(play: Play, runtime: MakeRuntime) -> None:
    play({"ScenarioText": ["?", {"scenario": "riding a tram"}]})
    given = {"variant": 0, "text": "travelling by train", "origin": "given"}
    update = await expand_scenario(
        {"seed": {"kind": "scenario"}, "scenarios": [given]},
        runtime(scenario_variants=2, max_reasks=0),
    )
    assert [scenario["variant"] for scenario in update["scenarios"]] == [0, 2]
    assert [each["variant"] for each in update["rejections"]] == [1]


async def test_an_atomic_task_that_names_a_function_is_asked_for_again(
    play: Play, runtime: MakeRuntime, signatures: dict[str, Any]
) -> None:
    texts = ["Use search_trains for Graz.", "Find a train to Graz."]
    model = play({"AtomicTaskText": [{"task": text} for text in texts]})
    seed = {"kind": "functions", "functions": [signatures["search_trains"]]}
    update = await write_atomic_task(
        {"seed": seed, "scenario": {"text": "travelling by train"}}, runtime()
    )
    assert update["task"] == update["atomic_task"] == "Find a train to Graz."
    assert [task["id"] for task in update["sub_tasks"]] == ["t1"]
    assert "names the function 'search_trains'" in str(model.asked[1].messages[-1].content)


@pytest.mark.parametrize(
    ("uses", "depends_on"), [(["t1"], ["t1"]), (["t2", "t1"], ["t1", "t2"]), ([], ["t2"])]
)
async def test_a_subsequent_task_depends_on_what_it_uses_or_on_the_last(
    play: Play, runtime: MakeRuntime, uses: list[str], depends_on: list[str]
) -> None:
    play({"SequentialComposition": [{**NEXT, "uses": uses}]})
    update = await compose_sequential(
        {"task": "Find it.", "sub_tasks": [T1, T2], "rounds": ["sequential"]}, runtime()
    )
    last = update["draft"]["sub_tasks"][-1]
    assert (last["id"], last["depends_on"]) == ("t3", depends_on)


async def test_unknown_sub_tasks_cannot_be_used(play: Play, runtime: MakeRuntime) -> None:
    model = play({"SequentialComposition": [{**NEXT, "uses": ["t9"]}, NEXT]})
    update = await compose_sequential({"task": "x", "sub_tasks": [T1], "rounds": []}, runtime())
    assert update["draft"]["sub_tasks"][-1]["depends_on"] == ["t1"]
    assert "uses: 't9' is none of t1" in str(model.asked[1].messages[-1].content)


async def test_a_join_depends_on_the_parallel_task_and_on_all_loose_ends(
    play: Play, runtime: MakeRuntime
) -> None:
    answer = {"parallel_task": "A.", "subsequent_task": "B.", "composed_task": "C."}
    play({"ParallelComposition": [answer]})
    loose = {**T1, "id": "t3"}
    update = await compose_parallel(
        {"task": "x", "sub_tasks": [T1, T2, loose], "rounds": []}, runtime()
    )
    beside, last = update["draft"]["sub_tasks"][-2:]
    assert (beside["id"], beside["depends_on"]) == ("t4", [])
    assert (last["id"], last["depends_on"]) == ("t5", ["t2", "t3", "t4"])


def test_loose_ends_are_sub_tasks_that_none_depends_on() -> None:
    assert unconsumed([T1]) == ["t1"]
    assert unconsumed([T1, T2]) == ["t2"]


def test_rounds_are_drawn_from_the_settings() -> None:
    deep = Context(deepen_probability=1, composition_depth=3, strategy="sequential")
    assert plan_rounds(deep, 0, 0) == ["sequential"] * 3
    flat = Context(deepen_probability=0, composition_depth=3)
    drawn = [plan_rounds(flat, item, 0) for item in range(40)]
    assert {len(rounds) for rounds in drawn} == {1}
    assert 10 < sum(rounds == ["sequential"] for rounds in drawn) < 30
    assert drawn == [plan_rounds(flat, item, 0) for item in range(40)]


def test_a_parallel_task_stays_one_however_deep_it_gets() -> None:
    deep = Context(deepen_probability=1, composition_depth=4, strategy="parallel_then_sequential")
    plans = [plan_rounds(deep, item, 0) for item in range(20)]
    assert {plan[0] for plan in plans} == {"parallel_then_sequential"}
    assert {each for plan in plans for each in plan[1:]} == {
        "sequential", "parallel_then_sequential",
    }  # fmt: skip


async def test_a_design_must_name_every_sub_task(
    play: Play, runtime: MakeRuntime, signatures: dict[str, Any]
) -> None:
    part = {"id": "t1", "functions": [signatures["search_trains"]]}
    model = play(
        {
            "FunctionDesign": [
                {"sub_tasks": [part]},
                {"sub_tasks": [part, {"id": "t2", "functions": []}]},
            ]
        }
    )
    update = await design_functions({"task": "x", "sub_tasks": [T1, T2]}, runtime())
    assert [task["functions"] for task in update["sub_tasks"]] == [["search_trains"], []]
    assert "must be ['t1', 't2']" in str(model.asked[1].messages[-1].content)


async def test_two_functions_of_one_name_do_not_pass_the_gate(
    runtime: MakeRuntime, signatures: dict[str, Any]
) -> None:
    one = signatures["search_trains"]
    update = await gate_functions(
        {
            "task": "x", "sub_tasks": [T1], "designs": 1,
            "functions": [one, {**one, "description": "Something else."}],
        },
        runtime(),
    )  # fmt: skip
    assert any("duplicate-name" in remark for remark in update["design_remarks"])


async def test_a_function_of_a_catalogue_keeps_its_original_name(
    runtime: MakeRuntime, signatures: dict[str, Any]
) -> None:
    function = signatures["search_trains"]
    seed = {"functions": [{**function, "returns": {}, "original_name": "search.trains"}]}
    update = await gate_functions(
        {"task": "x", "sub_tasks": [T1], "designs": 1, "functions": [function], "seed": seed},
        runtime(),
    )
    assert update["functions"][0]["original_name"] == "search.trains"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("booking a flight for a trip", 0),
        ("a b c d e f g h i j k", 1),
        ("booking 2 flights", 1),
        (" ", 1),
        ("booking\na flight", 1),
    ],
)
def test_scenario_rules(text: str, count: int) -> None:
    assert len(scenario_remarks(text)) == count


def test_atomic_task_rules() -> None:
    assert atomic_task_remarks(" ".join(["word"] * 30), []) == []
    assert len(atomic_task_remarks(" ".join(["word"] * 31), [])) == 1
    assert atomic_task_remarks("Please search for a train.", ["search"]) == []
    assert len(atomic_task_remarks("Call getTrain now.", ["getTrain"])) == 1


def test_overlap_counts_common_words() -> None:
    assert word_overlap("Booking a flight", "a flight booking") == 1
    assert word_overlap("booking a flight", "selling a boat") == 0.2
    assert word_overlap("", "") == 0


async def test_a_human_that_writes_a_recipe_or_repeats_itself_is_asked_again(
    play: Play, runtime: MakeRuntime
) -> None:
    said = "I need a table for two tonight."
    recipe = "First, look for a table. Second, reserve it."
    model = play({"HumanTurn": [{"message": text} for text in (recipe, said, said, "For two.")]})
    first = await speak({"task": "Reserve a table."}, runtime())
    assert [message.content for message in first["messages"]] == [said]
    assert "lists steps" in str(model.asked[1].messages[-1].content)
    heard = [*first["messages"], AIMessage("For how many?")]
    second = await speak({"task": "Reserve a table.", "messages": heard}, runtime())
    assert [message.content for message in second["messages"]] == ["For two."]
    assert "you have said exactly this before" in str(model.asked[3].messages[-1].content)
