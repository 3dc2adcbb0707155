"""Who simulates the items of a run: this process, others beside it, or a Ray cluster."""

from typing import Annotated, Literal, NamedTuple

import typer

from button.context import Context
from button.errors import ConfigurationError
from button.run.plan import RunPlan
from button.run.workers.local import LocalLauncher
from button.run.workers.on_ray import RayLauncher
from button.run.workers.pool import Launcher, WorkerPool

WorkersOption = Annotated[
    int,
    typer.Option(
        min=1,
        max=1024,
        help="Processes that simulate items; never changes a byte of the result. With 1 the items "
        "are simulated in this process.",
    ),
]
EngineOption = Annotated[
    Literal["local", "ray"],
    typer.Option(help="Where workers run: on this machine, or on a Ray cluster (extra `ray`)."),
]
AddressOption = Annotated[
    str | None,
    typer.Option(
        help="Of the Ray cluster, such as `ray://head:10001` or `auto`. Default: one that "
        "is started for the run on this machine."
    ),
]


class Crew(NamedTuple):
    """Who simulates the items of a run."""

    workers: int = 1
    engine: Literal["local", "ray"] = "local"
    address: str | None = None

    def pool(self, plan: RunPlan, context: Context) -> WorkerPool | None:
        """Workers for a run; None where this process simulates the items itself.

        Raises:
            ConfigurationError: they cannot be had, or the run is a replay.
        """
        if self.address is not None and self.engine != "ray":
            raise ConfigurationError("--address is for --engine ray")
        if self.workers == 1 and self.engine == "local":
            return None
        launcher: Launcher
        if self.engine == "ray":
            launcher = RayLauncher(self.address, self.workers)
        else:
            launcher = LocalLauncher()
        near = plan.near_duplicates != "keep"
        keep_calls = plan.handling.keep_calls
        return WorkerPool(launcher, self.workers, context, keep_calls=keep_calls, near=near)


ALONE = Crew()
