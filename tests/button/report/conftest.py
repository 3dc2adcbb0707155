"""Runs made by hand: rows with a word of one's choice in every text."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from button.records import Trajectory
from button.report import Source
from button.run.summary import RunSummary

Row = dict[str, Any]
CALLS = {"hotel": "aaaaaaaa1", "table": "aaaaaaaa2", "walk": "aaaaaaaa3"}


def text(word: str, **more: Any) -> Row:
    return {"type": "string", "description": f"What is meant {word}", **more}


def closed(word: str, **properties: Row) -> Row:
    return {
        "type": "object",
        "description": word,
        "properties": properties,
        "required": list(properties)[:1],
        "additionalProperties": False,
    }


def tool(name: str, word: str, parameters: Row, returns: Row) -> Row:
    function = {"name": name, "description": f"Does it {word}", "parameters": parameters}
    return {"type": "function", "function": {**function, "returns": returns}}


def call(id: str, name: str, **arguments: Any) -> Row:
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


def _messages(word: str, names: list[str], ids: Row, key: str) -> Iterator[Row]:
    hotel, table, walk = names
    yield {"role": "system", "content": f"Today is Monday, 2026-03-02. {word}"}
    yield {"role": "user", "content": f"A hotel in Graz and a table for 12 {word} please."}
    yield {
        "role": "assistant",
        "thought": f"Both at once. {word}",
        "tool_calls": [
            call(ids["hotel"], hotel, **{"city": "Graz", key: word}),
            call(ids["table"], table, guests=12, day="2026-03-03", vegan=True),
        ],
    }
    found = {"hotel_id": "H-2041", word or "note": {"deep": [word]}}
    yield {"role": "tool", "tool_call_id": ids["hotel"], "content": json.dumps(found)}
    yield {"role": "tool", "tool_call_id": ids["table"], "content": json.dumps({"code": "R-877"})}
    walked = call(ids["walk"], walk, start="H-2041", end="R-877")
    yield {"role": "assistant", "thought": word, "tool_calls": [walked]}
    yield {"role": "tool", "tool_call_id": ids["walk"], "content": word or "{}", "is_error": True}
    yield {"role": "assistant", "content": f"It is a walk of 19 minutes. {word}", "is_final": True}


def accepted_row(item: int = 0, word: str = "", *, everywhere: bool = False, **more: Any) -> Row:
    """A hotel and a table at once, then the walk between them; `word` stands in every text,
    and where it is to be `everywhere`, in names, ids and keys too."""
    end = word if everywhere else ""
    ids = {name: id + end for name, id in CALLS.items()}
    names = [f"find_hotel{end}", f"book_table{end}", f"plan_walk{end}"]
    result = {"source": "result", "message": 3, "call": ids["hotel"], "path": "$.hotel_id"}
    key = f"wish{end}"
    row: Row = {
        "strategy": "parallel_then_sequential",
        "scenario": {"text": f"a night in Graz {word}", "origin": "given"},
        "task": {
            "text": f"Find a hotel and a table, then the walk. {word}",
            "atomic_task": f"Find a hotel. {word}",
            "depth": 2,
            "sub_tasks": [
                {"id": f"t1{end}", "text": f"Find a hotel {word}", "functions": [names[0]]},
                {"id": f"t2{end}", "text": f"Book a table {word}", "functions": [names[1]]},
                {"id": f"t3{end}", "text": f"Plan {word}", "functions": [names[2]],
                 "depends_on": [f"t1{end}", f"t2{end}"]},
            ],
        },
        "parallel_calls": True,
        "tools": [
            tool(names[0], word, closed(word, city=text(word), **{key: text(word)}),
                 closed(word, hotel_id=text(word))),
            tool(names[1], word, closed(word, guests={"type": "integer", "minimum": 1},
                 day=text(word, format="date"), vegan={"type": "boolean"}), closed(word)),
            tool(names[2], word, closed(word, start=text(word), end=text(word)), closed(word)),
        ],
        "messages": list(_messages(word, names, ids, key)),
        "links": {ids["hotel"]: f"t1{end}", ids["table"]: f"t2{end}", ids["walk"]: f"t3{end}"},
        "provenance": {
            ids["hotel"]: {"$.city": {"source": "human", "message": 1},
                           f"$.{key}": {"source": "human", "message": 1}},
            ids["table"]: {"$.guests": {"source": "human", "message": 1},
                           "$.day": {"source": "derived", "message": 0, "note": f"date{end}"},
                           "$.vegan": {"source": "default"}},
            ids["walk"]: {"$.start": result, "$.end": {**result, "message": 4,
                          "call": ids["table"], "path": "$.code"}},
        },
        "attempts": {"assistant": 3},
        "models": {"assistant": {"name": f"my-model{end}", "kind": "endpoint"}},
        "seeds": {"seed_id": "s", "source": f"seeds.jsonl{end}:1", "root": 0, "item": item,
                  "variant": 0},
        "versions": {"prompts": {}, "code": "c"},
        "findings": [
            {"code": f"odd_argument{end}", "severity": "warning", "fault": "assistant",
             "text": f"a remark {word}", "message": 2,
             "path": "$.tool_calls[1].function.arguments.guests"},
            {"code": "long_answer", "severity": "info", "fault": "assistant", "text": word,
             "message": 7, "path": "$.content"},
        ],
        "judgements": [{"of": "assistant", "seat": 0, "vote": "yes", "reason": f"well done {word}",
                        "model": {"name": f"a-judge{end}", "kind": "endpoint"}}],
        **more,
    }  # fmt: skip
    return Trajectory.model_validate(row).to_row()


def rejected_row(item: int = 0, word: str = "", **more: Any) -> Row:
    return {
        "stage": "check",
        "role": "checks",
        "code": "out_of_order",
        "detail": f"'t2' came before 't1' {word}",
        "scenario": f"a night in Graz {word}",
        "task": f"Find a hotel, then a table. {word}",
        "seeds": {"seed_id": "s", "source": f"seeds.jsonl{word}:1", "root": 0, "item": item,
                  "variant": 0},
        "findings": [{"code": "out_of_order", "severity": "error", "fault": "assistant",
                      "text": f"too early {word}", "message": 2}],
        **more,
    }  # fmt: skip


def run_of(accepted: list[Row], rejected: list[Row] | None = None, **more: Any) -> Source:
    """A run that holds these rows."""
    rows = {"accepted": accepted, "rejected": rejected or []}
    codes = Counter(str(row["code"]) for row in rows["rejected"])
    summary = RunSummary(
        accepted=len(accepted), rejected=codes, count=len(accepted), ended="complete"
    )
    given: dict[str, Any] = {
        "name": "by-hand",
        "header": {"version": "1", "identity": "i", "configuration": {"root_seed": 0}},
        "summary": summary,
        "state": "complete",
        "sealed": {kind: len(its) for kind, its in rows.items()},
        "rows": lambda kind: iter(rows[kind]),
        "mended_by": lambda code, fault: f"waiting, {fault}",
    }
    return Source(**given | more)


@pytest.fixture(scope="session")
def made() -> Callable[..., Row]:
    """Makes an accepted row."""
    return accepted_row


@pytest.fixture(scope="session")
def lost() -> Callable[..., Row]:
    """Makes a rejected row."""
    return rejected_row


@pytest.fixture(scope="session")
def run() -> Callable[..., Source]:
    """Makes a run of rows."""
    return run_of
