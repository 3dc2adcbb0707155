"""The command line as the soak calls it: `button generate` against a server."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

PATIENT: dict[str, object] = {
    # A storm is to be met in minutes: waits are short, and no item ends because they were.
    "retry.first_backoff_s": 0.01,
    "retry.longest_backoff_s": 0.1,
    "retry.longest_retry_after_s": 0.1,
    "retry.probe_every_s": 0.05,
    "default_model.max_attempts": 12,
    "default_model.timeout_s": 5,
}


def generate_flags(
    out: Path, base_url: str, settings: dict[str, object], **flags: Any
) -> list[str]:
    """Arguments of `button` for a run in which a server plays all roles."""
    model = {"default_model.model": "served", "default_model.base_url": base_url}
    given = ["generate", "--quiet", "--out", str(out)]
    for name, value in flags.items():
        given += [f"--{name.replace('_', '-')}", str(value)]
    for name, value in (model | settings).items():
        given += ["--set", f"{name}={value}"]
    return given


def rows_of(run_dir: Path, kind: str) -> Iterator[dict[str, Any]]:
    """The rows of a run's shards, read with the standard library alone."""
    for path in sorted((run_dir / "shards").glob(f"{kind}-*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)
