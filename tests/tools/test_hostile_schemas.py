"""Schemas made to exhaust a validator or to make it fetch something."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from benchmarks.hostile_schemas import FAMILIES, PLACES, Case, cases, outcome

CASES = list(cases())
LEAVES_THE_PROCESS = ("socket.", "open", "urllib.", "http.", "subprocess.", "os.system", "exec")
_reached: list[str] | None = None


def _listen(event: str, _: tuple[Any, ...]) -> None:
    if _reached is not None and event.startswith(LEAVES_THE_PROCESS):
        _reached.append(event)


sys.addaudithook(_listen)


@contextmanager
def listening() -> Iterator[list[str]]:
    global _reached
    _reached = []
    try:
        yield _reached
    finally:
        _reached = None


def test_there_are_at_least_three_hundred() -> None:
    assert len(CASES) == len(FAMILIES) * len(PLACES)
    assert len(CASES) >= 300


def test_the_listener_hears_a_file_being_opened() -> None:
    with listening() as reached, open(__file__, encoding="utf-8"):  # noqa: PTH123
        pass
    assert reached == ["open"]


@pytest.fixture(scope="module")
def warm() -> None:
    """What is imported on first use is read from disk, before anybody listens."""
    outcome(CASES[0])


@pytest.mark.usefixtures("warm")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_each_is_refused_or_decided_and_reaches_nothing_outside(case: Case) -> None:
    with listening() as reached:
        found = outcome(case)
    assert found.refused or found.errors >= 0
    assert reached == []


@pytest.mark.parametrize(
    ("family", "code"),
    [
        ("lookahead", "pattern"),
        ("back reference", "pattern"),
        ("broken pattern", "pattern"),
        ("long pattern", "pattern"),
        ("huge repetition", "pattern"),
        ("reference over http", "reference"),
        ("reference to a file", "reference"),
        ("relative reference", "reference"),
        ("dangling reference", "reference"),
        ("reference to itself", "reference"),
        ("references in a circle", "reference"),
        ("doubling allOf", "reference"),
        ("base address", "forbidden-keyword"),
        ("dynamic reference", "forbidden-keyword"),
        ("deep schema", "too-large"),
        ("wide schema", "too-large"),
        ("surrogate in the schema", "too-large"),
        ("unknown type", "unknown-type"),
        ("zero multiple", "metaschema"),
    ],
)
def test_what_the_gate_must_refuse_has_its_code(family: str, code: str) -> None:
    of_family = [case for case in CASES if case.name.startswith(f"{family} ")]
    assert len(of_family) == len(PLACES)
    assert {outcome(case).refused for case in of_family} == {code}


@pytest.mark.parametrize(
    "family",
    ["deep value", "wide value", "huge integer", "not a number", "infinity", "lone surrogate",
     "recursive anyOf", "recursive oneOf", "recursive allOf"],
)  # fmt: skip
def test_a_hostile_value_never_fits(family: str) -> None:
    of_family = [case for case in CASES if case.name == f"{family} as a property"]
    (case,) = of_family
    found = outcome(case)
    assert (found.refused, found.errors > 0) == (None, True)
