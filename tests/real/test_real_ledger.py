"""The ledger raises no alarm about tools with a real database behind them."""

import json
from pathlib import Path
from typing import Any

import pytest

from tools.ledger import Fact, contradictions

DATA = Path(__file__).parents[2].parent / "shared" / "data" / "taubench_airline_gpt4o"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")


def facts_of(messages: list[dict[str, Any]]) -> list[Fact]:
    asked: dict[str, dict[str, Any]] = {}
    facts: list[Fact] = []
    for message in messages:
        for call in message.get("tool_calls") or []:
            asked[call["id"]] = call["function"]
        call = asked.pop(message.get("tool_call_id", ""), None)
        if message["role"] != "tool" or call is None:
            continue
        try:
            result = json.loads(message["content"])
        except ValueError:
            continue  # an error text, not a result
        arguments = json.loads(call["arguments"])
        facts.append({"name": call["name"], "arguments": arguments, "result": result})
    return facts


def test_consistent_tools_never_contradict_themselves() -> None:
    trajectories = json.loads((DATA / "trajectories.json").read_text())
    calls = 0
    for trajectory in trajectories:
        facts = facts_of(trajectory["traj"])
        for index, fact in enumerate(facts):
            calls += 1
            assert contradictions(facts[:index], **fact) == []
    assert calls == 296
