"""Two small clean trajectories, and a way to damage them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from button.canonical import call_id
from button.checks import links, provenance, verify
from button.records import (
    CalledFunction,
    Message,
    ModelUse,
    Scenario,
    SeedUse,
    SubTask,
    ToolCall,
    Trajectory,
    TrajectoryTask,
    Versions,
)

SYSTEM = "You are an expert in using functions. Today is Monday, 2026-03-02."


def schema(required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


TEXT, NUMBER, WHOLE = {"type": "string"}, {"type": "number"}, {"type": "integer"}


def tool(
    name: str, description: str, parameters: dict[str, Any], returns: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": parameters,
            "returns": returns,
        },
    }


SEARCH_TRAINS = tool(
    "search_trains",
    "Lists train connections between two cities.",
    schema(
        "origin destination date",
        origin=TEXT,
        destination=TEXT,
        date={"type": "string", "format": "date"},
        fare_class={"type": "string", "enum": ["second", "first"], "default": "second"},
    ),
    schema(
        "trains",
        trains={
            "type": "array",
            "items": schema(
                "train_number departs price", train_number=TEXT, departs=TEXT, price=NUMBER
            ),
        },
    ),
)
RESERVE_SEATS = tool(
    "reserve_seats",
    "Reserves seats on a train.",
    schema("train_number seats", train_number=TEXT, seats=WHOLE),
    schema("reservation_code total_price", reservation_code=TEXT, total_price=NUMBER),
)
FIND_HOTEL = tool(
    "find_hotel",
    "Finds a hotel in a city.",
    schema("city max_price", city=TEXT, max_price=NUMBER),
    schema("hotel_id name nightly_rate", hotel_id=TEXT, name=TEXT, nightly_rate=NUMBER),
)
FIND_TABLE = tool(
    "find_restaurant",
    "Finds a restaurant that serves a cuisine.",
    schema("city cuisine", city=TEXT, cuisine=TEXT),
    schema("restaurant_id name", restaurant_id=TEXT, name=TEXT),
)
PLAN_ROUTE = tool(
    "plan_route",
    "Plans the walk between two places.",
    schema("start_id end_id", start_id=TEXT, end_id=TEXT),
    schema("distance_km minutes", distance_km=NUMBER, minutes=WHOLE),
)


class Talk:
    """Messages written one after the other; each calling turn names calls and their results."""

    def __init__(self, *said: str) -> None:
        self.messages = [Message(role="system", content=SYSTEM)]
        self.messages += [Message(role="user", content=text) for text in said]

    def calls(self, thought: str, *made: tuple[str, dict[str, Any], Any]) -> "Talk":
        count = len(self.messages)
        ids = [call_id("talk", count, position) for position in range(len(made))]
        self.messages.append(
            Message(
                role="assistant",
                thought=thought,
                tool_calls=tuple(
                    ToolCall(id=each, function=CalledFunction(name=name, arguments=arguments))
                    for each, (name, arguments, _) in zip(ids, made, strict=True)
                ),
                trainable=True,
            )
        )
        self.messages += [
            Message(role="tool", content=json.dumps(result), tool_call_id=each)
            for each, (_, _, result) in zip(ids, made, strict=True)
        ]
        return self

    def ends(self, text: str) -> tuple[Message, ...]:
        final = Message(
            role="assistant", content=text, thought="All is known.", is_final=True, trainable=True
        )
        return (*self.messages, final)


def recorded(**parts: Any) -> Trajectory:
    """A trajectory with links and provenance as the pipeline records them."""
    origins = provenance(parts["messages"], parts["tools"], parts["task"])
    return Trajectory(
        provenance=origins,
        links=links(parts["messages"], parts["task"], origins),
        models={"assistant": ModelUse(name="embedded", kind="procedural")},
        seeds=SeedUse(seed_id="0" * 16, source="built-in", root=0, item=0, variant=0),
        versions=Versions(prompts={}, code="0"),
        **parts,
    )


@pytest.fixture(scope="session")
def sequential() -> Trajectory:
    """Search a train, then reserve it; then logic only."""
    atomic = "Search the trains from Berlin to Prague on May 14."
    messages = (
        Talk(
            "I want to travel from Berlin to Prague on May 14 with my sister. Please find the "
            "cheapest train and get two seats on it, and tell me what is left of 100 euros."
        )
        .calls(
            "Plan: search, reserve, subtract.",
            (
                "search_trains",
                {"origin": "Berlin", "destination": "Prague", "date": "2026-05-14"},
                {
                    "trains": [
                        {"train_number": "EC 173", "departs": "08:56", "price": 39.9},
                        {"train_number": "EC 175", "departs": "10:56", "price": 24.5},
                    ]
                },
            ),
        )
        .calls(
            "EC 175 is the cheapest.",
            (
                "reserve_seats",
                {"train_number": "EC 175", "seats": 2},
                {"reservation_code": "KX71QP", "total_price": 49.0},
            ),
        )
        .ends(
            "The cheapest train is EC 175 at 10:56 on May 14. I reserved two seats, code KX71QP, "
            "for 49 euros, so 51 euros remain of your 100."
        )
    )
    return recorded(
        strategy="sequential",
        scenario=Scenario(text="travelling by train", origin="given"),
        task=TrajectoryTask(
            text="Find the cheapest train from Berlin to Prague on May 14, reserve two seats on it "
            "and say what is left of 100 euros.",
            atomic_task=atomic,
            depth=3,
            sub_tasks=(
                SubTask(id="t1", text=atomic, functions=("search_trains",)),
                SubTask(
                    id="t2",
                    text="Reserve two seats on the cheapest of these trains.",
                    depends_on=("t1",),
                    functions=("reserve_seats",),
                ),
                SubTask(id="t3", text="Say what is left of 100 euros.", depends_on=("t2",)),
            ),
        ),
        parallel_calls=True,
        tools=(SEARCH_TRAINS, RESERVE_SEATS),
        messages=messages,
    )


@pytest.fixture(scope="session")
def parallel() -> Trajectory:
    """A hotel and a restaurant at once, then the walk between them."""
    atomic = "Find a hotel in Lisbon for at most 120 euros a night."
    messages = (
        Talk(
            "We need a hotel in Lisbon for at most €120 a night and a Goan restaurant there. How "
            "long is the walk between the two?"
        )
        .calls(
            "Plan: hotel and restaurant at once, then the walk.",
            (
                "find_hotel",
                {"city": "Lisbon", "max_price": 120},
                {"hotel_id": "H-2041", "name": "Casa do Rio", "nightly_rate": 108.0},
            ),
            (
                "find_restaurant",
                {"city": "Lisbon", "cuisine": "Goan"},
                {"restaurant_id": "R-877", "name": "Jesus e Goa"},
            ),
        )
        .calls(
            "Both are known.",
            (
                "plan_route",
                {"start_id": "H-2041", "end_id": "R-877"},
                {"distance_km": 1.4, "minutes": 19},
            ),
        )
        .ends(
            "Casa do Rio costs 108 euros a night; from there it is 1.4 km, about 19 minutes on "
            "foot, to Jesus e Goa."
        )
    )
    return recorded(
        strategy="parallel_then_sequential",
        scenario=Scenario(text="planning a city trip", origin="given"),
        task=TrajectoryTask(
            text="Find a hotel in Lisbon for at most 120 euros a night and a Goan restaurant, then "
            "plan the walk between them.",
            atomic_task=atomic,
            depth=2,
            sub_tasks=(
                SubTask(id="t1", text=atomic, functions=("find_hotel",)),
                SubTask(
                    id="t2",
                    text="Find a Goan restaurant in Lisbon.",
                    functions=("find_restaurant",),
                ),
                SubTask(
                    id="t3",
                    text="Plan the walk from the hotel to the restaurant.",
                    depends_on=("t1", "t2"),
                    functions=("plan_route",),
                ),
            ),
        ),
        parallel_calls=True,
        tools=(FIND_HOTEL, FIND_TABLE, PLAN_ROUTE),
        messages=messages,
    )


Change = Callable[[dict[str, Any]], None]


@pytest.fixture(scope="session")
def damage() -> Callable[[Trajectory, Change], Trajectory]:
    """Applies a change to the JSON of a trajectory and reads it back."""

    def apply(trajectory: Trajectory, change: Change) -> Trajectory:
        row = json.loads(trajectory.canonical())
        change(row)
        return Trajectory.model_validate(row)

    return apply


@pytest.fixture(scope="session")
def found(damage: Callable[..., Trajectory]) -> Callable[..., set[tuple[str, str]]]:
    """(code, role at fault) of the findings after a change, stale records left out."""

    def run(trajectory: Trajectory, change: Change = lambda row: None) -> set[tuple[str, str]]:
        verdict = verify(damage(trajectory, change))
        return {
            (finding.code, finding.fault)
            for finding in verdict.findings
            if not finding.code.startswith("stale_")
        }

    return run
