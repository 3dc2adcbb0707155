"""`button estimate`: a pilot, a forecast, and a run that goes on from the pilot."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from button.cli import app
from button.context import Context, ModelSettings, RetrySettings
from button.errors import RunDirectoryError
from button.models.registry import close_models
from button.run.pilot import run_pilot
from button.run.pipeline import planned, simulator_of
from button.run.plan import Handling
from button.run.reading import RunReader
from button.run.runner import generate
from tests.faultserver.plan import Seeded
from tests.faultserver.server import FaultServer


def run(*arguments: str) -> Any:
    return CliRunner().invoke(app, ["estimate", *arguments])


def test_the_embedded_model_costs_nothing_and_says_so() -> None:
    done = run("--count", "40", "--pilot", "3")
    assert done.exit_code == 0, done.output
    assert "procedural models cost nothing" in done.output
    assert "assistant" in done.output
    assert "$" not in done.output


def test_numbers_for_programs(tmp_path: Path) -> None:
    out = tmp_path / "run"
    done = run("--count", "40", "--pilot", "4", "--json", "--out", str(out))
    told = json.loads(done.stdout)
    assert told["pilot"]["items"] == 4
    assert told["roles"]["human"]["kind"] == "procedural"
    assert told["total"]["usd"]["expected"] == 0
    calls = told["total"]["calls"]
    assert calls["low"] < calls["expected"] < calls["high"]
    assert told["items"]["expected"] == 40 * 4 / told["pilot"]["accepted"]
    assert RunReader(out).summary.items == 4
    again = run("--count", "40", "--out", str(out))
    assert isinstance(again.exception, RunDirectoryError)
    assert "holds a run already" in str(again.exception)


@pytest.mark.server
async def test_what_a_pilot_forecasts_is_what_the_run_takes(tmp_path: Path) -> None:
    async with FaultServer(Seeded(rate=0, model_rate=0)) as server:
        context = Context(
            default_model=ModelSettings(
                model="served", base_url=server.base_url, price_in=1, price_out=2
            ),
            models={"critic": ModelSettings()},
            retry=RetrySettings(first_backoff_s=0.01, longest_backoff_s=0.02),
        )
        plan = planned(
            tmp_path, context, None, count=16, skipped={}, handling=Handling(concurrency=8)
        )
        found = await run_pilot(plan, context, simulator_of(context), 3)
        asked = server.count
        assert found.spent.requests == asked
        assert sum(sheet.free_calls["critic"] for sheet in found.items) >= 3
        await generate(plan, simulator_of(context))
        requests = server.count
    await close_models()
    forecast = found.of_all("requests", 16)
    assert forecast is not None
    assert forecast.high is not None
    assert forecast.low <= requests <= forecast.high
    # The run went on from the pilot.
    assert RunReader(tmp_path).summary.ended == "complete"
    assert requests > asked


@pytest.mark.server
async def test_a_budget_holds_for_a_pilot_too(tmp_path: Path) -> None:
    async with FaultServer() as server:
        context = Context(
            default_model=ModelSettings(model="served", base_url=server.base_url),
            budget={"calls": 9},
        )
        plan = planned(tmp_path, context, None, count=24, skipped={}, handling=Handling())
        found = await run_pilot(plan, context, simulator_of(context), 5)
        assert (found.summary.ended, server.count) == ("incomplete:budget", 9)
    await close_models()
