"""The cyclic graph: turns, tools, questions and limits."""

from collections.abc import Callable
from typing import Any

import pytest
from langchain_core.messages import AIMessage, HumanMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver

from button.context import Context
from button.models.scripted import Asked, ScriptedModel
from graphs.conversation import build_conversation, graph

Script = dict[str, Any]
Play = Callable[[Script], ScriptedModel]
TRIP = {"origin": "Vienna", "destination": "Graz", "date": "2026-04-09"}


@pytest.fixture
def task(signatures: dict[str, Any]) -> dict[str, Any]:
    return {
        "item": 1,
        "task": "List the trains from Vienna to Graz on April 9, 2026 and reserve a seat.",
        "sub_tasks": [
            {"id": "t1", "text": "List.", "depends_on": [], "functions": ["search_trains"]},
            {"id": "t2", "text": "Reserve.", "depends_on": ["t1"], "functions": ["reserve_seat"]},
        ],
        "functions": [signatures["search_trains"], signatures["reserve_seat"]],
    }


async def run(task: dict[str, Any], **settings: Any) -> dict[str, Any]:
    made: dict[str, Any] = await graph.ainvoke(task, context=Context(**settings))
    return made


async def test_messages_have_ids_that_do_not_depend_on_chance(
    play: Play, sequential_script: Script, task: dict[str, Any]
) -> None:
    play(sequential_script)
    made = [[message.id for message in (await run(task))["messages"]] for _ in range(2)]
    assert made[0] == made[1]
    assert made[0][:2] == ["human-1", "assistant-1"]
    assert len(set(made[0])) == len(made[0])


async def test_a_question_goes_to_the_human_who_hears_no_calls(
    play: Play, sequential_script: Script, task: dict[str, Any], talk: Any, turns: Any
) -> None:
    final = talk("<thought>Done.</thought><final>RJ 533 at 15:25.</final>")
    model = play(
        {
            **sequential_script,
            "HumanTurn": [{"message": "A train to Graz, please."}, {"message": "From Vienna."}],
            "assistant": turns(
                talk("<thought>Plan.</thought>", ("search_trains", TRIP)),
                talk("<thought>Unclear.</thought>Where do you start?"),
                final,
            ),
        }
    )
    messages = (await run(task))["messages"]
    assert [type(message) for message in messages] == [
        HumanMessage, AIMessage, ToolMessage, AIMessage, HumanMessage, AIMessage,
    ]  # fmt: skip
    assert messages[3].content == "Where do you start?"
    heard = [asked for asked in model.asked if asked.contract == "HumanTurn"][1].messages[1:]
    assert [(message.type, message.content) for message in heard] == [
        ("ai", "A train to Graz, please."),
        ("human", "Where do you start?"),
    ]


async def test_the_assistant_sees_its_thoughts_again_and_never_the_task(
    play: Play, sequential_script: Script, task: dict[str, Any]
) -> None:
    model = play(sequential_script)
    await run(task)
    asked = [asked for asked in model.asked if asked.contract == "assistant"]
    assert asked[1].messages[2].content == "<thought>1. Search. 2. Reserve.</thought>"
    assert all("task" not in each.inputs for each in asked)
    assert [tool["function"]["name"] for tool in asked[0].kwargs["tools"]] == [
        "search_trains",
        "reserve_seat",
    ]
    assert asked[0].kwargs["parallel_tool_calls"] is True


async def test_a_tool_agent_sees_its_own_function_and_what_was_stated(
    play: Play, sequential_script: Script, task: dict[str, Any]
) -> None:
    model = play(sequential_script)
    await run(task)
    first, second = [asked.inputs for asked in model.asked if asked.contract == "ToolResult"]
    assert first.keys() == {"function", "call", "facts", "today"}
    assert first["facts"] == []
    assert second["function"]["name"] == "reserve_seat"
    assert [fact["name"] for fact in second["facts"]] == ["search_trains"]


async def test_an_unknown_function_is_refused_with_those_that_exist(
    play: Play, sequential_script: Script, task: dict[str, Any], talk: Any, turns: Any
) -> None:
    play(
        {
            **sequential_script,
            "assistant": turns(
                talk("<thought>Plan.</thought>", ("search_ships", {})),
                talk("<thought>No ships.</thought><final>There is no such thing.</final>"),
            ),
        }
    )
    refusal = (await run(task))["messages"][2]
    assert refusal.status == "error"
    assert refusal.content == (
        "there is no function 'search_ships' (there are: search_trains, reserve_seat)"
    )


async def test_the_same_call_gets_the_same_result_without_asking_again(
    play: Play, sequential_script: Script, task: dict[str, Any], talk: Any, turns: Any
) -> None:
    call = ("search_trains", TRIP)
    model = play(
        {
            **sequential_script,
            "assistant": turns(
                talk("<thought>Plan.</thought>", call),
                talk("<thought>Again.</thought>", call),
                talk("<thought>Done.</thought><final>RJ 533.</final>"),
            ),
        }
    )
    messages = (await run(task))["messages"]
    assert messages[2].content == messages[4].content
    assert sum(asked.contract == "ToolResult" for asked in model.asked) == 1


@pytest.mark.parametrize(
    ("settings", "code", "role"),
    [
        ({"max_assistant_turns": 3}, "assistant_turn_limit", "assistant"),
        ({"max_calls": 2}, "call_limit", "assistant"),
        ({"max_invalid_calls": 0}, "invalid_call_limit", "assistant"),
    ],
)
async def test_a_conversation_without_end_is_rejected_by_name(
    play: Play, sequential_script: Script, task: dict[str, Any], talk: Any,
    settings: dict[str, Any], code: str, role: str,
) -> None:  # fmt: skip
    def restless(asked: Asked) -> AIMessage:
        day = len(asked.messages)
        name = "search_ships" if code == "invalid_call_limit" else "search_trains"
        return talk("<thought>On.</thought>", (name, {**TRIP, "date": f"2026-04-{day:02}"}))

    results = {"trains": []}
    play({**sequential_script, "assistant": restless, "ToolResult": lambda asked: results})
    rejection = (await run(task, **settings))["rejection"]
    assert (rejection["code"], rejection["role"]) == (code, role)


async def test_an_assistant_that_only_asks_is_stopped(
    play: Play, sequential_script: Script, task: dict[str, Any], talk: Any
) -> None:
    def insistent(asked: Asked) -> dict[str, str]:
        return {"message": "As I said." if len(asked.messages) > 2 else "Trains to Graz, please."}

    asking = {"assistant": lambda asked: talk("<thought>?</thought>And what?")}
    play({**sequential_script, "HumanTurn": insistent, **asking})
    made = await run(task, max_human_turns=2)
    assert made["rejection"]["code"] == "human_turn_limit"
    assert sum(isinstance(message, HumanMessage) for message in made["messages"]) == 2


async def test_a_tool_that_contradicts_itself_is_asked_again_then_at_fault(
    play: Play, sequential_script: Script, task: dict[str, Any], talk: Any, turns: Any
) -> None:
    departs = iter(["15:25", "16:00", "16:00", "16:00"])
    play(
        {
            **sequential_script,
            "assistant": turns(
                talk("<thought>Plan.</thought>", ("get_train", {"train_id": "RJ 533"})),
                talk("<thought>More.</thought>", ("get_stop", {"train_id": "RJ 533"})),
            ),
            "ToolResult": lambda asked: {"train_id": "RJ 533", "departs": next(departs)},
        }
    )
    fields = {"train_id": {"type": "string"}, "departs": {"type": "string"}}
    shape = {"type": "object", "required": [], "additionalProperties": False}
    task["functions"] = [
        {
            "name": name,
            "description": "Gives a train.",
            "parameters": {**shape, "properties": {"train_id": {"type": "string"}}},
            "returns": {**shape, "properties": fields},
        }
        for name in ("get_train", "get_stop")
    ]
    made = await run(task)
    assert (made["rejection"]["code"], made["rejection"]["role"]) == ("contradiction", "tool")
    assert made["attempts"]["tool"] == 4


async def test_one_tool_agent_that_fails_ends_the_item_and_cancels_nobody(
    play: Play, parallel_script: Script, task: dict[str, Any], signatures: Any
) -> None:
    def answer(asked: Asked) -> Any:
        name = asked.inputs["function"]["name"]
        return RuntimeError("down") if name == "find_hotel" else {"restaurant_id": "R-877"}

    play({**parallel_script, "ToolResult": answer})
    names = ("find_hotel", "find_restaurant", "plan_walk")
    made = await run({**task, "functions": [signatures[name] for name in names]})
    assert made["rejection"]["code"] == "model_error"
    assert made["attempts"]["assistant"] == 1
    assert [message.name for message in made["messages"] if message.type == "tool"] == [
        "find_restaurant"
    ]


async def test_a_person_may_take_the_place_of_the_human(
    play: Play, sequential_script: Script, talk: Any
) -> None:
    model = play({"assistant": lambda asked: talk("<thought>No task yet.</thought>What can I do?")})
    made = await graph.ainvoke({"messages": [HumanMessage("Hello")]})
    assert made["messages"][-1].content == "What can I do?"
    assert "tools" not in model.asked[0].kwargs


async def test_a_conversation_can_be_interrupted_edited_and_resumed(
    play: Play, sequential_script: Script, task: dict[str, Any]
) -> None:
    play(sequential_script)
    waiting = build_conversation(InMemorySaver(), interrupt_before=["tool_agent"])
    config: Any = {"configurable": {"thread_id": "1"}}
    await waiting.ainvoke(task, config, context=Context())
    assert (await waiting.aget_state(config)).next == ("tool_agent",)
    made: dict[str, Any] = {}
    while (await waiting.aget_state(config)).next:
        made = await waiting.ainvoke(None, config, context=Context())
    assert made["messages"][-1].additional_kwargs["is_final"] is True


async def test_a_thread_that_ended_with_a_failure_can_be_continued(play: Play, talk: Any) -> None:
    answers = iter([RuntimeError("down"), talk("<thought>Plan.</thought><final>Hello.</final>")])
    play({"assistant": lambda asked: next(answers)})
    thread: Any = {"configurable": {"thread_id": "1"}}
    chat = build_conversation(InMemorySaver())
    first = await chat.ainvoke({"messages": [HumanMessage("Hello?")]}, thread)
    assert first["rejection"]["code"] == "model_error"
    second = await chat.ainvoke({"messages": [HumanMessage("Are you there?")]}, thread)
    assert second["rejection"] is None
    assert second["messages"][-1].content == "Hello."
