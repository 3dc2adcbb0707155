"""Names of the files in a run directory, and how much goes into one of them."""

from pathlib import Path
from typing import Literal, NamedTuple

FORMAT_VERSION = 4
"""Version of run directories; another one is neither continued nor read."""
SHARD_ROWS = 1000
"""Rows of a full shard."""
RowKind = Literal["accepted", "rejected"]
ROW_KINDS: tuple[RowKind, ...] = ("accepted", "rejected")
DIRECTORY_MODE = 0o700
FILE_MODE = 0o600


class RunLayout(NamedTuple):
    """The paths of one run directory."""

    root: Path

    @property
    def header(self) -> Path:
        """What the run is: resolved configuration and versions; written when the run begins."""
        return self.root / "run.json"

    @property
    def database(self) -> Path:
        """The only source of truth while the run is unfinished."""
        return self.root / "run.db"

    @property
    def database_sum(self) -> Path:
        """SHA-256 of run.db, there while no process has it open."""
        return self.root / "run.db.sha256"

    @property
    def database_log(self) -> Path:
        """The write-ahead log of run.db, there while a process works on it or after it died."""
        return self.root / "run.db-wal"

    @property
    def seeds(self) -> Path:
        """The given seeds; a run with built-in seeds has none."""
        return self.root / "seeds.jsonl"

    @property
    def lock(self) -> Path:
        """Held by the process that writes."""
        return self.root / "LOCK"

    @property
    def manifest(self) -> Path:
        """What the run has made: shards with their hashes, and totals."""
        return self.root / "MANIFEST.json"

    @property
    def shards(self) -> Path:
        """The folder of the product."""
        return self.root / "shards"

    @property
    def known(self) -> Path:
        """The folder in which accepted rows are looked up; made again where it is missing."""
        return self.root / "known"

    def shard(self, kind: RowKind, number: int) -> Path:
        """The file of one shard."""
        return self.shards / f"{kind}-{number:05d}.jsonl"
