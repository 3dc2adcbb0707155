"""What Studio draws its forms from, looked at without a server."""

from importlib import import_module
from typing import Any, get_args

import pytest
from langgraph.graph.state import CompiledStateGraph

from button.context import ROLES, Context
from graphs.show import NAMES

Graph = CompiledStateGraph[Any, Any, Any, Any]


@pytest.fixture(params=NAMES)
def graph(request: pytest.FixtureRequest) -> Graph:
    found: Graph = import_module(f"graphs.{request.param}").graph
    return found


def test_a_served_graph_has_no_checkpointer_of_its_own(graph: Graph) -> None:
    """The server refuses to start with one."""
    assert graph.checkpointer is None
    assert graph.store is None


def test_each_field_of_the_input_form_is_explained(graph: Graph) -> None:
    fields = graph.get_input_jsonschema()["properties"]
    assert fields
    for name, field in fields.items():
        assert field.get("description") or name == "messages", name


def test_all_graphs_share_the_context_form(graph: Graph) -> None:
    form = graph.get_context_jsonschema()
    assert form == Context.model_json_schema()


@pytest.mark.parametrize("name", Context.model_fields)
def test_each_setting_has_a_sentence_a_default_and_its_choices(name: str) -> None:
    form = Context.model_json_schema()["properties"][name]
    field = Context.model_fields[name]
    assert form["description"].rstrip().endswith(".")
    assert "default" in form or field.default_factory is not None
    choices = [each for each in get_args(field.annotation) if isinstance(each, str)]
    assert form.get("enum", []) == choices or name == "models"


def test_a_model_can_be_given_to_every_role_and_no_other() -> None:
    form = Context.model_json_schema()["properties"]["models"]
    assert set(form["propertyNames"]["enum"]) == set(ROLES)


@pytest.mark.parametrize("name", NAMES)
def test_chat_mode_needs_messages_and_only_a_conversation_has_them(name: str) -> None:
    found: Graph = import_module(f"graphs.{name}").graph
    for form in (found.get_input_jsonschema(), found.get_output_jsonschema()):
        assert ("messages" in form["properties"]) == (name == "conversation")
