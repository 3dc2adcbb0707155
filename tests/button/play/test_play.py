"""A person's seat: what they are shown, what is accepted of what they type, what is recorded."""

from collections.abc import Iterable
from typing import Any

import pytest

from button.context import Context
from button.errors import YieldError
from button.play import LeftError, Played, Seat, Setting, play, setting_of_row, setting_of_seed
from button.play.typed import places_of, read_object
from button.records import Seed

CONTEXT = Context(strategy="sequential", composition_depth=1, scenario_variants=0)
SEED = Seed(kind="scenario", source="test", text="booking a flight for a trip")


class Prepared:
    """A table at which the lines were written before."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self.told: list[str] = []
        self.prompts: list[str] = []

    def tell(self, text: str, style: str = "") -> None:
        self.told.append(text)

    def ask(self, prompt: str) -> str:
        self.prompts.append(prompt)
        try:
            return next(self._lines)
        except StopIteration:
            raise LeftError from None


@pytest.fixture
async def setting() -> Setting:
    return await setting_of_seed(SEED, 1, CONTEXT)


async def played(setting: Setting, seat: Seat, *lines: str) -> tuple[Played, Prepared, list[Any]]:
    table, seen = Prepared(lines), []
    made = await play(setting, seat, table, CONTEXT, lambda node, message: seen.append(node))
    return made, table, seen


async def test_a_human_who_says_the_whole_task_gets_an_accepted_record(setting: Setting) -> None:
    made, table, seen = await played(setting, "human", setting.specification["task"])
    assert made.trajectory is not None
    assert made.accepted, made.trajectory.findings
    assert setting.specification["task"] in "\n".join(table.told)
    assert made.trajectory.models["human"].model_dump() == {"name": "person", "kind": "person"}
    assert made.trajectory.messages[1].content == setting.specification["task"]
    assert seen.count("tool_agent") == 2


async def test_what_a_human_leaves_out_is_found_by_the_checks(setting: Setting) -> None:
    made, _, _ = await played(setting, "human", "Please do it.")
    assert not made.accepted
    assert made.trajectory is not None
    assert "ungrounded_argument" in {finding.code for finding in made.trajectory.findings}


async def test_empty_lines_let_the_model_play_and_the_record_says_so(setting: Setting) -> None:
    made, table, _ = await played(setting, "tool", "", "")
    assert made.accepted
    assert made.trajectory is not None
    assert made.trajectory.models["tool"].name == "person and embedded"
    assert table.prompts == ["result", "result"]
    again = setting_of_row(made.trajectory.to_row())
    assert again.specification["functions"] == setting.specification["functions"]
    assert again.models["composer"].name == "embedded"


async def test_a_result_that_does_not_fit_is_asked_for_again(setting: Setting) -> None:
    flight = '"airline": "Ours", "departure_time": "06:15", "flight_number": "QQ1", "price": 9'
    found = f'{{"flights": [{{{flight}}}]}}'
    lines = ["{", '{"flights": 7}', "flights", found]
    moved = "booking_code={} booking_status=rebooked change_fee=0 new_flight_number=QQ1"
    code = setting.specification["task"].split("booking ")[1].split()[0]
    made, table, _ = await played(setting, "tool", *lines, moved.format(code))
    told = "\n".join(table.told)
    assert "Expecting" in told
    assert "$.flights: 7 is not of type 'array'" in told
    assert "'flights' is no name=value" in told
    assert made.trajectory is not None
    assert "QQ1" in made.trajectory.messages[-1].content
    assert made.accepted, made.trajectory.findings


async def test_an_assistants_calls_are_checked_one_by_one(setting: Setting) -> None:
    search, move = setting.specification["functions"]
    task = setting.specification["sub_tasks"][0]["text"]
    origin, destination = task.split(" from ")[1].split(" on ")[0].split(" to ")
    lines = [
        "I look for flights.",
        "find_flights",
        f"{search['name']} origin={origin}",
        "!",
        f'{search["name"]} origin="{origin}" destination={destination} departure_date=2026-03-06',
        "",
        "That is what there is.",
        "?Which of them?",
        "",
        "",
    ]
    made, table, seen = await played(setting, "assistant", *lines)
    told = "\n".join(table.told)
    assert f"did you mean {search['name']}?" in told
    assert "'departure_date' is a required property" in told
    assert f"{move['name']}(" in told
    assert setting.specification["task"] not in told
    assert seen[:4] == ["human", "assistant", "tool_agent", "assistant"]
    assert made.trajectory is None or made.trajectory.messages[2].thought == "I look for flights."


async def test_who_leaves_ends_the_conversation(setting: Setting) -> None:
    with pytest.raises(LeftError, match="nothing was saved"):
        await played(setting, "tool", "{}")


async def test_a_situation_of_which_nothing_can_be_made_is_told() -> None:
    seed = Seed(kind="scenario", source="play", text="taming a griffin")
    with pytest.raises(YieldError, match="taming a griffin"):
        await setting_of_seed(seed, 0, CONTEXT)


def test_objects_can_be_typed_in_two_ways() -> None:
    schema = {
        "properties": {
            "name": {"type": "string"},
            "days": {"type": "integer", "minimum": 1, "maximum": 9},
            "kind": {"enum": ["a", "b"]},
        },
        "required": ["name"],
    }
    expected = {"name": "12", "days": 3, "kind": "a"}
    assert read_object('{"name": "12", "days": 3, "kind": "a"}', schema) == expected
    assert read_object("name=12 days=3 kind=a", schema) == expected
    assert read_object('name="two words"', schema) == {"name": "two words"}
    assert read_object("", schema) == {}
    with pytest.raises(ValueError, match="close the quotes"):
        read_object('name="two', schema)
    assert places_of(schema) == "name: string, days?: integer (1-9), kind?: a | b"
