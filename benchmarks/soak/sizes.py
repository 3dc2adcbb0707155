"""How much is done: everything, or what fits into the test suite."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """The numbers of one soak."""

    storm_count: int
    """Trajectories that the storm has to make."""
    storm_items: int
    storm_wrong: float
    """Share of requests whose answer the storm makes wrong for good."""
    storm_faults: int
    """Injected faults that the storm has to reach."""
    storm_kinds: int
    kills: int
    kill_count: int
    """Trajectories of a run that is killed."""
    crash_stride: int
    """Every how manieth crash point is tried."""
    order_count: int
    order_concurrencies: tuple[int, ...]
    memory_from: int
    memory_to: int
    memory_mb: float
    pipeline_from: int
    pipeline_to: int
    """Conversations of the whole pipeline, for the slope of its memory; 0 leaves it out."""
    resume_items: int
    """0 leaves it out."""
    hostile: bool
    budget_seeds: int
    outage_items: int
    silence_s: float
    """How long a run is watched whose endpoint says nothing; 0 leaves it out."""
    bounded_timeout_s: float
    bounded_kinds: tuple[str, ...]
    """Faults of the way whose length is measured; none means all."""
    stopping_kinds: int
    """How many of the faults that end a run are tried."""
    disk_stride: int
    """Every how manieth operation fails."""
    disk_sizes_mb: tuple[float, ...]


FULL = Size(
    storm_count=2_000,
    storm_items=1_000,
    storm_wrong=0.015,
    storm_faults=10_000,
    storm_kinds=25,
    kills=200,
    kill_count=60,
    crash_stride=1,
    order_count=150,
    order_concurrencies=(1, 4, 16, 64),
    memory_from=10_000,
    memory_to=100_000,
    memory_mb=20,
    # The embedded model's caches are full from about 5,000 conversations on.
    pipeline_from=6_000,
    pipeline_to=9_000,
    resume_items=1_000_000,
    hostile=True,
    budget_seeds=50,
    outage_items=200,
    silence_s=75,
    bounded_timeout_s=1.0,
    bounded_kinds=(),
    stopping_kinds=8,
    disk_stride=1,
    disk_sizes_mb=(0.3, 0.6, 1, 1.5, 2, 3, 4, 6),
)
SMALL = Size(
    storm_count=12,
    storm_items=6,
    storm_wrong=0.04,
    storm_faults=60,
    storm_kinds=25,
    kills=3,
    kill_count=4,
    crash_stride=29,
    order_count=4,
    order_concurrencies=(1, 16),
    memory_from=1_000,
    memory_to=3_000,
    memory_mb=4,
    pipeline_from=0,
    pipeline_to=0,
    resume_items=0,
    hostile=False,
    budget_seeds=1,
    outage_items=24,
    silence_s=0,
    bounded_timeout_s=0.3,
    bounded_kinds=("hang", "slow_loris", "truncated_head", "endless_chunks"),
    stopping_kinds=1,
    disk_stride=31,
    disk_sizes_mb=(),
)
