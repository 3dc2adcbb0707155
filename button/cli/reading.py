"""Opening a run to read it: a shard that is not as it was written is told on standard error."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from button.cli.closing import command_name
from button.cli.output import print_warning
from button.errors import RunDirectoryError
from button.run.reading import RunReader


def open_run(run: Path) -> RunReader:
    """The run at `run`; damaged shards are read as far as possible, and named once each.

    Raises:
        RunDirectoryError: it is no run, or its JSON files are damaged.
    """
    return RunReader(run, lambda damage: print_warning(f"{damage}; {what_to_do(run)}"))


@contextmanager
def sound_row(named: str, purpose: str) -> Iterator[None]:
    """Within the block a row is read for a purpose: `played`.

    Raises:
        RunDirectoryError: it is no trajectory, or not that of its id.
    """
    try:
        yield
    except ValueError as error:
        what = str(error).partition("\n")[0]
        raise RunDirectoryError(f"row {named!r} cannot be {purpose}: {what}") from error


def what_to_do(run: Path) -> str:
    """Where a person reads what mends a damage of the run."""
    return f"`{command_name()} verify {run}` says what to do"
