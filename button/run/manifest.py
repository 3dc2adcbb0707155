"""MANIFEST.json: what a run has made so far, for everybody who reads the dataset."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from button.errors import RunDirectoryError
from button.run.atomic_write import BLOCK
from button.run.json_files import read_json, write_json
from button.run.layout import FORMAT_VERSION, RunLayout
from button.run.state import Shard
from button.run.summary import RunSummary


def write_manifest(layout: RunLayout, shards: Sequence[Shard], summary: RunSummary) -> None:
    """Write MANIFEST.json. It holds no time and no path, so equal runs have equal manifests.

    Raises:
        StorageError: it could not be written.
    """
    manifest = {
        "format": FORMAT_VERSION,
        "state": summary.ended,
        "error": summary.error,
        "count": summary.count,
        "totals": summary.totals(),
        "shards": [
            {
                "file": layout.shard(shard.kind, shard.number).relative_to(layout.root).as_posix(),
                "kind": shard.kind,
                "rows": shard.rows,
                "bytes": shard.size,
                "sha256": shard.sha256,
            }
            for shard in shards
        ],
    }
    write_json(layout.manifest, manifest)


def read_manifest(layout: RunLayout) -> dict[str, Any]:
    """Read MANIFEST.json.

    Raises:
        RunDirectoryError: it is missing, unreadable, damaged, or of another format version.
    """
    return read_json(layout.manifest, FORMAT_VERSION)


def manifest_is_damaged(layout: RunLayout) -> bool:
    """Whether it is there and cannot be read."""
    try:
        read_manifest(layout)
    except RunDirectoryError:
        return layout.manifest.exists()
    return False


def damages(layout: RunLayout, manifest: Mapping[str, Any]) -> Iterator[str]:
    """One line for each shard that is missing or differs from what the manifest says of it.

    Raises:
        RunDirectoryError: a shard exists and cannot be read.
    """
    for shard in manifest["shards"]:
        if what := shard_damage(layout, shard, may_grow=manifest["state"] == "running"):
            yield f"{str(layout.root / shard['file'])!r} {what}"


def shard_damage(layout: RunLayout, shard: Mapping[str, Any], *, may_grow: bool) -> str:
    """What is wrong with the bytes of a shard; empty where they fit their checksum.

    Of one that `may_grow` what is recorded is the head.

    Raises:
        RunDirectoryError: it exists and cannot be read.
    """
    path, digest, left = layout.root / shard["file"], hashlib.sha256(), shard["bytes"]
    try:
        with path.open("rb") as stream:
            while block := stream.read(min(left, BLOCK)):
                digest.update(block)
                left -= len(block)
            beyond = bool(stream.read(1)) and not may_grow
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        raise RunDirectoryError(f"cannot read {str(path)!r}: {error.strerror}") from error
    same = digest.hexdigest() == shard["sha256"] and not beyond
    return "" if same else "differs from its checksum"
