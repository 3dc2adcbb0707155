"""Files that are either whole or not there: temporary file, fsync, rename, fsync of the folder."""

import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from button.errors import StorageError
from button.run import disk
from button.run.layout import DIRECTORY_MODE

BLOCK = 1 << 20
"""Bytes that are gathered for one write."""


class Written(NamedTuple):
    """What a file holds, as it was written."""

    sha256: str
    size: int


def write_atomically(path: Path, lines: Iterable[str | bytes]) -> Written:
    """Replace `path` by `lines` (each with its line break), readable by its owner only.

    Raises:
        StorageError: the file could not be written; what was at `path` before is still there.
    """
    digest = hashlib.sha256()
    size = 0
    temporary = path.with_name(f"{path.name}.tmp")
    try:
        descriptor = disk.create(temporary)
        try:
            for block in _blocks(lines):
                digest.update(block)
                size += len(block)
                disk.write_whole(descriptor, block)
            disk.sync(descriptor)
        finally:
            os.close(descriptor)
        disk.rename(temporary, path)
        disk.sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if not isinstance(error, OSError):
            raise
        raise StorageError(f"cannot write {str(path)!r}: {error.strerror}") from error
    return Written(digest.hexdigest(), size)


def _blocks(lines: Iterable[str | bytes]) -> Iterator[bytes]:
    gathered = bytearray()
    for line in lines:
        gathered += line.encode("utf-8") if isinstance(line, str) else line
        if len(gathered) >= BLOCK:
            yield bytes(gathered)
            gathered.clear()
    if gathered:
        yield bytes(gathered)


def make_private_folder(path: Path) -> None:
    """Make `path` and its parents where they are missing; a new `path` is its owner's only.

    Raises:
        StorageError: it could not be made.
    """
    try:
        if not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.mkdir(mode=DIRECTORY_MODE)
            disk.sync_folder(path.parent)
    except OSError as error:
        raise StorageError(f"cannot make folder {str(path)!r}: {error.strerror}") from error
