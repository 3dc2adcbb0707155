"""Whole items through the public graph, played by a script."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage

from button.checks import verify
from button.context import Context
from button.models.caller import use_models
from button.models.scripted import Asked, ScriptedModel
from button.records import Trajectory
from graphs.pipeline import build_pipeline, graph

Script = dict[str, Any]
Play = Callable[[Script], ScriptedModel]
SEED = {"kind": "scenario", "source": "test", "text": "travelling by train"}


def settings(**more: Any) -> Context:
    plain: dict[str, Any] = {
        "scenario_variants": 0, "deepen_probability": 0, "strategy": "sequential",
    }  # fmt: skip
    return Context(**{**plain, **more})


async def outcomes(seed: dict[str, Any] = SEED, item: int = 3, **more: Any) -> list[dict[str, Any]]:
    made = await graph.ainvoke({"seed": seed, "item": item}, context=settings(**more))
    found: list[dict[str, Any]] = made["outcomes"]
    return found


async def test_a_sequential_item_becomes_an_accepted_trajectory(
    play: Play, sequential_script: Script
) -> None:
    play(sequential_script)
    (outcome,) = await outcomes()
    assert outcome["kind"] == "accepted"
    trajectory = Trajectory.from_row(outcome["row"])
    roles = [message.role for message in trajectory.messages]
    assert roles == ["system", "user", "assistant", "tool", "assistant", "tool", "assistant"]
    assert trajectory.messages[0].content.endswith("Today is Monday, 2026-03-02.")
    assert [message.thought for message in trajectory.messages if message.role == "assistant"] == [
        "1. Search. 2. Reserve.",
        "RJ 533 is the first.",
        "Done.",
    ]
    last = trajectory.messages[-1]
    assert (last.content, last.is_final) == ("Train RJ 533 at 15:25, code KX71QP.", True)
    assert set(trajectory.links.values()) == {"t1", "t2"}
    assert trajectory.task.depth == 2
    assert trajectory.attempts == {
        "assistant": 3, "atomic_task": 1, "compose_sequential": 1, "critic": 1,
        "function_designer": 1, "human": 1, "tool": 2,
    }  # fmt: skip
    assert {use.kind for use in trajectory.models.values()} == {"scripted"}
    assert trajectory.seeds.item == 3
    assert set(trajectory.versions.prompts) >= {"human", "assistant", "tool"}


async def test_a_parallel_item_calls_at_once_and_joins(play: Play, parallel_script: Script) -> None:
    play(parallel_script)
    (outcome,) = await outcomes(strategy="parallel_then_sequential")
    assert outcome["kind"] == "accepted", outcome["row"]
    row = outcome["row"]
    first = next(message for message in row["messages"] if message.get("tool_calls"))
    names = [call["function"]["name"] for call in first["tool_calls"]]
    assert names == ["find_hotel", "find_restaurant"]
    answers = [message for message in row["messages"] if message["role"] == "tool"]
    asked = [call["id"] for call in first["tool_calls"]]
    assert [answer["tool_call_id"] for answer in answers[:2]] == asked
    assert [task["depends_on"] for task in row["task"]["sub_tasks"]] == [[], [], ["t1", "t2"]]


async def test_the_same_item_gives_the_same_bytes(play: Play, parallel_script: Script) -> None:
    play(parallel_script)
    more = {"strategy": "parallel_then_sequential"}
    one, two = [json.dumps(await outcomes(**more), sort_keys=True) for _ in range(2)]
    assert one == two


async def test_another_item_has_other_call_ids(play: Play, sequential_script: Script) -> None:
    play(sequential_script)
    ids = [set((await outcomes(item=item))[0]["row"]["links"]) for item in (0, 1)]
    assert ids[0].isdisjoint(ids[1])


async def test_the_breakdown_and_the_prompts_are_no_part_of_the_record(
    play: Play, sequential_script: Script
) -> None:
    play(sequential_script)
    (outcome,) = await outcomes()
    text = json.dumps(outcome["row"]["messages"])
    assert "sub_tasks" not in text
    assert "<thought>" not in text


async def test_an_invalid_call_comes_back_as_an_error_and_the_assistant_reacts(
    play: Play, sequential_script: Script, talk: Any, turns: Any
) -> None:
    wrong = {"origin": "Vienna", "destination": "Graz", "date": "soon"}
    right = {**wrong, "date": "2026-04-09"}
    seat = {"train_id": "RJ 533", "passenger": "Jana Novak"}
    model = play(
        {
            **sequential_script,
            "assistant": turns(
                talk("<thought>Plan.</thought>", ("search_trains", wrong)),
                talk("<thought>A date is needed.</thought>", ("search_trains", right)),
                talk("<thought>Next.</thought>", ("reserve_seat", seat)),
                talk("<thought>Done.</thought><final>Train RJ 533, code KX71QP.</final>"),
            ),
        }
    )
    (outcome,) = await outcomes()
    assert outcome["kind"] == "accepted", outcome["row"]
    refused = outcome["row"]["messages"][3]
    assert refused["is_error"] is True
    assert "$.date" in refused["content"]
    assert outcome["row"]["messages"][2]["trainable"] is False
    assert outcome["row"]["messages"][4]["trainable"] is True
    assert sum(asked.contract == "ToolResult" for asked in model.asked) == 2


async def test_what_the_checks_refuse_is_rejected_with_its_findings(
    play: Play, sequential_script: Script
) -> None:
    seen = sequential_script["assistant"]

    def invented(asked: Asked) -> AIMessage:
        message: AIMessage = seen(asked).model_copy(deep=True)
        for call in message.tool_calls:
            if call["name"] == "reserve_seat":
                call["args"]["train_id"] = "ICE 99"
        return message

    play({**sequential_script, "assistant": invented})
    (outcome,) = await outcomes()
    row = outcome["row"]
    assert (outcome["kind"], row["stage"], row["role"]) == ("rejected", "check", "checks")
    assert "ungrounded_argument" in {finding["code"] for finding in row["findings"]}
    assert row["seeds"]["item"] == 3


async def test_variants_end_in_variant_order_and_one_failure_spares_the_others(
    play: Play, sequential_script: Script
) -> None:
    names = iter(["riding a tram", "sailing a boat", "renting a bicycle"])

    def atomic(asked: Asked) -> Any:
        if asked.inputs["scenario"] == "sailing a boat":
            raise KeyError("a bug in this branch")
        return sequential_script["AtomicTaskText"](asked)

    play(
        {
            **sequential_script,
            "ScenarioText": lambda asked: {"scenario": next(names)},
            "AtomicTaskText": atomic,
        }
    )
    made = await outcomes(scenario_variants=3)
    assert [outcome["kind"] for outcome in made] == ["accepted", "accepted", "rejected", "accepted"]
    assert [outcome["row"]["seeds"]["variant"] for outcome in made] == [0, 1, 2, 3]
    lost = made[2]["row"]
    assert (lost["code"], lost["scenario"]) == ("model_error", "sailing a boat")
    assert "a bug in this branch" in lost["detail"]


async def test_a_failure_of_our_own_in_one_branch_is_a_value(
    play: Play, sequential_script: Script, monkeypatch: pytest.MonkeyPatch
) -> None:
    play(sequential_script)

    def broken(trajectory: Trajectory) -> Any:
        if trajectory.seeds.variant == 0:
            raise RuntimeError("a check that breaks")
        return verify(trajectory)

    monkeypatch.setattr("graphs.pipeline.verify", broken)
    play({**sequential_script, "ScenarioText": [{"scenario": "riding a tram"}]})
    made = await outcomes(scenario_variants=1)
    assert [outcome["kind"] for outcome in made] == ["rejected", "accepted"]
    assert made[0]["row"]["code"] == "internal_error"
    assert "a check that breaks" in made[0]["row"]["detail"]


async def test_a_seed_without_scenario_is_rejected_with_the_seed_named(
    play: Play, sequential_script: Script
) -> None:
    play({**sequential_script, "ScenarioText": lambda asked: "no idea"})
    seed = {
        "kind": "conversation",
        "source": "chats.json:7",
        "messages": [{"role": "user", "text": "Hi"}],
    }
    (outcome,) = await outcomes(seed)
    assert outcome["row"]["stage"] == "scenario_extract"
    assert outcome["row"]["code"] == "unparsable_answer"
    assert outcome["row"]["seeds"]["source"] == "chats.json:7"


async def test_a_sub_task_without_functions_leaves_no_call(
    play: Play, sequential_script: Script, talk: Any, turns: Any, signatures: Any
) -> None:
    trip = {"origin": "Vienna", "destination": "Graz", "date": "2026-04-09"}
    play(
        {
            **sequential_script,
            "FunctionDesign": lambda asked: {
                "sub_tasks": [
                    {"id": "t1", "functions": [signatures["search_trains"]]},
                    {"id": "t2", "functions": []},
                ]
            },
            "assistant": turns(
                talk("<thought>1. Search. 2. Think.</thought>", ("search_trains", trip)),
                talk("<thought>Done.</thought><final>RJ 533 at 15:25 is the first.</final>"),
            ),
        }
    )
    (outcome,) = await outcomes()
    assert outcome["kind"] == "accepted", outcome["row"]
    assert [task["functions"] for task in outcome["row"]["task"]["sub_tasks"]] == [
        ["search_trains"],
        [],
    ]


async def test_the_embedded_model_makes_an_item_without_anything_else() -> None:
    seed = {"kind": "scenario", "source": "test", "text": "booking a flight for a trip"}
    made = [
        outcome
        for item in range(4)
        for outcome in (await graph.ainvoke({"seed": seed, "item": item}))["outcomes"]
    ]
    accepted = [outcome["row"] for outcome in made if outcome["kind"] == "accepted"]
    assert len(accepted) >= len(made) / 2
    assert {use["kind"] for row in accepted for use in row["models"].values()} == {"procedural"}
    assert len({row["id"] for row in accepted}) == len(accepted)


async def test_no_model_is_asked_before_the_graph_is_resumed(sequential_script: Script) -> None:
    from langgraph.checkpoint.memory import InMemorySaver  # noqa: PLC0415

    waiting = build_pipeline(InMemorySaver(), interrupt_before=["conversation"])
    model = ScriptedModel(sequential_script)
    config: Any = {"configurable": {"thread_id": "1"}}
    with use_models(model):
        await waiting.ainvoke({"seed": SEED}, config, context=settings())
        assert "HumanTurn" not in {asked.contract for asked in model.asked}
        made = await waiting.ainvoke(None, config, context=settings())
    assert made["outcomes"][0]["kind"] == "accepted"
