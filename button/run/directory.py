"""Opening a run directory for writing: a new one, or one that may be continued."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from button.errors import RunDirectoryError
from button.run.atomic_write import make_private_folder
from button.run.header import header_of, read_header, refuse_other_run, write_header
from button.run.layout import RunLayout
from button.run.lock import exclusive
from button.run.plan import RunPlan
from button.run.stored_seeds import store_seeds


class OpenDirectory(NamedTuple):
    """A run directory that is ours alone."""

    layout: RunLayout
    identity: str
    """Hash of what decides the output."""


@contextmanager
def open_directory(plan: RunPlan) -> Iterator[OpenDirectory]:
    """Hold the run directory of `plan`; run.json describes the plan from here on.

    Raises:
        RunDirectoryError: it is in use, holds something else, or a run that the plan would not
            continue.
        StorageError: it cannot be made or written.
    """
    layout = RunLayout(plan.run_dir)
    refuse_strange(layout)
    make_private_folder(layout.root)
    with exclusive(layout.lock):
        header = header_of(plan)
        if layout.header.exists():
            refuse_other_run(layout, read_header(layout), header)
            # The shards' folder comes after run.db, so it proves that there was one.
            if not layout.database.exists() and layout.shards.exists():
                raise RunDirectoryError(
                    f"{str(layout.database)!r} is missing; without it the run cannot be continued"
                )
        else:
            layout.seeds.unlink(missing_ok=True)
        store_seeds(layout, plan.seeds)
        write_header(layout, header)
        yield OpenDirectory(layout, str(header["identity"]))


def refuse_strange(layout: RunLayout) -> None:
    """Refuse a path that holds anything but a run, before a single file is put there.

    Raises:
        RunDirectoryError: it does, or it cannot be looked into.
    """
    try:
        if not layout.root.exists():
            return
        if not layout.root.is_dir():
            raise RunDirectoryError(f"{str(layout.root)!r} is a file, not a folder for a run")
        if layout.header.exists():
            return
        found = sorted(path.name for path in layout.root.iterdir())
    except OSError as error:
        raise RunDirectoryError(f"cannot read {str(layout.root)!r}: {error.strerror}") from error
    begun = (layout.header, layout.seeds)
    ours = {layout.lock.name, *(f"{p.name}.tmp" for p in begun), layout.seeds.name}
    strange = [name for name in found if name not in ours]
    if strange:
        raise RunDirectoryError(
            f"{str(layout.root)!r} is not empty and holds no run (found {strange[0]!r}); choose "
            "another directory"
        )
