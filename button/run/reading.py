"""Reading a run: its header, its totals and its rows. Never locks, never writes."""

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from button.canonical import parse_json_strict
from button.errors import InputError, RunDirectoryError
from button.run.header import read_header
from button.run.layout import ROW_KINDS, RowKind, RunLayout
from button.run.manifest import damages, read_manifest, shard_damage
from button.run.summary import RunSummary


class RunReader:
    """A run on disk, finished or not, as its manifest describes it.

    Before the rows of a shard are read, `on_damage` is told, once for each shard, where its bytes
    do not fit their checksum; without it they are not compared.

    Raises:
        RunDirectoryError: the directory is no run, or its JSON files are damaged.
    """

    def __init__(self, run_dir: str | Path, on_damage: Callable[[str], None] | None = None) -> None:
        self.layout = RunLayout(Path(run_dir))
        self._on_damage = on_damage
        self._compared: set[str] = set()
        self.header = read_header(self.layout)
        """Content of run.json."""
        self.manifest = read_manifest(self.layout)
        """Content of MANIFEST.json."""

    @property
    def summary(self) -> RunSummary:
        """Totals of the decided rows; of an unfinished run more than its shards hold."""
        return RunSummary.from_manifest(self.manifest)

    def rows(self, kind: RowKind = "accepted") -> Iterator[dict[str, Any]]:
        """The rows of all shards of a kind, in their order.

        Raises:
            RunDirectoryError: a shard is missing or damaged.
        """
        if kind not in ROW_KINDS:
            raise InputError(f"rows of kind {kind!r}: known are {', '.join(ROW_KINDS)}")
        for shard in self.manifest["shards"]:
            if shard["kind"] == kind:
                self._compare(shard)
                yield from _shard_rows(self.layout.root / shard["file"], shard["rows"])

    def find(self, record_id: str) -> dict[str, Any]:
        """The accepted row whose id begins with `record_id`.

        Raises:
            InputError: there is none, or more than one.
        """
        found = [row for row in self.rows() if str(row["id"]).startswith(record_id)]
        if len(found) != 1:
            many = f"{len(found)} trajectories begin" if found else "no trajectory begins"
            raise InputError(f"{many} with id {record_id!r} in {str(self.layout.root)!r}")
        return found[0]

    def _compare(self, shard: dict[str, Any]) -> None:
        if self._on_damage is None or shard["file"] in self._compared:
            return
        self._compared.add(shard["file"])
        path = self.layout.root / shard["file"]
        what = shard_damage(self.layout, shard, may_grow=self.manifest["state"] == "running")
        # One that is missing is an error as soon as its rows are asked for.
        if what and path.exists():
            self._on_damage(f"{str(path)!r} {what}")

    def damages(self) -> list[str]:
        """One line for each shard that is missing or differs from its checksum."""
        return list(damages(self.layout, self.manifest))


def read_rows(run_dir: str | Path, kind: RowKind = "accepted") -> Iterator[dict[str, Any]]:
    """The rows of a run in their order.

    Raises:
        RunDirectoryError: the directory is no run, or a file of it is damaged.
    """
    return RunReader(run_dir).rows(kind)


def _shard_rows(path: Path, rows: int) -> Iterator[dict[str, Any]]:
    number = 0
    try:
        with path.open(encoding="utf-8", newline="\n") as stream:
            # A short shard may grow while somebody reads; what the manifest knows stays its head.
            for line in islice(stream, rows):
                number += 1
                row = parse_json_strict(line)
                if not isinstance(row, dict):
                    raise ValueError("not a JSON object")
                yield row
    except OSError as error:
        raise RunDirectoryError(f"cannot read {str(path)!r}: {error.strerror}") from error
    except ValueError as error:
        raise RunDirectoryError(f"{str(path)!r} is damaged at line {number}: {error}") from error
    if number < rows:
        raise RunDirectoryError(f"{str(path)!r} is damaged: {number} of {rows} rows are there")
