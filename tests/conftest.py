"""For all tests: no network, and a scripted model that plays a whole BUTTON item."""

import gc
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from langchain_core.messages import AIMessage
from langgraph.runtime import Runtime
from pytest_socket import (
    disable_socket,
    enable_socket,
    socket_allow_hosts,
)

from button.context import Context
from button.models.caller import active_models
from button.models.scripted import Asked, ScriptedModel

# The same examples in each run: what a change breaks is seen at once, not in somebody else's run.
settings.register_profile("button", derandomize=True, deadline=None)
settings.load_profile("button")

IN_MEMORY = Path("/dev/shm")
ROOM = 2**31
LOOPBACK = ["127.0.0.1", "::1", "localhost"]
Script = dict[str, Any]


def pytest_configure() -> None:
    """Put temporary files into memory where there is room.

    On a disk, tests of runs mostly wait for fsync; none of them depends on what it does.
    """
    usable = IN_MEMORY.is_dir() and os.access(IN_MEMORY, os.W_OK)
    if "TMPDIR" not in os.environ and usable and shutil.disk_usage(IN_MEMORY).free > ROOM:
        os.environ["TMPDIR"] = str(IN_MEMORY)
        tempfile.tempdir = None


def pytest_collection_finish() -> None:
    """Let the garbage collector come seldom; what is imported and collected is no garbage.

    Thousands of tests in one process leave a large heap, which it would look through again and
    again.
    """
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """What a module's tests have left behind (caches, worlds that were read) stays as well."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect(1)
        gc.freeze()


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Sockets are closed; tests marked `server` may use loopback."""
    if request.node.get_closest_marker("server"):
        socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    else:
        disable_socket(allow_unix_socket=True)
    yield
    enable_socket()


@pytest.fixture
def runtime() -> Callable[..., Runtime[Context]]:
    """A node's runtime with the given settings."""
    return lambda **settings: Runtime(context=Context(**settings))


@pytest.fixture
def play() -> Callable[[Script], ScriptedModel]:
    """Lets a script play all roles; an async test has a context of its own, so nothing leaks."""

    def start(scripts: Script) -> ScriptedModel:
        model = ScriptedModel(scripts)
        active_models.set(model)
        return model

    return start


def closed(required: str, **properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


TEXT = {"type": "string"}
SEARCH_TRAINS = {
    "name": "search_trains",
    "description": "Lists train connections between two cities on a day.",
    "parameters": closed(
        "origin destination date",
        origin=TEXT,
        destination=TEXT,
        date={"type": "string", "format": "date"},
    ),
    "returns": closed(
        "trains",
        trains={"type": "array", "items": closed("train_id departs", train_id=TEXT, departs=TEXT)},
    ),
}
RESERVE_SEAT = {
    "name": "reserve_seat",
    "description": "Reserves a seat on a train and gives the code of the reservation.",
    "parameters": closed("train_id passenger", train_id=TEXT, passenger=TEXT),
    "returns": closed("reservation_code", reservation_code=TEXT),
}
FIND_HOTEL = {
    "name": "find_hotel",
    "description": "Finds a hotel in a city.",
    "parameters": closed("city", city=TEXT),
    "returns": closed("hotel_id", hotel_id=TEXT),
}
FIND_RESTAURANT = {
    "name": "find_restaurant",
    "description": "Finds a restaurant by the food it serves.",
    "parameters": closed("city cuisine", city=TEXT, cuisine=TEXT),
    "returns": closed("restaurant_id", restaurant_id=TEXT),
}
PLAN_WALK = {
    "name": "plan_walk",
    "description": "Plans a walk between two places.",
    "parameters": closed("start_id end_id", start_id=TEXT, end_id=TEXT),
    "returns": closed("minutes", minutes={"type": "integer"}),
}
RESULTS: dict[str, dict[str, Any]] = {
    "search_trains": {"trains": [{"train_id": "RJ 533", "departs": "15:25"}]},
    "reserve_seat": {"reservation_code": "KX71QP"},
    "find_hotel": {"hotel_id": "H-2041"},
    "find_restaurant": {"restaurant_id": "R-877"},
    "plan_walk": {"minutes": 19},
}


def turn(text: str, *calls: tuple[str, dict[str, Any]]) -> AIMessage:
    return AIMessage(
        text,
        tool_calls=[
            {"name": name, "args": arguments, "id": f"x{index}", "type": "tool_call"}
            for index, (name, arguments) in enumerate(calls)
        ],
    )


def by_turn(*turns: AIMessage) -> Callable[[Asked], AIMessage]:
    """The assistant's turn by how many it has had in the conversation it is shown."""
    return lambda asked: turns[sum(isinstance(m, AIMessage) for m in asked.messages)]


def answered(asked: Asked) -> dict[str, Any]:
    return RESULTS[asked.inputs["function"]["name"]]


@pytest.fixture
def sequential_script() -> Script:
    """Trains from Vienna to Graz, then a seat on the first."""
    trip = {"origin": "Vienna", "destination": "Graz", "date": "2026-04-09"}
    seat = {"train_id": "RJ 533", "passenger": "Jana Novak"}
    return {
        "ScenarioText": lambda asked: {"scenario": "travelling by train"},
        "AtomicTaskText": lambda asked: {
            "task": "List the trains from Vienna to Graz on April 9, 2026."
        },
        "SequentialComposition": lambda asked: {
            "subsequent_task": "Reserve one seat for Jana Novak on the first of these trains.",
            "composed_task": "List the trains from Vienna to Graz on April 9, 2026 and reserve one "
            "seat for Jana Novak on the first of them.",
            "uses": ["t1"],
        },
        "CriticVerdict": lambda asked: {"analysis": "It fits.", "verdict": "yes"},
        "FunctionDesign": lambda asked: {
            "sub_tasks": [
                {"id": "t1", "functions": [SEARCH_TRAINS]},
                {"id": "t2", "functions": [RESERVE_SEAT]},
            ]
        },
        "HumanTurn": lambda asked: {
            "message": "Could you get Jana Novak a seat on the first train from Vienna to Graz on "
            "April 9, 2026?"
        },
        "assistant": by_turn(
            turn("<thought>1. Search. 2. Reserve.</thought>", ("search_trains", trip)),
            turn("<thought>RJ 533 is the first.</thought>", ("reserve_seat", seat)),
            turn("<thought>Done.</thought><final>Train RJ 533 at 15:25, code KX71QP.</final>"),
        ),
        "ToolResult": answered,
    }


@pytest.fixture
def parallel_script(sequential_script: Script) -> Script:
    """A hotel and a restaurant at once, then the walk between them."""
    walk = {"start_id": "H-2041", "end_id": "R-877"}
    return {
        **sequential_script,
        "AtomicTaskText": lambda asked: {"task": "Find a hotel in Graz."},
        "ParallelComposition": lambda asked: {
            "parallel_task": "Find a restaurant in Graz with Styrian food.",
            "subsequent_task": "Plan the walk from this hotel to this restaurant.",
            "composed_task": "Find a hotel in Graz and a restaurant there with Styrian food, and "
            "plan the walk between them.",
        },
        "FunctionDesign": lambda asked: {
            "sub_tasks": [
                {"id": "t1", "functions": [FIND_HOTEL]},
                {"id": "t2", "functions": [FIND_RESTAURANT]},
                {"id": "t3", "functions": [PLAN_WALK]},
            ]
        },
        "HumanTurn": lambda asked: {
            "message": "I need a hotel in Graz and a Styrian restaurant. How far is the walk?"
        },
        "assistant": by_turn(
            turn(
                "<thought>1. Hotel. 2. Restaurant, at once. 3. Walk.</thought>",
                ("find_hotel", {"city": "Graz"}),
                ("find_restaurant", {"city": "Graz", "cuisine": "Styrian"}),
            ),
            turn("<thought>Both are known.</thought>", ("plan_walk", walk)),
            turn(
                "<thought>Done.</thought><final>From hotel H-2041 it is a walk of 19 minutes to "
                "restaurant R-877.</final>"
            ),
        ),
    }


@pytest.fixture
def talk() -> Callable[..., AIMessage]:
    """An assistant's message: text, then (name, arguments) of its calls."""
    return turn


@pytest.fixture
def turns() -> Callable[..., Callable[[Asked], AIMessage]]:
    """A script of the assistant that goes by the conversation it is shown."""
    return by_turn


@pytest.fixture
def signatures() -> dict[str, dict[str, Any]]:
    """The functions of the scripts by name."""
    functions = (SEARCH_TRAINS, RESERVE_SEAT, FIND_HOTEL, FIND_RESTAURANT, PLAN_WALK)
    return {str(function["name"]): function for function in functions}
