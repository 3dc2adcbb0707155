"""`button models check` against servers with limits, over HTTP."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, ClassVar

import pytest
from typer.testing import CliRunner, Result

from button.cli import app, probes
from button.context import ROLES
from button.errors import ConfigurationError
from tests.limited_server import Limits, RefusedError, served

pytestmark = pytest.mark.server


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as open_servers:
        yield open_servers


def run(*sets: str, as_json: bool = False) -> Result:
    flags = [part for each in sets for part in ("--set", each)]
    return CliRunner().invoke(app, ["models", "check", *flags, *(["--json"] if as_json else [])])


def report(stack: ExitStack, limits: Limits, *sets: str) -> tuple[int, dict[str, Any]]:
    address = stack.enter_context(served(limits))
    done = run("default_model.model=m", f"default_model.base_url={address}", *sets, as_json=True)
    (found,) = json.loads(done.stdout)
    return done.exit_code, found


def test_a_whole_server_can_be_used(stack: ExitStack) -> None:
    limits = Limits()
    code, found = report(stack, limits)
    assert code == 0
    assert found["usable"]
    assert found["roles"] == list(ROLES)
    assert found["structured"] == dict.fromkeys(("json_schema", "tool_call", "text"), "yes")
    said = [found[name] for name in ("tool_calls", "parallel_calls", "usage", "seed")]
    assert said == ["yes"] * 4
    assert found["latency_s"] > 0
    assert len(limits.seen) == 8


def test_failures_that_pass_are_held_against_nobody(
    stack: ExitStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Busy(Limits):
        """Answers each second time that it is asked."""

        def answer(self, body: dict[str, Any]) -> dict[str, Any]:
            self.status = 503
            if len(self.refusals) <= len(self.seen):
                self.refusals.append(body)
                raise RefusedError("busy")
            return super().answer(body)

        refusals: ClassVar[list[dict[str, Any]]] = []

    monkeypatch.setattr(probes, "PAUSES_S", (0.0, 0.0))
    code, found = report(stack, Busy())
    assert (code, found["problems"], found["seed"]) == (0, [], "yes")
    assert len(Busy.refusals) == 8


@pytest.mark.parametrize(
    ("limits", "sets", "code", "said"),
    [
        ({"json_schema": "refused"}, [], 0, {"tool_call": "yes"}),
        ({"json_schema": "ignored", "forced_call": "ignored"}, [], 0,
         {"json_schema": "no, the answer does not fit", "text": "yes"}),
        ({"json_schema": "ignored"}, ["default_model.structured=json_schema"], 69,
         {"problem": "no structured answers for scenario"}),
        ({"seed": "ignored", "usage": False}, [], 0,
         {"seed": "no, two answers differ", "usage": "no, tokens are estimated"}),
        ({"seed": "refused"}, [], 69, {"problem": "set send_seed: false"}),
        ({"seed": "refused"}, ["default_model.send_seed=false"], 0, {"seed": "not sent"}),
        ({"parallel": "ignored"}, [], 0, {"parallel_calls": "no, one at a time"}),
        ({"parallel": "refused"}, [], 69, {"problem": "set send_parallel_calls: false"}),
        ({"parallel": "refused"}, ["default_model.send_parallel_calls=false"], 0, {}),
        ({"tools": "ignored"}, [], 69, {"tool_calls": "no call", "problem": "button_tags"}),
        ({"tools": "refused"}, ["default_model.protocol=button_tags"], 0,
         {"tool_calls": "yes", "parallel_calls": "yes", "json_schema": "yes"}),
        ({"cut_off": True}, [], 69,
         {"tool_calls": "cut off at its longest length", "json_schema": "no, cut off"}),
        ({"chatty": True, "thinks": "tags"}, [], 0, {"json_schema": "yes", "text": "yes"}),
    ],
)  # fmt: skip
def test_what_a_server_lacks_is_told(
    stack: ExitStack, limits: dict[str, Any], sets: list[str], code: int, said: dict[str, str]
) -> None:
    exit_code, found = report(stack, Limits(**limits), *sets)
    assert exit_code == code
    flat = found | found["structured"] | {"problem": " ".join(found["problems"])}
    for name, words in said.items():
        assert words in flat[name]


def test_each_distinct_model_is_checked_once(stack: ExitStack) -> None:
    one, two = Limits(), Limits()
    first, second = stack.enter_context(served(one)), stack.enter_context(served(two))
    done = run(
        f"assistant={{model: a, base_url: '{first}'}}", f"human={{model: b, base_url: '{second}'}}",
        f"tool={{model: b, base_url: '{second}'}}", as_json=True,
    )  # fmt: skip
    assert done.exit_code == 0
    reports = json.loads(done.stdout)
    assert [each["model"] for each in reports] == ["embedded", "b", "a"]
    assert [each["roles"] for each in reports[1:]] == [["human", "tool"], ["assistant"]]
    assert all(each["usable"] for each in reports)


def test_the_table_names_what_works_and_what_does_not(stack: ExitStack) -> None:
    address = stack.enter_context(served(Limits(json_schema="refused", tools="refused")))
    done = run("default_model.model=m", f"default_model.base_url={address}")
    words = " ".join(done.stdout.split())
    assert done.exit_code == 69
    assert f"m · {address}" in words
    assert "structured answers yes, by text" in words
    assert "cannot be used the assistant cannot call functions; try protocol: button_tags" in words


def test_a_server_that_is_not_there_is_told_at_once() -> None:
    done = run("default_model.model=m", "default_model.base_url=http://127.0.0.1:9/v1")
    assert done.exit_code == 69
    assert "127.0.0.1:9" in done.stdout


def test_the_embedded_model_can_play_every_role_but_the_judge() -> None:
    done = run(as_json=True)
    assert done.exit_code == 0
    (found,) = json.loads(done.stdout)
    assert found["tool_calls"] == found["parallel_calls"] == found["seed"] == "yes"
    assert found["roles"] == [role for role in ROLES if role != "judge"]


def test_the_embedded_model_is_no_judge(stack: ExitStack) -> None:
    refused = run("judges.human=true")
    assert isinstance(refused.exception, ConfigurationError)
    assert "judges.human needs a judge" in str(refused.exception)
    address = stack.enter_context(served(Limits()))
    done = run("judges.human=true", "judge.model=m", f"judge.base_url={address}", as_json=True)
    assert done.exit_code == 0
    told = {each["model"]: each["roles"] for each in json.loads(done.stdout)}
    assert told["m"] == ["judge"]
    assert "judge" not in told["embedded"]
