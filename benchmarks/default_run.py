"""Accepted trajectories of a default run, for programs that measure what is done with them."""

import asyncio
import tempfile
from pathlib import Path

from button.context import Context
from button.records import Trajectory
from button.run.pipeline import plan_of, simulator_of
from button.run.reading import read_rows
from button.run.runner import generate


def accepted(count: int, root_seed: int) -> list[Trajectory]:
    """The accepted trajectories of a run with the embedded model and nothing but defaults."""
    context = Context(root_seed=root_seed)
    with tempfile.TemporaryDirectory() as folder:
        plan = plan_of(Path(folder) / "run", context, None, count=count, concurrency=16)
        asyncio.run(generate(plan, simulator_of(context)))
        return [Trajectory.from_row(row) for row in read_rows(Path(folder) / "run")]
