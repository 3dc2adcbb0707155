"""Prompts leave the machine only where a person says so."""

import os

import pytest

from button.cli.tracing import VARIABLES, settle_tracing


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_nothing_is_said_where_nothing_is_set() -> None:
    assert settle_tracing(allowed=False) is None


@pytest.mark.parametrize("name", VARIABLES)
def test_it_is_off_unless_asked(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, "true")
    told = settle_tracing(allowed=False)
    assert told
    assert name in told
    assert os.environ[name] == "false"


def test_it_is_told_where_it_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    assert "are sent to LangSmith" in str(settle_tracing(allowed=True))
    assert os.environ["LANGSMITH_TRACING"] == "true"
