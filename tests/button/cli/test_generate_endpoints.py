"""`button generate` with models of one's own: real processes against a server over HTTP."""

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.limited_server import Limits, served

pytestmark = pytest.mark.server
CLI = [sys.executable, "-c", "from button.cli import main; main()"]


def generate(*args: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_KEY")}
    return subprocess.run(
        [*CLI, "generate", "--count", "1", "--quiet", *map(str, args)],
        capture_output=True, text=True, timeout=120, check=False, env=kept | env,
    )  # fmt: skip


def shards(out: Path) -> list[Any]:
    files = sorted((out / "shards").iterdir())
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_a_run_is_made_in_words_alone_and_keeps_reasoning_and_keys_out_of_its_rows(
    tmp_path: Path,
) -> None:
    limits = Limits(json_schema="refused", forced_call="refused", tools="refused", seed="refused",
                    thinks="field", usage=False)  # fmt: skip
    config = tmp_path / "run.yaml"
    with served(limits) as address:
        config.write_text(
            f"default_model:\n  model: served\n  base_url: {address}\n  protocol: button_tags\n"
            "  send_seed: false\n  api_key_env: A_KEY\n"
        )
        done = generate("--config", config, "--out", tmp_path / "a", A_KEY="canary-1234567890")
        assert done.returncode == 0, done.stderr
    rows = shards(tmp_path / "a")
    assert rows
    assert "{hm}" not in str(rows)
    with sqlite3.connect(tmp_path / "a" / "run.db") as database:
        dump: Any = "\n".join(database.iterdump())
    assert '"reasoning":"{hm}"' in dump
    written = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"canary-1234567890" not in written
    assert "canary-1234567890" not in done.stdout + done.stderr + dump


def test_a_missing_key_is_told_before_anything_is_made(tmp_path: Path) -> None:
    done = generate("--set", "human.model=gpt", "--out", tmp_path / "run")
    assert done.returncode == 78
    assert "'OPENAI_API_KEY' is not set (needed for human)" in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "run").exists()
