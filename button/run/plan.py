"""What a run is asked to do, before anything happens."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

from typing_extensions import TypedDict

from button.context import BudgetSettings
from button.errors import ConfigurationError
from button.records import Seed, Versions
from button.run.layout import SHARD_ROWS


class Outcome(TypedDict):
    """One end of an item: a trajectory's or a rejection's public JSON object."""

    kind: Literal["accepted", "rejected"]
    row: dict[str, Any]


NearPolicy = Literal["drop", "mark", "keep"]
"""What becomes of a row whose request is nearly that of an earlier accepted one."""

Simulate = Callable[[int, Seed], Awaitable[list[Outcome]]]
"""Makes the outcomes of one item, a pure function of item and seed; failures are outcomes too.

It finds the run's journal of model responses in `button.models.journal.active_journal`."""

SeedOf = Callable[[int], Seed | None]
"""The seed of an item, the same at each call; None where the seeds are used up."""


DRAIN_S = 30.0
RESERVE_MB = 64


@dataclass(frozen=True, kw_only=True)
class Handling:
    """How a run is carried out; nothing here changes a byte of the result."""

    concurrency: int = 8
    """Items in flight at once."""
    keep_calls: bool = False
    """Whether `run.db` keeps also the responses that are free to make again."""
    drain_s: float = DRAIN_S
    """Longest wait for items in flight when the run is stopped, in seconds."""
    reserve_mb: int = RESERVE_MB
    """Megabytes of the disk that stay free, at most one hundredth of it."""
    offline: bool = False
    """Whether no endpoint is asked: each of their responses must have been recorded."""

    def __post_init__(self) -> None:
        for name, value, least in (
            ("concurrency", self.concurrency, 1),
            ("drain_s", self.drain_s, 0),
            ("reserve_mb", self.reserve_mb, 0),
        ):
            if value < least:
                raise ConfigurationError(f"{name} is {value}: at least {least} is needed")

    def to_json(self) -> dict[str, Any]:
        """As run.json holds it."""
        return asdict(self)


def near_policy(configuration: Mapping[str, Any]) -> NearPolicy:
    """The setting in a run's configuration; what has none keeps them."""
    policy: NearPolicy = configuration.get("near_duplicates", "keep")
    return policy


@dataclass(frozen=True, kw_only=True)
class RunPlan:
    """The plan of one run."""

    run_dir: Path
    """The run directory: new, empty, or one that was begun with the same configuration."""
    configuration: Mapping[str, Any]
    """The resolved configuration as JSON-like data without secrets; a hash of the seeds belongs in
    it. What `button.run.deciding` leaves out may differ when the run is continued, nothing else."""
    versions: Versions
    """Hashes of prompts and code; a run is not continued with others."""
    seed_of: SeedOf
    count: int | None = None
    """Accepted trajectories to make; None takes all that the seeds give."""
    root_seed: int = 0
    """Root of all randomness, for the record of items that end in the run itself."""
    handling: Handling = Handling()
    """How it is carried out."""
    budget: BudgetSettings = BudgetSettings()
    """What it may use up."""
    seeds: Sequence[Seed] | None = None
    """Given seeds; the run directory keeps them, so that it can be continued without their files.
    None where `seed_of` makes them."""
    skipped: Mapping[str, int] = field(default_factory=dict)
    """Seeds that could not be used, counted by kind."""
    shard_rows: int = SHARD_ROWS
    """Rows of a full shard."""

    @property
    def near_duplicates(self) -> NearPolicy:
        """What becomes of rows whose request is nearly that of an earlier one."""
        return near_policy(self.configuration)

    def __post_init__(self) -> None:
        for name, value in (
            ("count", self.count),
            ("shard_rows", self.shard_rows),
        ):
            if value is not None and value < 1:
                raise ConfigurationError(f"{name} is {value}: at least 1 is needed")
