"""One line of the list of trajectories: what can be searched and filtered without opening a row."""

from collections.abc import Callable, Iterable
from typing import Any

from button.report.source import Row
from button.run.row_facts import calls_per_turn

SHOWN = 400
"""Characters of a text that the list holds; whole rows are searched chunk by chunk."""


def accepted_line(row: Row, domains: Iterable[str]) -> dict[str, Any]:
    """The line of an accepted row. Keys that are empty are left out."""
    per_turn = calls_per_turn(row)
    said = (each["content"] for each in row["messages"] if each["role"] == "user")
    names = dict.fromkeys(
        call["function"]["name"]
        for message in row["messages"]
        for call in message.get("tool_calls") or ()
    )
    line = {
        "id": row["id"],
        "kind": "accepted",
        "at": place_of(row),
        "strategy": row["strategy"],
        "depth": row["task"]["depth"],
        "turns": len(per_turn),
        "calls": sum(per_turn),
        "batch": max(per_turn, default=0),
        "domains": list(domains),
        "functions": list(names),
        "findings": codes_of(row),
        "scenario": row["scenario"]["text"][:SHOWN],
        "text": next(said, "")[:SHOWN],
    }
    return {key: value for key, value in line.items() if value not in ([], "")}


def rejected_line(row: Row, fault: str) -> dict[str, Any]:
    """The line of a rejected row; it never had a conversation, or lost it."""
    line = {
        "kind": "rejected",
        "at": place_of(row),
        "stage": row["stage"],
        "code": row["code"],
        "fault": fault,
        "findings": list(dict.fromkeys([row["code"], *codes_of(row)])),
        "scenario": (row.get("scenario") or "")[:SHOWN],
        "text": (row.get("task") or row["detail"])[:SHOWN],
        "detail": row["detail"][:SHOWN],
    }
    return {key: value for key, value in line.items() if value not in ([], "")}


def place_of(row: Row) -> str:
    """Item and variant, as `button explain` takes them."""
    seeds = row.get("seeds") or {}
    return f"{seeds.get('item', '?')}.{seeds.get('variant', '?')}"


def codes_of(row: Row) -> list[str]:
    """The codes of a row's findings, each once."""
    return list(dict.fromkeys(finding["code"] for finding in row.get("findings") or ()))


def domains_by(domain_of: Callable[[str], str | None], row: Row) -> list[str]:
    """The domains of the called functions, where they are known."""
    called = (
        domain_of(call["function"]["name"])
        for message in row["messages"]
        for call in message.get("tool_calls") or ()
    )
    return list(dict.fromkeys(domain for domain in called if domain))
