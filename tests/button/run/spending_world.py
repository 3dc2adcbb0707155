"""A program that a test kills: a run over HTTP with a budget of calls. RUN_DIR BASE_URL CALLS."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

from button.context import BudgetSettings, Context, ModelSettings
from button.records import Versions
from button.run.pipeline import planned, simulator_of
from button.run.plan import Handling
from button.run.runner import generate


async def main(run_dir: str, base_url: str, calls: str) -> None:
    settings = ModelSettings(model="served", base_url=base_url)
    context = Context(default_model=settings, budget=BudgetSettings(calls=int(calls)))
    plan = planned(
        Path(run_dir), context, None, count=30, skipped={}, handling=Handling(concurrency=16)
    )
    # The same however the code changes while the test runs.
    plan = replace(plan, versions=Versions(prompts={}, code="fixed"))
    summary = await generate(plan, simulator_of(context))
    sys.exit(75 if summary.ended == "incomplete:budget" else 0)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
