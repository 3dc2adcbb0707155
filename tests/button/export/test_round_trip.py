"""Every row is read back by the readers of foreign data and tells what its trajectory told."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from button.export import EXPORTS
from button.export.chat import chat_of
from button.export.format import UnheldError
from button.export.told import read_back
from button.records import Trajectory

INVERTIBLE = [name for name, format in EXPORTS.items() if format.read]
MADE = 150
HOSTILE = 60
NO_ROW = {
    "xlam": {"a first turn whose call was refused"},
    "plan": {"a refused call", "an argument that holds the sign `$`"},
    "steps": set(),
}
"""Reasons for which a tame trajectory has no row."""


def test_all_formats_but_preference_have_an_inverse() -> None:
    assert set(EXPORTS) - set(INVERTIBLE) == {"preference"}


@pytest.mark.parametrize("name", INVERTIBLE)
@pytest.mark.parametrize("changes", [{}, {"parallel": "serialised", "type_lists": "flattened"}])
def test_tame_trajectories_come_back_whole(
    name: str, changes: dict[str, str], make: Callable[..., Trajectory]
) -> None:
    format = EXPORTS[name]
    switches = format.switches._replace(**changes)  # type: ignore[arg-type]
    reasons: Counter[str] = Counter()
    for seed in range(MADE):
        chat = chat_of(make(seed), switches, str(seed))
        try:
            rows = format.write(chat, switches)
        except UnheldError as error:
            reasons[str(error)] += 1
            continue
        assert rows
        read_back(format, switches, chat, rows)
    assert set(reasons) <= NO_ROW.get(name, set())
    assert reasons.total() < MADE / 3


@pytest.mark.parametrize("name", ["trl", "openai"])
@pytest.mark.parametrize("arguments", ["object", "string"])
@pytest.mark.parametrize("content", ["empty", "null"])
def test_messages_come_back_with_every_switch(
    name: str, arguments: str, content: str, make: Callable[..., Trajectory]
) -> None:
    format = EXPORTS[name]
    for thoughts in ("dropped", "reasoning_content", "think"):
        for ids in ("kept", "dropped"):
            switches = format.switches._replace(
                arguments=arguments,  # type: ignore[arg-type]
                content=content,  # type: ignore[arg-type]
                thoughts=thoughts,  # type: ignore[arg-type]
                ids=ids,  # type: ignore[arg-type]
            )
            for seed in range(8):
                chat = chat_of(make(seed), switches, "x")
                read_back(format, switches, chat, format.write(chat, switches))


@pytest.mark.parametrize("name", INVERTIBLE)
def test_hostile_words_come_back_whole_or_have_no_row(
    name: str, make: Callable[..., Trajectory]
) -> None:
    format = EXPORTS[name]
    whole = 0
    for seed in range(HOSTILE):
        chat = chat_of(make(seed, hostile=True), format.switches, str(seed))
        try:
            read_back(format, format.switches, chat, format.write(chat, format.switches))
        except UnheldError:
            continue
        whole += 1
    assert whole > HOSTILE / 8


DAMAGES: dict[str, Callable[[str], str]] = {
    "an argument": lambda text: text.replace("Graz", "Linz"),
    "a function": lambda text: text.replace("plan_walk", "plan_flight"),
    "a schema": lambda text: text.replace("cuisine", "dish"),
}


@pytest.mark.parametrize("name", INVERTIBLE)
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_row_is_noticed(name: str, damage: str, walk: Trajectory) -> None:
    format = EXPORTS[name]
    chat = chat_of(walk, format.switches)
    rows = _changed(format.write(chat, format.switches), DAMAGES[damage])
    with pytest.raises(UnheldError):
        read_back(format, format.switches, chat, rows)


@pytest.mark.parametrize("name", ["trl", "openai", "sharegpt", "hermes", "chatml", "button"])
@pytest.mark.parametrize("word", ["H-2041", "19 minutes", "Both.", "A hotel in"])
def test_changed_words_are_noticed(name: str, word: str, walk: Trajectory) -> None:
    format = EXPORTS[name]
    if name == "openai" and word == "Both.":
        return  # it holds no thoughts
    chat = chat_of(walk, format.switches)
    rows = _changed(format.write(chat, format.switches), lambda text: text.replace(word, "other"))
    with pytest.raises(UnheldError):
        read_back(format, format.switches, chat, rows)


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {change(key): _changed(each, change) for key, each in value.items()}
    if isinstance(value, list):
        return [_changed(each, change) for each in value]
    return change(value) if isinstance(value, str) else value
