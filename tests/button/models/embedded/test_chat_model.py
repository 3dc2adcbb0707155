import json
from typing import Any, Literal

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from pydantic import BaseModel, Field

from button.canonical import canonical_json
from button.models.embedded import EmbeddedModel
from button.models.embedded.world import the_world

TODAY = "2026-03-02"
SUB_TASKS = [
    {
        "id": "t1",
        "text": "Find flights from Lisbon to Oslo on May 4, 2026.",
        "depends_on": [],
        "functions": ["search_flights"],
    },
    {
        "id": "t2",
        "text": "Book the cheapest flight for Maria Keller.",
        "depends_on": ["t1"],
        "functions": ["book_flight"],
    },
]


def prompt(inputs: dict[str, Any]) -> str:
    return f"Do it.\n<inputs>\n{canonical_json(inputs)}\n</inputs>"


def ask(contract: str, inputs: dict[str, Any], seed: int = 1) -> AIMessage:
    form = {"type": "json_schema", "json_schema": {"name": contract, "schema": {}}}
    return EmbeddedModel().invoke([HumanMessage(prompt(inputs))], response_format=form, seed=seed)


def assistant(messages: list[Any], **inputs: Any) -> AIMessage:
    tools = [
        {"type": "function", "function": the_world().functions[name].signature.model_dump()}
        for name in ("search_flights", "book_flight")
    ]
    body = {"today": TODAY, "most_calls": 8, "sub_tasks": SUB_TASKS, **inputs}
    return EmbeddedModel().invoke([SystemMessage(prompt(body)), *messages], tools=tools, seed=1)


def test_the_same_call_gives_the_same_answer_and_another_seed_another() -> None:
    inputs = {"scenario": "booking a flight for a trip", "today": TODAY, "functions": []}
    answers = {ask("AtomicTaskText", inputs, seed).content for seed in (1, 1, 2, 3)}
    assert len(answers) == 3


def test_what_it_does_not_know_it_refuses() -> None:
    inputs = {"scenario": "taming a griffin", "today": TODAY, "functions": []}
    answer = ask("AtomicTaskText", inputs)
    assert answer.content == ""
    assert "taming a griffin" in answer.additional_kwargs["refusal"]


def test_a_prompt_that_is_not_ours_is_answered_honestly() -> None:
    answer = EmbeddedModel().invoke([HumanMessage("What is the capital of France?")])
    assert "procedural" in str(answer.content)


def test_the_assistant_plans_first_and_calls_what_can_be_called() -> None:
    turn = assistant([HumanMessage("...")])
    assert "1. Find flights" in str(turn.content)
    assert [call["name"] for call in turn.tool_calls] == ["search_flights"]
    assert turn.tool_calls[0]["args"]["departure_date"] == "2026-05-04"


def test_the_assistant_passes_a_value_of_the_result_on() -> None:
    first = assistant([HumanMessage("...")])
    flights = [
        {
            "flight_number": "AB1234",
            "airline": "Atlas Jet",
            "departure_time": "09:00",
            "arrival_time": "11:00",
            "price": 120,
        },
        {
            "flight_number": "CD5678",
            "airline": "Aurora Air",
            "departure_time": "08:00",
            "arrival_time": "10:00",
            "price": 90,
        },
    ]
    result = ToolMessage(json.dumps({"flights": flights}), tool_call_id=first.tool_calls[0]["id"])
    second = assistant([HumanMessage("..."), first, result])
    assert second.tool_calls[0]["args"] == {
        "flight_number": "CD5678",
        "passenger": {"name": "Maria Keller"},
    }


def test_a_refused_call_is_tried_again_and_then_given_up() -> None:
    messages: list[Any] = [HumanMessage("...")]
    for index in range(2):
        turn = assistant(messages)
        assert turn.tool_calls
        turn.tool_calls[0]["id"] = f"c{index}"
        messages += [turn, ToolMessage("no such day", tool_call_id=f"c{index}", status="error")]
    last = assistant(messages)
    assert not last.tool_calls
    assert "could not" in str(last.content)


@pytest.mark.parametrize("text", ["<inputs>\nnot json\n</inputs>", "<inputs>\n[1]\n</inputs>"])
def test_a_broken_inputs_block_does_not_break_the_model(text: str) -> None:
    assert "procedural" in str(EmbeddedModel().invoke([HumanMessage(text)]).content)


def test_sub_tasks_that_the_assistant_cannot_read_are_refused_not_pretended() -> None:
    strange = [{"id": "t1", "text": "Tame a griffin.", "depends_on": [], "functions": ["tame"]}]
    answer = assistant([HumanMessage("Could you tame a griffin?")], sub_tasks=strange)
    assert "'Tame a griffin.'" in answer.additional_kwargs["refusal"]
    assert not answer.content


def test_without_a_task_it_says_what_it_is() -> None:
    answer = assistant([HumanMessage("Hello, what can you do?")], sub_tasks=[])
    assert not answer.tool_calls
    assert "procedural model" in str(answer.content)


class Part(BaseModel):
    weight: int = Field(ge=3, le=4)


class Opinion(BaseModel):
    stars: int = Field(ge=1, le=5)
    mood: Literal["calm", "keen"]
    parts: list[Part]


def test_a_contract_it_has_never_seen_is_answered_from_its_schema() -> None:
    schema = Opinion.model_json_schema()
    form = {"type": "json_schema", "json_schema": {"name": "Opinion", "schema": schema}}
    message = EmbeddedModel().invoke([HumanMessage(prompt({"x": 1}))], response_format=form, seed=3)
    opinion = Opinion.model_validate_json(str(message.content))
    assert 1 <= opinion.stars <= 5
    assert opinion.parts
