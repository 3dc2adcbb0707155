"""The operations on files that a run depends on, each whole or an error.

One call of the operating system each, so that tests can let any one of them fail.
"""

import os
from pathlib import Path

from button.run.layout import FILE_MODE


def create(path: Path) -> int:
    """Open `path` for writing, empty and its owner's only; links are not followed."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    return os.open(path, flags, FILE_MODE)


def write_whole(descriptor: int, data: bytes) -> None:
    """Write all of `data`.

    A disk that is about to be full takes a part without an error; the error comes with the next
    write.
    """
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def sync(descriptor: int) -> None:
    """Return once the file is on the disk.

    It is never tried twice: after a failure the system may have dropped what it could not write,
    and a second call would then succeed without a reason.
    """
    os.fsync(descriptor)


def rename(source: Path, target: Path) -> None:
    """Put `source` in the place of `target`."""
    source.replace(target)


def sync_folder(path: Path) -> None:
    """Make renames and removals in a folder outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
