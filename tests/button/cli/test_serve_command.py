"""`button serve` as a process: a dataset through real HTTP, from the model and from a cassette."""

import json
import os
import signal
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.server
COUNT = ("--count", "6", "--quiet")
LONGEST_START_S = 60


def address_of(served: Any) -> str:
    """Where a server that was started listens."""
    end = time.monotonic() + LONGEST_START_S
    while time.monotonic() < end:
        told = served.output.read_text() if served.output.exists() else ""
        if "Serving at " in told:
            address: str = told.partition("Serving at ")[2].split()[0]
            return address
        time.sleep(0.02)
    raise AssertionError(served.errors.read_text())


def over(address: str, model: str = "button-embedded-procedural") -> list[str]:
    settings = {"model": model, "base_url": address, "seed_bits": 53}
    return [
        part
        for name, value in settings.items()
        for part in ("--set", f"default_model.{name}={value}")
    ]


def refusal(address: str) -> dict[str, Any]:
    """What a server says to a request that its cassette does not hold."""
    hello = [{"role": "user", "content": "Hello"}]
    asked = json.dumps({"model": "button-embedded-procedural", "messages": hello}).encode()
    request = urllib.request.Request(
        f"{address}/chat/completions", asked, {"Content-Type": "application/json"}
    )
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(request, timeout=30)
    with caught.value as answer:
        error: dict[str, Any] = json.load(answer)["error"]
    return error


def rows(run: Path) -> list[dict[str, Any]]:
    """The rows without what names the models."""
    found = [
        json.loads(line)
        for path in sorted((run / "shards").glob("*.jsonl"))
        for line in path.read_text().splitlines()
    ]
    named = ("id", "models")  # a row is named by its content
    return [{key: value for key, value in row.items() if key not in named} for row in found]


def test_a_dataset_over_http_equals_the_one_made_in_the_process(
    start: Callable[..., Any], button: Callable[..., Any], tmp_path: Path
) -> None:
    inside, outside, again = (tmp_path / name for name in ("inside", "outside", "again"))
    assert button("generate", *COUNT, "--keep-calls", "--out", inside).code == 0
    expected = rows(inside)
    assert expected

    served = start("serve", "--port", "0", "--latency", "0,0.01")
    done = button("generate", *COUNT, "--out", outside, *over(address_of(served)))
    assert done.code == 0, done.errors
    assert rows(outside) == expected
    first = json.loads((outside / "shards" / "accepted-00000.jsonl").read_text().splitlines()[0])
    assert {use["name"] for use in first["models"].values()} == {"button-embedded-procedural"}
    os.kill(served.pid, signal.SIGTERM)
    assert served.wait() == 0
    assert "Stopped by SIGTERM after " in served.output.read_text()
    assert served.errors.read_text() == ""

    assert button("record", "export", inside, tmp_path / "said.jsonl.gz").code == 0
    taped = start("serve", "--port", "0", "--cassette", tmp_path / "said.jsonl.gz")
    address = address_of(taped)
    done = button("generate", *COUNT, "--out", again, *over(address))
    assert done.code == 0, done.errors
    assert rows(again) == expected
    refused = refusal(address)
    assert refused["code"] == "not_recorded"
    assert "holds no answer of 'button-embedded-procedural' to this request" in refused["message"]
    os.kill(taped.pid, signal.SIGINT)
    assert taped.wait() == 0


def test_a_taken_port_is_told_in_one_line(button: Callable[..., Any]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as holder:
        port = holder.getsockname()[1]
        done = button("serve", "--port", port)
    assert done.code == 78
    assert done.errors.startswith(f"button: port {port} of '127.0.0.1' is taken; choose another")
    assert done.errors.count("\n") == 1


@pytest.mark.parametrize("latency", ["soon", "1,2,3", "2,1", "-1", "nan"])
def test_a_latency_that_is_none_is_refused(button: Callable[..., Any], latency: str) -> None:
    done = button("serve", "--port", "0", "--latency", latency)
    assert done.code == 78
    assert repr(latency) in done.errors
    assert done.errors.count("\n") == 1
