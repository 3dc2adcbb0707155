"""Opening a run to read it: a shard that is not as it was written is told on standard error."""

from pathlib import Path

from button.cli.closing import command_name
from button.cli.output import print_warning
from button.run.reading import RunReader


def open_run(run: Path) -> RunReader:
    """The run at `run`; damaged shards are read as far as possible, and named once each.

    Raises:
        RunDirectoryError: it is no run, or its JSON files are damaged.
    """
    return RunReader(run, lambda damage: print_warning(f"{damage}; {what_to_do(run)}"))


def what_to_do(run: Path) -> str:
    """Where a person reads what mends a damage of the run."""
    return f"`{command_name()} verify {run}` says what to do"
