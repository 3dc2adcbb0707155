"""Reasoning text is kept apart from what a model says."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from button.models.reasoning import split_reasoning
from button.models.response import message_of, response_of


@pytest.mark.parametrize(
    ("text", "reasoning", "content"),
    [
        ("<think>It may be 9.</think>\n{}", "It may be 9.", "{}"),
        ("  <think>\na\n</think>\n\n<thought>T</thought>", "a", "<thought>T</thought>"),
        ("opened by the template</think>\n{}", "opened by the template", "{}"),
        ("<think>a</think><think>b</think>c", "a\n\nb", "c"),
        ("<think>cut off", "cut off", ""),
        ("<think></think>\n\nHello", "", "Hello"),
        ('{"a": "</think>"}', "", '{"a": "</think>"}'),
        ("<thought>ends with </think></thought>", "", "<thought>ends with </think></thought>"),
        ("Say <think>x</think> later", "", "Say <think>x</think> later"),
        ("I think so", "", "I think so"),
    ],
)  # fmt: skip
def test_reasoning_is_taken_off_the_beginning(text: str, reasoning: str, content: str) -> None:
    assert split_reasoning(text) == (reasoning, content)


@given(st.lists(st.sampled_from(["<think>", "</think>", "a", "\n", " ", "{", "<", "think>"])))
def test_splitting_twice_changes_nothing(parts: list[str]) -> None:
    once = split_reasoning("".join(parts))
    assert split_reasoning(once.content) == ("", once.content)


def test_a_response_keeps_reasoning_beside_the_content_and_so_does_its_replay() -> None:
    message = AIMessage("<think>b</think>Hi", additional_kwargs={"reasoning": " a "})
    response = response_of(message)
    assert response == {"content": "Hi", "reasoning": "a\n\nb"}
    again = message_of(response)
    assert again.content == "Hi"
    assert again.additional_kwargs["reasoning"] == "a\n\nb"
    assert response_of(again) == response


def test_long_text_without_an_end_takes_linear_work() -> None:
    text = "<" * 200_000 + "</think"
    assert split_reasoning(text) == ("", text)


class Counted(str):
    """A text that counts the characters that are copied out of it."""

    copied = 0

    def __getitem__(self, key: Any) -> str:
        part = Counted(super().__getitem__(key))
        Counted.copied += len(part)
        return part


def test_many_thoughts_take_linear_work() -> None:
    Counted.copied = 0
    text = Counted("<think></think>" * 500 + "Hi")
    assert split_reasoning(text) == ("", "Hi")
    assert Counted.copied <= len(text)
