"""The states hold every key that agents read and write; forms explain every field."""

from importlib import import_module
from typing import Any, get_type_hints

import pytest

from button.context import Context
from graphs import bottom_up, conversation, pipeline
from graphs.state import (
    BottomUpState,
    ConstructionState,
    ConversationState,
    add_counts,
    first_rejection,
)

STATES: dict[str, type] = {
    "scenario": BottomUpState,
    "atomic_task": ConstructionState,
    "composer": ConstructionState,
    "critic": ConstructionState,
    "function_designer": ConstructionState,
    "human": ConversationState,
    "assistant": ConversationState,
    "tool_agent": ConversationState,
}
SENT = {"function", "call", "known_names", "turn", "index"}
"""What a tool agent gets with its branch and not from the state."""


@pytest.mark.parametrize(("name", "state"), STATES.items())
def test_every_key_of_an_agent_is_in_its_state(name: str, state: type) -> None:
    agent = import_module(f"agents.{name}")
    known = get_type_hints(state)
    for keys in (get_type_hints(agent.Reads), get_type_hints(agent.Writes)):
        assert keys.keys() - SENT - {"variant"} <= known.keys()
        for key in keys.keys() & known.keys():
            # An agent that runs only where a value is there need not allow for None.
            assert known[key] in (keys[key], keys[key] | None), key


def test_counts_add_up_and_the_first_rejection_stays() -> None:
    assert add_counts({"a": 1}, {"a": 2, "b": 1}) == {"a": 3, "b": 1}
    assert add_counts(None, None) == {}
    assert first_rejection({"code": "x"}, {"code": "y"}) == {"code": "x"}
    assert first_rejection(None, {"code": "y"}) == {"code": "y"}


def test_every_field_of_the_context_form_is_explained() -> None:
    schema = Context.model_json_schema()
    for graph in (bottom_up.graph, conversation.graph, pipeline.graph):
        assert graph.get_context_jsonschema() == schema
    forms: list[dict[str, Any]] = [schema, *schema["$defs"].values()]
    for form in forms:
        for name, field in form.get("properties", {}).items():
            assert field.get("description"), name


def test_the_input_forms_explain_what_a_graph_starts_from() -> None:
    seed = pipeline.graph.get_input_jsonschema()["properties"]["seed"]
    assert "kind" in seed["description"]
    assert set(conversation.graph.get_input_jsonschema()["properties"]) == {
        "item", "variant", "task", "sub_tasks", "functions", "messages",
    }  # fmt: skip
