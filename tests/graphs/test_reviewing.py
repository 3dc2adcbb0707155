"""A final answer that says what nobody gave: asked again, at most as often as is allowed."""

from collections.abc import Callable
from typing import Any

from button.context import Context
from button.models.scripted import ScriptedModel
from graphs.conversation import graph

Script = dict[str, Any]
Play = Callable[[Script], ScriptedModel]
TRIP = {"origin": "Vienna", "destination": "Graz", "date": "2026-04-09"}
WRONG = "<thought>Done.</thought><final>RJ 533 at 15:25 for 4711 euros.</final>"
RIGHT = "<thought>Done.</thought><final>RJ 533 at 15:25.</final>"


def task(signatures: dict[str, Any], functions: list[str]) -> dict[str, Any]:
    return {
        "item": 1,
        "task": "List the trains from Vienna to Graz on April 9, 2026.",
        "sub_tasks": [{"id": "t1", "text": "List.", "depends_on": [], "functions": functions}],
        "functions": [signatures["search_trains"]],
    }


async def answers(
    play: Play, script: Script, given: dict[str, Any], said: list[Any], reasks: int
) -> tuple[ScriptedModel, dict[str, Any]]:
    model = play({**script, "assistant": said})
    state: dict[str, Any] = await graph.ainvoke(given, context=Context(max_reasks=reasks))
    return model, state


async def test_a_figure_from_nowhere_is_asked_for_again_with_the_reason(
    play: Play, sequential_script: Script, signatures: dict[str, Any], talk: Any, turns: Any
) -> None:
    said = turns(
        talk("<thought>Plan.</thought>", ("search_trains", TRIP)), talk(WRONG), talk(RIGHT)
    )
    given = task(signatures, ["search_trains"])
    model, state = await answers(play, sequential_script, given, said, 2)
    assert state["messages"][-1].content == "RJ 533 at 15:25."
    asked = [each for each in model.asked if each.contract == "assistant"]
    assert len(asked) == state["attempts"]["assistant"] == 3
    assert "number '4711' is nowhere before" in str(asked[-1].messages[-1].content)
    assert "4711" not in str(state["messages"])


async def test_what_is_left_after_the_last_time_goes_to_the_checks(
    play: Play, sequential_script: Script, signatures: dict[str, Any], talk: Any, turns: Any
) -> None:
    plan = talk("<thought>Plan.</thought>", ("search_trains", TRIP))
    said = turns(plan, talk(WRONG), talk(WRONG), talk(RIGHT))
    given = task(signatures, ["search_trains"])
    _, state = await answers(play, sequential_script, given, said, 1)
    assert "4711" in state["messages"][-1].content
    assert not state.get("rejection")
    assert state["attempts"]["assistant"] == 3
