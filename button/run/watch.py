"""Watching over a run directory that is written to: it is still there, and there is room."""

import os
from pathlib import Path

from button.errors import StorageError
from button.run.layout import RunLayout

MEGABYTE = 1 << 20


class Watch:
    """Looks before each transaction whether it may begin.

    SQLite goes on writing into a file that was deleted, and a disk that is full to the last byte
    leaves no room to say what was made.
    """

    def __init__(self, layout: RunLayout, reserve_mb: int) -> None:
        self._root = layout.root
        self._reserve = reserve_mb * MEGABYTE
        self._files = {path: _identity(path) for path in (layout.database, layout.lock)}

    def check(self) -> None:
        """Refuse to go on.

        Raises:
            StorageError: a file of the run was deleted or replaced, or the disk is nearly full.
        """
        for path, identity in self._files.items():
            if _identity(path) != identity:
                raise StorageError(
                    f"{str(path)!r} was deleted or replaced while the run worked on it"
                )
        try:
            room = os.statvfs(self._root)
        except OSError as error:
            raise StorageError(f"cannot look at {str(self._root)!r}: {error.strerror}") from error
        free = room.f_bavail * room.f_frsize
        reserve = min(self._reserve, room.f_blocks * room.f_frsize // 100)
        if free < reserve:
            raise StorageError(
                f"the disk of {str(self._root)!r} is nearly full ({free // MEGABYTE} MB free, "
                f"{reserve // MEGABYTE} MB are kept in reserve); make room and continue the run"
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
