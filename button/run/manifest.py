"""MANIFEST.json: what a run has made so far, for everybody who reads the dataset."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from button.errors import RunDirectoryError
from button.run.atomic_write import write_atomically
from button.run.header import read_json_object
from button.run.layout import FORMAT_VERSION, RunLayout
from button.run.store import Shard
from button.run.summary import RunSummary

_BLOCK = 1 << 20


def write_manifest(layout: RunLayout, shards: Sequence[Shard], summary: RunSummary) -> None:
    """Write MANIFEST.json. It holds no time and no path, so equal runs have equal manifests.

    Raises:
        StorageError: it could not be written.
    """
    manifest = {
        "format": FORMAT_VERSION,
        "state": summary.ended,
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
    write_atomically(layout.manifest, [json.dumps(manifest, indent=2, sort_keys=True) + "\n"])


def read_manifest(layout: RunLayout) -> dict[str, Any]:
    """Read MANIFEST.json.

    Raises:
        RunDirectoryError: it is missing, unreadable, broken, or of another format version.
    """
    manifest = read_json_object(layout, "MANIFEST.json")
    if manifest.get("format") != FORMAT_VERSION or not isinstance(manifest.get("shards"), list):
        raise RunDirectoryError(f"{str(layout.manifest)!r} is damaged or of another version")
    return manifest


def damages(layout: RunLayout, manifest: Mapping[str, Any]) -> Iterator[str]:
    """One line for each shard that is missing or differs from what the manifest says of it.

    Raises:
        RunDirectoryError: a shard exists and cannot be read.
    """
    for shard in manifest["shards"]:
        path = layout.root / shard["file"]
        digest = hashlib.sha256()
        try:
            with path.open("rb") as stream:
                while block := stream.read(_BLOCK):
                    digest.update(block)
        except FileNotFoundError:
            yield f"{shard['file']}: missing"
        except OSError as error:
            raise RunDirectoryError(f"cannot read {str(path)!r}: {error.strerror}") from error
        else:
            if digest.hexdigest() != shard["sha256"]:
                yield f"{shard['file']}: differs from its checksum"
