"""Given seeds in the run directory: seeds.jsonl, written once when the run begins."""

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from button.canonical import canonical_json, content_hash, parse_json_strict
from button.errors import RunDirectoryError
from button.records import Seed
from button.run.atomic_write import write_atomically
from button.run.layout import RunLayout

SEEDS = "seeds"
"""What stands beside the context's settings in a run's configuration: a hash of the seeds."""
BUILT_IN = "built-in"
"""What stands there for seeds that need no file."""


def seeds_hash(seeds: Sequence[Seed] | None) -> str:
    """What stands for the seeds in a run's configuration."""
    if seeds is None:
        return BUILT_IN
    return content_hash([[seed.id, seed.source] for seed in seeds])


def seed_line(seed: Seed) -> str:
    """A seed as one line of JSON."""
    return canonical_json(seed.to_json()) + "\n"


def seed_of_line(line: str) -> Seed:
    """The seed of a line.

    Raises:
        ValueError: it is none.
    """
    value: Any = parse_json_strict(line)
    return Seed.model_validate(value)


def store_seeds(layout: RunLayout, seeds: Sequence[Seed] | None) -> None:
    """Write the seeds where they are missing; built-in ones need no file.

    Raises:
        StorageError: they could not be written.
    """
    if seeds is not None and not layout.seeds.exists():
        write_atomically(layout.seeds, map(seed_line, seeds))


def read_stored_seeds(layout: RunLayout, expected: str) -> list[Seed] | None:
    """The seeds whose hash is `expected`; None for built-in ones.

    Raises:
        RunDirectoryError: they are missing, unreadable or damaged.
    """
    if expected == BUILT_IN:
        return None
    name = repr(str(layout.seeds))
    try:
        with layout.seeds.open(encoding="utf-8", newline="\n") as stream:
            seeds = [seed_of_line(line) for line in stream]
    except OSError as error:
        raise RunDirectoryError(f"cannot read {name}: {error.strerror}") from error
    except (ValueError, ValidationError) as error:
        raise RunDirectoryError(f"{name} is damaged: {str(error).splitlines()[0]}") from error
    if seeds_hash(seeds) != expected:
        raise RunDirectoryError(f"{name} is damaged: these are not the seeds the run began with")
    return seeds
