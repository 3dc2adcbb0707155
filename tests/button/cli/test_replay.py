"""A run over HTTP, made again without the server and without its key."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.limited_server import Limits, served

pytestmark = pytest.mark.server
COUNT = 4


def product(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "shards").iterdir())}


def test_a_run_over_http_is_made_again_from_its_cassette(
    tmp_path: Path, button: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds, run, cassette = tmp_path / "seeds.txt", tmp_path / "run", tmp_path / "c.jsonl.gz"
    seeds.write_text("booking a flight for a trip\nadopting a kitten\n")
    monkeypatch.setenv("A_KEY", "canary-1234567890")
    with served(Limits()) as address:
        sets = ("model=served", f"base_url={address}", "api_key_env=A_KEY")
        flags = [word for each in sets for word in ("--set", f"default_model.{each}")]
        done = button("generate", *flags, "--seeds", seeds, "--count", str(COUNT), "--out", run)
        assert done.code == 0, done.errors
    seeds.unlink()
    done = button("record", "export", run, cassette)
    assert done.code == 0, done.errors
    done = button("fork", run, tmp_path / "fork", "--set", "human.temperature=0.3")
    assert done.code == 0, done.errors
    assert "(not those of human: other models)" in done.output.replace("\n", " ")
    done = button("resume", run, "--set", "human.temperature=0.3")
    assert done.code == 73
    assert "human.temperature is null there and 0.3 here" in done.errors
    done = button("resume", run, "--set", "human.timeout_s=5", "--quiet")
    assert done.code == 0, done.errors
    monkeypatch.delenv("A_KEY")
    for number, source in enumerate((cassette, run)):
        again = tmp_path / f"again {number}"
        done = button("record", "replay", source, again, "--concurrency", "3", "--quiet")
        assert done.code == 0, done.errors
        assert product(again) == product(run)
        assert (again / "MANIFEST.json").read_bytes() == (run / "MANIFEST.json").read_bytes()


def test_a_fork_asks_again_what_failed(tmp_path: Path, button: Callable[..., Any]) -> None:
    seeds, run, new = tmp_path / "seeds.txt", tmp_path / "run", tmp_path / "new"
    seeds.write_text("booking a flight for a trip\n")
    limits = Limits(tools="refused", status=413)
    with served(limits) as address:
        sets = ("--set", "default_model.model=served", "--set", f"default_model.base_url={address}")
        done = button("generate", *sets, "--seeds", seeds, "--out", run)
        assert done.code == 75, done.output
        assert "too_large" in done.output
        shown = " ".join(button("status", run).output.split())
        assert f"What model 'served' at {address} failed too_large 2 times; HTTP 413: " in shown
        limits.tools, asked = "yes", len(limits.seen)
        forked = button("fork", run, new)
        assert "Failed calls that are asked again: 2." in forked.output
        assert button("resume", new, "--quiet").code == 0
    assert "accepted-00000.jsonl" in product(new)
    again = [body for body in limits.seen[asked:] if body in limits.seen[:asked]]
    assert [("tools" in body) for body in again] == [True, True]
