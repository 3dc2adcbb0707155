"""Structured answers: the ways to ask, and what is taken out of an answer."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage

from agents.contract import contract_form
from button.canonical import canonical_json
from button.models.structured import answer_from, asked_by, last_object, unread

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer"}}}
BOUND = {"response_format": contract_form("Rating", SCHEMA), "seed": 1}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"a": 1}', '{"a": 1}'),
        ('Sure!\n```json\n{"a": 1}\n```\nAnything else?', '{"a": 1}'),
        ('First {"a": 1}, no: {"a": {"b": "}"}} it is', '{"a": {"b": "}"}}'),
        ('{ is no object, {"a": 1} is', '{"a": 1}'),
        ('{"a": 1', None),
        ('{"a": 1} {"a": 1, "a": 2}', None),
        ('{"a": NaN}', None),
        ("[1, 2]", None),
        ("no", None),
        ("", None),
        ('{"a":' * 50_000, None),
        ("{" * 200_000, None),
        ('{"a": 1}' + " " * 300_000, None),
    ],
)
def test_the_last_object_is_taken_as_it_is_written(text: str, found: str | None) -> None:
    assert last_object(text) == found


@given(st.dictionaries(st.text(), st.integers() | st.text()), st.text(alphabet="ab \n}[]\"'`"))
def test_words_around_an_object_do_not_matter(value: dict[str, Any], words: str) -> None:
    written = canonical_json(value)
    assert last_object(f"{words}{written}{words}") == written


def test_the_three_ways_to_ask() -> None:
    talk = [SystemMessage("Prompt."), HumanMessage("Hello")]
    assert asked_by("json_schema", talk, BOUND) == (talk, BOUND)
    messages, bound = asked_by("tool_call", talk, BOUND)
    assert messages == talk
    assert bound["tools"][0]["function"]["name"] == "Rating"
    assert bound["tool_choice"]["function"]["name"] == "Rating"
    assert "response_format" not in bound
    assert bound["seed"] == 1
    messages, bound = asked_by("text", talk, BOUND)
    assert bound == {"seed": 1}
    assert '"title":"Rating"' in str(messages[0].content)
    assert messages[1:] == talk[1:]


def call(name: str, args: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "args": args, "id": "x", "type": "tool_call"}


@pytest.mark.parametrize(
    ("message", "content"),
    [
        (AIMessage("", tool_calls=[call("Rating", {"a": 1})]), '{"a":1}'),
        (AIMessage("", tool_calls=[call("Rating", {"a": 1})] * 2), '{"a":1}'),
        (AIMessage("", tool_calls=[call("Rating", {"a": 1}), call("Rating", {"a": 2})]), None),
        (AIMessage("", tool_calls=[call("other", {"a": 1})]), None),
        (AIMessage('{"a": 2}', tool_calls=[call("other", {"a": 1})]), '{"a": 2}'),
        (AIMessage("prose"), None),
    ],
)
def test_an_answer_is_its_object_and_nothing_else(message: AIMessage, content: str | None) -> None:
    answer = answer_from(message, BOUND)
    assert (answer and answer.content) == content
    assert answer is None or answer.tool_calls == []


def test_a_refusal_is_an_answer() -> None:
    refusal = AIMessage("", additional_kwargs={"refusal": "no"})
    assert answer_from(refusal, BOUND) == refusal


def test_an_unread_answer_shows_what_the_model_wrote() -> None:
    broken = {"name": "Rating", "args": '{"a"', "id": "x", "error": "e",
              "type": "invalid_tool_call"}  # fmt: skip
    assert unread(AIMessage("", invalid_tool_calls=[broken])).content == '{"a"'
    assert unread(AIMessage("prose", tool_calls=[call("f", {})])).content == "prose"
