"""What a person names to `button check`, as files: also runs, folders, pipes and standard input."""

import errno
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from button.errors import InputError, StorageError
from button.formats.parquet import SUFFIX as PARQUET
from button.run.layout import RunLayout

STDIN = "-"
SUFFIXES = (".jsonl", ".ndjson", ".json", PARQUET)
NO_ROWS = ("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json")
"""What `datasets` and LLaMA-Factory keep beside rows, to describe them."""


class DataFile(NamedTuple):
    """A file of rows."""

    name: str
    """What it is called in reports."""
    path: Path


def data_files(named: Path, spool: Path) -> Iterator[DataFile]:
    """The files behind a name; what can be read only once is copied into the folder `spool`.

    Raises:
        InputError: it is a folder without data, or cannot be read.
        StorageError: there is no room for a copy of it.
    """
    if named.is_dir():
        yield from _of_folder(named)
    elif str(named) == STDIN:
        yield DataFile("stdin", _spooled(Path("/dev/stdin"), spool))
    elif named.exists() and not named.is_file():
        yield DataFile(str(named), _spooled(named, spool))
    else:
        yield DataFile(str(named), named)


def _of_folder(folder: Path) -> Iterator[DataFile]:
    layout = RunLayout(folder)
    if layout.header.exists():
        found = sorted(layout.shards.glob("accepted-*.jsonl"))
        wanted = "accepted rows"
    else:
        found = sorted(path for path in folder.rglob("*") if _is_data(path, folder))
        wanted = f"file of rows ({', '.join(SUFFIXES)}, also with .gz)"
    if not found:
        raise InputError(f"{folder}: is a folder without any {wanted}")
    for path in found:
        yield DataFile(str(path), path)


def _is_data(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    named = path.name.lower().removesuffix(".gz").endswith(SUFFIXES)
    return named and not hidden and path.name not in NO_ROWS and path.is_file()


def _spooled(source: Path, spool: Path) -> Path:
    """A copy on disk: what a format is, is found by looking at the beginning twice."""
    target = spool / str(len(list(spool.iterdir())))
    try:
        with target.open("wb") as copy:
            if source == Path("/dev/stdin"):
                shutil.copyfileobj(sys.stdin.buffer, copy)
            else:
                with source.open("rb") as stream:
                    shutil.copyfileobj(stream, copy)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageError(
                f"{source}: no room for a copy in {spool.parent} (TMPDIR names another place)"
            ) from error
        raise InputError(f"{source}: cannot be read: {error.strerror}") from error
    return target
