"""Budgets on the command line: one line, exit 75, and the same bytes once it is raised."""

import json
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from button.run.layout import RunLayout
from button.run.spending import spending_of
from tests.limited_server import Limits, served

pytestmark = pytest.mark.server
PRICES = ("--set", "default_model.price_in=3", "--set", "default_model.price_out=15")


def at(address: str) -> tuple[str, ...]:
    return ("--set", "default_model.model=served", "--set", f"default_model.base_url={address}")


def test_a_budget_stop_is_one_line_and_can_be_continued(
    button: Callable[..., Any], tmp_path: Path
) -> None:
    out, limits = tmp_path / "run", Limits()
    with served(limits) as address:
        settings = (*at(address), *PRICES, "--quiet", "--count", "2", "--out")
        stopped = button("generate", *settings, out, "--budget-calls", "20")
        assert len(limits.seen) == 20
        told = json.loads(button("status", out, "--json").output)
        raised = button("resume", out, "--quiet", "--set", "budget.calls=5000")
        assert len(limits.seen) > 20
        button("generate", *settings, tmp_path / "free")
    words = " ".join(stopped.output.split())
    assert stopped.code == 75, stopped.errors
    assert "budget.calls is used up: 20 of 20 requests are sent; raise the budget" in words
    assert f"resume {out} --set budget.calls=MORE" in words
    assert (told["state"], told["can_continue"]) == ("incomplete:budget", True)
    assert told["spent"]["total"]["requests"] == 20
    assert told["spent"]["total"]["usd"] > 0
    assert raised.code == 0, raised.errors
    for path in sorted((tmp_path / "free" / "shards").iterdir()):
        assert path.read_bytes() == (out / "shards" / path.name).read_bytes()
    for command in (("status", out), ("show", out, "--stats")):
        shown = button(*command).output
        assert "for each accepted" in shown
        assert "assistant" in shown


def test_a_killed_process_forgets_nothing_of_what_it_owes(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    limits = Limits()
    with served(limits) as address:
        command = ("generate", *at(address), "--quiet", "--count", "9", "--out", tmp_path,
                   "--budget-calls", "50")  # fmt: skip
        child = start(*command)
        deadline = time.monotonic() + 60
        while len(limits.seen) < 20 and time.monotonic() < deadline:
            time.sleep(0.001)
        os.kill(child.pid, signal.SIGKILL)
        assert child.wait() == -signal.SIGKILL
        assert start(*command).wait() == 75
    spent = spending_of(RunLayout(tmp_path)).all
    assert 20 <= len(limits.seen) <= spent.requests == 50
    # What was under way when it was killed counts in full, and is marked.
    assert spent.estimated >= spent.requests - len(limits.seen)


def test_a_budget_of_money_without_prices_is_refused_in_one_line(
    button: Callable[..., Any], tmp_path: Path
) -> None:
    done = button("generate", *at("http://127.0.0.1:9/v1"), "--budget-usd", "5", "--out", tmp_path)
    assert done.code == 78
    assert done.errors.count("\n") == 1
    assert "budget.usd needs prices, and that of model 'served'" in done.errors
    assert "(for scenario, atomic_task, composer" in done.errors


def test_without_a_price_calls_and_tokens_are_told_and_money_is_unknown(
    button: Callable[..., Any], tmp_path: Path
) -> None:
    with served(Limits(usage=False)) as address:
        done = button("generate", *at(address), "--count", "1", "--out", tmp_path)
    assert done.code == 0
    assert "unknown" in done.output
    assert "no endpoint told the tokens" in " ".join(done.output.split())


def test_an_estimate_tells_which_budget_will_not_do(
    button: Callable[..., Any], tmp_path: Path
) -> None:
    with served(Limits()) as address:
        done = button(
            "estimate", *at(address), *PRICES, "--count", "500", "--pilot", "2", "--set",
            "budget.calls=1000",
        )  # fmt: skip
    assert done.code == 0, done.errors
    assert "budget.calls is 1,000, and the run will probably need" in done.output
    assert "answering" in done.output
    assert "…" not in done.output
