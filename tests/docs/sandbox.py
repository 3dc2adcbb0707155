"""A folder in which a reader could have typed what the pages say, and a served model beside it.

Commands are run as they stand, but for three things: models and their addresses become those of a
served embedded model, counts become small, and what a reader fills in (ID) is filled in.
"""

import gzip
import json
import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests.forking import Child

SERVED = "button-embedded-procedural"
KEYS = ("MY_KEY", "OPENAI_API_KEY", "LLAMA_KEY", "OPENROUTER_API_KEY", "AZURE_OPENAI_API_KEY")
PATIENCE_S = 60
"""After which a command that does not end is killed."""
COUNT = 6
"""Trajectories of `runs/first`."""
SMALL = {"--count": 1, "--pilot": 1, "--workers": 1, "--processes": 1}
RESUMED = {**SMALL, "--count": COUNT + 1}
TEMPLATE = """{{ tools | tojson }}{% for message in messages %}
{{ message.role }}: {{ message.content }}{{ message.reasoning_content }}\
{% for call in message.tool_calls or [] %}{{ call | tojson }}{% endfor %}
{% endfor %}"""
CHAT = {
    "conversations": [
        {"from": "human", "value": "When does the next train leave Graz?"},
        {"from": "function_call", "value": '{"name": "next_train", "arguments": {"city": "Graz"}}'},
        {"from": "observation", "value": '{"leaves": "15:25"}'},
        {"from": "gpt", "value": "It leaves at 15:25."},
    ],
    "tools": json.dumps([
        {
            "name": "next_train",
            "description": "Tells when the next train leaves a city.",
            "parameters": {
                "type": "object",
                "properties": {"city": {"type": "string", "description": "Where it leaves."}},
                "required": ["city"],
            },
        },
        {
            "name": "find_platform",
            "description": "Tells from which platform a train leaves.",
            "parameters": {
                "type": "object",
                "properties": {"train": {"type": "string"}, "city": {"type": "string"}},
                "required": ["train", "city"],
            },
        },
    ]),
}  # fmt: skip


@dataclass(frozen=True)
class Sandbox:
    """One folder, and how commands are run in it."""

    folder: Path
    address: str
    run: Callable[..., Child]

    @property
    def row(self) -> dict[str, Any]:
        """The first accepted row of `runs/first`."""
        shard = self.folder / "runs/first/shards/accepted-00000.jsonl"
        row: dict[str, Any] = json.loads(shard.read_text().splitlines()[0])
        return row

    def call(self, arguments: list[str]) -> tuple[int, str]:
        """The exit code of `button ARGUMENTS`, and what it said; a person types empty lines."""
        typed = self.folder / ("data.jsonl" if "-" in arguments else "typed")
        child = self.run(*arguments, cwd=self.folder, given=typed)
        deadline = time.monotonic() + PATIENCE_S
        while not child.ended:
            if time.monotonic() > deadline:
                os.kill(child.pid, signal.SIGKILL)
            time.sleep(0.005)
        return child.wait(), child.output.read_text() + child.errors.read_text()

    def fitted(self, arguments: list[str]) -> list[str]:
        """The command for this folder: small, answered by the served model, with a real id."""
        small = RESUMED if arguments[0] == "resume" else SMALL
        fitted = [self._here(argument) for argument in arguments]
        for index, argument in enumerate(fitted[:-1]):
            if argument in small:
                fitted[index + 1] = str(min(int(fitted[index + 1]), small[argument]))
        if arguments[0] == "generate" and "--count" not in fitted:
            fitted += ["--count", str(SMALL["--count"])]
        return fitted

    def settings(self, text: str) -> dict[str, Any]:
        """A settings file of a page, answered by the served model."""
        settings: dict[str, Any] = yaml.safe_load(text)
        models = [settings.get("default_model", {}), *settings.get("models", {}).values()]
        models += settings.get("judges", {}).get("models", [])
        for model in models:
            model.update({"model": SERVED} if "model" in model else {})
            model.update({"base_url": self.address} if "base_url" in model else {})
        return settings

    def _here(self, argument: str) -> str:
        argument = re.sub(r"\.model=.+", f".model={SERVED}", argument)
        argument = re.sub(r"http://127\.0\.0\.1:\d+/v1", self.address, argument)
        return self.row["id"][:12] if argument == "ID" else argument


def furnish(folder: Path) -> None:
    """The files that the pages name, beside `runs/first`."""
    rows = (folder / "runs/first/shards/accepted-00000.jsonl").read_text()
    chats = json.dumps(CHAT) + "\n"
    functions = json.loads(str(CHAT["tools"]))
    files = {
        "chats.json": json.dumps([CHAT]), "more.jsonl": '{"scenario": "booking a flight"}\n',
        "catalogue.json": json.dumps(functions), "airline_tools.json": json.dumps(functions),
        "train.jsonl": rows, "data.jsonl": rows, "trajectories.json": json.dumps([CHAT]),
        "benchmark.jsonl": chats, "template.jinja": TEMPLATE, "typed": "\n" * 100,
    }  # fmt: skip
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "data.jsonl.gz").write_bytes(gzip.compress(rows.encode()))


def copied(of: Path, folder: Path) -> Path:
    """A sandbox of its own for a page."""
    shutil.copytree(of, folder, dirs_exist_ok=True)
    return folder
