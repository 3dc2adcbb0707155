"""One writer per run directory: an exclusive flock, released by the kernel even after SIGKILL."""

import fcntl
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from button.errors import RunDirectoryError, StorageError
from button.run.layout import FILE_MODE


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file at `path`, which is made where it is missing.

    Who holds it is written inside for the message only; a file left behind locks nothing.

    Raises:
        RunDirectoryError: another process holds it.
        StorageError: the file cannot be opened.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, FILE_MODE)
    except OSError as error:
        raise StorageError(f"cannot open {str(path)!r}: {error.strerror}") from error
    try:
        _acquire(descriptor, path)
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {platform.node()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
        raise RunDirectoryError(
            f"run directory {str(path.parent)!r} is in use by {holder or 'another process'}; "
            "wait for it to end or choose another directory"
        ) from None
    except OSError as error:
        raise StorageError(f"cannot lock {str(path)!r}: {error.strerror}") from error
