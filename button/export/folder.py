"""A folder that is either whole or not there: made beside its place and renamed into it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from button.errors import InputError, StorageError


@contextmanager
def whole_folder(place: Path) -> Iterator[Path]:
    """A new folder to fill; it takes its place when the block ends without an error.

    Raises:
        InputError: the place is taken.
        StorageError: it could not be written.
    """
    made = place.with_name(f".{place.name}.tmp")
    try:
        refuse_taken(place)
        if made.exists():  # left by an export that was killed
            shutil.rmtree(made)
        made.mkdir(parents=True)
    except OSError as error:
        raise StorageError(f"cannot make folder {str(place)!r}: {error.strerror}") from error
    try:
        yield made
        made.rename(place)
    except OSError as error:
        raise StorageError(f"cannot write {str(place)!r}: {error.strerror}") from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def refuse_taken(place: Path) -> None:
    """Refuse a place that holds something.

    Raises:
        InputError: it does.
    """
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise InputError(f"{str(place)!r} is not empty; choose another folder with --out")
