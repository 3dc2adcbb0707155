"""What the soak judges with can say no: each judge meets the damage it is there to find."""

import json
import shutil
import signal
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from benchmarks.soak import storm
from benchmarks.soak.goal import Measured, markdown, show
from benchmarks.soak.programs import PLACES, shards_of
from benchmarks.soak.server import PASSING_BY, TELLING, Weather, serving
from benchmarks.soak.zygote import Zygote, zygote
from button.context import Context
from button.run.pipeline import plan_of, simulator_of
from button.run.runner import generate
from tests.faultserver.mutations import HARMLESS, MUTATIONS
from tests.faultserver.wire import FINAL, PASSING, STOPPING, WIRE

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def nest() -> Iterator[Zygote]:
    with zygote() as forking:
        yield forking


@pytest.fixture
async def run_dir(tmp_path: Path) -> Path:
    context = Context(root_seed=4)
    plan = plan_of(tmp_path / "run", context, None, count=6, concurrency=4)
    await generate(plan, simulator_of(context))
    return tmp_path / "run"


def changed(run_dir: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    """Change the accepted rows on disk."""
    path = run_dir / "shards" / "accepted-00000.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    change(rows)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def failed(run_dir: Path) -> set[str]:
    return {row.goal for row in storm._judged(run_dir) if not row.passed}


def wrong_argument(rows: list[dict[str, Any]]) -> None:
    for message in rows[0]["messages"]:
        for call in message.get("tool_calls", ()):
            call["function"]["arguments"]["no_such_parameter"] = 1


def test_a_whole_run_is_found_whole(run_dir: Path) -> None:
    assert failed(run_dir) == set()


@pytest.mark.parametrize(
    ("change", "goal"),
    [
        (lambda rows: rows.pop(), "R1 nothing lost"),
        (lambda rows: rows.append(rows[0]), "R1 nothing lost"),
        (lambda rows: rows.clear(), "R1 nothing lost"),
        (wrong_argument, "R1 schema-invalid rows"),
    ],
)
def test_damage_is_found(run_dir: Path, change: Any, goal: str) -> None:
    changed(run_dir, change)
    assert goal in failed(run_dir)


def test_an_untyped_error_and_a_mute_rejection_are_found(run_dir: Path) -> None:
    row = {"code": "internal_error", "stage": "run", "detail": "", "seeds": {"item": 0}}
    path = run_dir / "shards" / "rejected-00000.jsonl"
    path.write_text(json.dumps(row) + "\n", encoding="utf-8")
    assert {"R1 untyped errors", "R1 nothing lost"} <= failed(run_dir)


def test_one_other_byte_is_a_difference(run_dir: Path, tmp_path: Path) -> None:
    before = shards_of(run_dir)
    assert "MANIFEST.json" in before
    changed(run_dir, lambda rows: rows[0].update(strategy="other"))
    assert shards_of(run_dir) != before


def journaled(run_dir: Path, item: int) -> None:
    """Put an answer into a journal."""
    with closing(sqlite3.connect(run_dir / "run.db")) as connection:
        connection.execute("INSERT INTO call VALUES (?, 's', 'human', 'h', '{}', 0)", (item,))
        connection.commit()


def test_items_with_the_same_answers_and_other_rows_are_found(
    run_dir: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(run_dir, other)
    journaled(run_dir, 0)
    journaled(other, 0)
    journaled(other, 1)
    assert storm._like_fair_weather(run_dir, other).passed
    changed(other, lambda rows: rows[0].update(strategy="other"))
    assert not storm._like_fair_weather(run_dir, other).passed


def test_weather_is_the_same_for_the_same_seed_and_tells_the_same_whatever_passes() -> None:
    stormy = Weather(seed=1, passing_rate=0.5, telling_rate=0.2)
    bodies = [f"body {n}" for n in range(400)]
    assert [stormy.fault(b, 0, 0) for b in bodies] == [stormy.fault(b, 0, 9) for b in bodies]
    calm = replace(stormy, passing_rate=0)
    for body in bodies:
        told = stormy.fault(body, stormy.most_in_a_row, 0)
        assert told == calm.fault(body, 0, 0)
        assert told is None or told in TELLING
        if told:
            assert stormy.fault(body, 0, 0) not in HARMLESS


def test_every_fault_of_the_server_has_its_place_in_the_soak() -> None:
    assert {*PASSING_BY, *TELLING} | STOPPING == {*WIRE, *MUTATIONS}
    assert not set(PASSING_BY) & set(TELLING)
    assert set(FINAL) <= set(TELLING)
    assert set(PASSING) <= set(PASSING_BY)


@pytest.mark.parametrize("place", PLACES)
def test_a_process_dies_where_it_is_told_to(nest: Zygote, tmp_path: Path, place: str) -> None:
    code = nest.run("world", [tmp_path / "run"], dies=[place, 0, "before"])
    assert code == -signal.SIGKILL


def test_a_server_counts_what_it_did(nest: Zygote) -> None:
    with serving(nest, Weather()) as server:
        assert server.stats()["requests"] == 0


def test_a_failed_goal_fails_the_table() -> None:
    good, bad = Measured("a", "0", "0", True), Measured("b", "0", "1", False, {"why": "x"})
    console = Console(file=StringIO())
    assert show(console, [(good, 1.0)])
    assert not show(console, [(good, 1.0), (bad, 1.0)])
    assert "| b | 0 | 1 | FAIL |" in markdown([good, bad])
