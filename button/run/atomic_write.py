"""Files that are either whole or not there: temporary file, fsync, rename, fsync of the folder."""

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from button.errors import StorageError
from button.run.layout import DIRECTORY_MODE, FILE_MODE


class Written(NamedTuple):
    """What a file holds, as it was written."""

    sha256: str
    size: int


def write_atomically(path: Path, lines: Iterable[str]) -> Written:
    """Replace `path` by `lines` (each with its line break), readable by its owner only.

    Raises:
        StorageError: the file could not be written; what was at `path` before is still there.
    """
    digest = hashlib.sha256()
    size = 0
    temporary = path.with_name(f"{path.name}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    try:
        with os.fdopen(os.open(temporary, flags, FILE_MODE), "wb") as stream:
            for line in lines:
                data = line.encode("utf-8")
                digest.update(data)
                size += len(data)
                stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise StorageError(f"cannot write {str(path)!r}: {error.strerror}") from error
    return Written(digest.hexdigest(), size)


def make_private_folder(path: Path) -> None:
    """Make `path` and its parents where they are missing; a new `path` is its owner's only.

    Raises:
        StorageError: it could not be made.
    """
    try:
        if not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir(mode=DIRECTORY_MODE)
            _sync_folder(path.parent)
    except OSError as error:
        raise StorageError(f"cannot make folder {str(path)!r}: {error.strerror}") from error


def _sync_folder(path: Path) -> None:
    # A rename survives a power cut only when the folder that records it has been synced.
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
