"""Which file systems a run directory lies on, and which of them need care."""

import logging
import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORKED = frozenset(
    "9p afs beegfs ceph cifs coda glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs panfs "
    "smb3 smbfs".split()
)
"""File systems whose locks and shared memory cannot be trusted between machines."""
_OCTAL = re.compile(r"\\([0-7]{3})")

logger = logging.getLogger(__name__)


def file_system_of(path: Path, mounts: str) -> str:
    """The type of the file system that holds `path`, from the text of Linux's `mountinfo`."""
    found, deepest = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        fields, kinds = before.split(), after.split()
        if len(fields) < 5 or not kinds:
            continue
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), fields[4]))
        if path.is_relative_to(point) and len(point.parts) >= deepest:
            found, deepest = kinds[0], len(point.parts)
    return found


def locks_are_unsafe(path: Path) -> bool:
    """Whether `path` lies on a network file system; then it says so once.

    Where the system does not tell (no Linux), a local disk is assumed.
    """
    try:
        kind = file_system_of(path.resolve(), MOUNTS.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return False
    unsafe = kind in NETWORKED or kind.startswith("fuse.")
    if unsafe:
        logger.warning(
            "%s is on a network file system (%s): run.db is held by one process alone, so "
            "`button status` reads the manifest only; never work on the run from two machines",
            path,
            kind,
        )
    return unsafe
