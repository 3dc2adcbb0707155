"""One writer per run directory: an exclusive flock, released by the kernel even after SIGKILL."""

import fcntl
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from button.errors import RunDirectoryError, StorageError
from button.run.layout import FILE_MODE

PATIENCE_S = 0.3
"""How long a lock is tried: whoever only asks who holds it, holds it for a moment."""
_PAUSE_S = 0.02


def holder_of(path: Path) -> str | None:
    """Who holds the lock file at `path`; None where nobody does or it is not there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _named(descriptor)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return None


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
        _sign(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, path: Path) -> None:
    last = time.monotonic() + PATIENCE_S
    try:
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > last:
                    raise
                time.sleep(_PAUSE_S)
            else:
                return
    except BlockingIOError:
        raise RunDirectoryError(
            f"run directory {str(path.parent)!r} is in use by {_named(descriptor)}; "
            "wait for it to end or choose another directory"
        ) from None
    except OSError as error:
        raise StorageError(f"cannot lock {str(path)!r}: {error.strerror}") from error


def _sign(descriptor: int, path: Path) -> None:
    try:
        os.truncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {platform.node()}\n".encode(), 0)
    except OSError as error:
        raise StorageError(f"cannot write {str(path)!r}: {error.strerror}") from error


def _named(descriptor: int) -> str:
    holder = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip()
    return holder or "another process"
