"""What a report consists of, without a browser: numbers, features, coverage, chunks, sample."""

import gzip
import json
from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from button.errors import RunDirectoryError
from button.report import Costs, Source
from button.report.chunks import CHUNK_ROWS, Chunks, json_bytes
from button.report.figures import bars, duration, percent, rows_link
from button.report.overview import overview
from button.report.sample import sampled
from button.report.schemas import argument_type, schema_features
from button.report.survey import Survey
from button.report.visible import LONGEST_TEXT, bounded, visible

Row = dict[str, Any]
Rows = Callable[..., Row]
Run = Callable[..., Source]


def opened(chunk: str) -> Any:
    return json.loads(gzip.decompress(b64decode(chunk)))


def survey(source: Source, limit: int = 5000) -> Survey:
    return Survey(source, {"find_hotel": "hotels"}.get, limit)


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 9, "0%"), (1, 2000, "<0.1%"), (1990, 2000, "99.5%"), (99999, 100000, ">99.9%"),
     (9, 9, "100%"), (1, 3, "33%"), (1, 30, "3.3%"), (0, 0, "–")],
)  # fmt: skip
def test_no_share_reads_as_none_or_all_that_is_neither(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words


def test_what_gets_no_bar_is_counted() -> None:
    chart = bars({"a": 5, "b": 3, "c": 1, "d": 1}, 10, most=2, key="domain")
    assert [(bar.label, bar.amount, bar.width) for bar in chart.shown] == [
        ("a", 5, 100),
        ("b", 3, 60),
    ]
    assert (chart.others, chart.others_count) == (2, 2)
    assert chart.shown[0].link == "#trajectories?kind=accepted&domain=a"
    assert rows_link(domain="a&b <c>") == "#trajectories?domain=a%26b%20%3Cc%3E"
    assert [duration(each) for each in (4.25, 61, 600, 7200)] == [
        "4.2 s",
        "61 s",
        "10.0 min",
        "2.0 h",
    ]


def test_features_are_found_at_any_depth_and_in_any_schema() -> None:
    properties = {"kind": {"enum": ["a"]}, "at": {"type": ["string", "null"], "format": "date"}}
    deep = {"type": "array", "minItems": 1, "items": {"type": "object", "properties": properties}}
    found = schema_features({"properties": {"stops": deep}, "required": ["stops"]})
    assert found == {"array", "array of objects", "bounds", "enum", "format", "nullable",
                     "optional"}  # fmt: skip
    endless: Row = {"anyOf": []}
    endless["anyOf"].append(endless)
    assert schema_features({"properties": {"x": endless}}) >= {"alternatives", "optional"}
    for odd in (None, [], {"properties": 3}, {"properties": {"x": True}}, {"required": 1}):
        assert schema_features(odd) <= {"optional"}
    assert argument_type({"type": "array", "items": {"type": "integer"}}) == "array of integer"
    assert argument_type({"type": ["null", "string"], "format": "date"}) == "string (date)"
    assert argument_type({"enum": [1]}) == "choice from a list"


def test_everything_is_counted_once(made: Rows, lost: Rows, run: Run) -> None:
    rows = [made(0), made(1, strategy="sequential"), made(2)]
    found = survey(run(rows, [lost(3), lost(4, code="refused", stage="critic")]))
    assert found.argument_types["string"] == 3 * 4
    assert found.argument_types["string (date)"] == found.argument_types["integer"] == 3
    assert found.origins == {"human": 9, "derived": 3, "default": 3, "result": 6}
    assert found.domains == {"hotels": 3}
    assert found.votes == {"assistant: yes": 3}
    assert found.callers == {"find_hotel": 3, "book_table": 3, "plan_walk": 3}
    assert [(loss.stage, loss.reached, loss.lost) for loss in found.losses] == [
        ("critic", 5, 1), ("check", 4, 1)]  # fmt: skip
    table = found.coverage.table()
    assert [(line.strategy, line.depth, line.trajectories) for line in table.lines] == [
        ("parallel_then_sequential", 2, 2), ("sequential", 2, 1)]  # fmt: skip
    assert [cell.amount for cell in table.lines[0].turns] == [0, 0, 2]
    features = dict(zip(table.features, table.lines[0].features, strict=True))
    assert {name for name, cell in features.items() if cell.amount} == {
        "boolean", "bounds", "format", "number", "optional"}  # fmt: skip


def test_rows_that_are_there_already_are_marked(made: Rows, run: Run) -> None:
    found = survey(run([made(0), made(1), made(2, "quite another wish " * 9)]))
    assert found.across["duplicate_conversation"] == 1
    assert [line.get("findings") for line in found.lines] == [
        ["odd_argument", "long_answer"],
        ["odd_argument", "long_answer", "duplicate_conversation"],
        ["odd_argument", "long_answer"],
    ]
    again = made(1, findings=[{"code": "duplicate_conversation", "severity": "error",
                               "fault": "construction", "text": "so"}])  # fmt: skip
    assert survey(run([made(0), again])).findings["duplicate_conversation"] == 1


def test_findings_are_told_with_the_rows_they_stand_in(made: Rows, run: Run) -> None:
    unknown = {"code": "unknown_name", "severity": "warning", "fault": "assistant", "text": "so"}
    rows = [made(item, f"wish {item} " * 9, findings=[]) for item in range(97)]
    many = [made(item, f"wish {item} " * 9, findings=[unknown] * (1 + (item == 99)))
            for item in (97, 98, 99)]  # fmt: skip
    source = run([*rows, *many])
    found = survey(source)
    (remark,) = overview(source, found)["findings"]
    assert remark[:4] == ("unknown_name", 4, 3, "3.0%")
    assert remark.link == "#trajectories?kind=accepted&finding=unknown_name"
    listed = [line for line in found.lines if "unknown_name" in line.get("findings", ())]
    assert len(listed) == remark.rows


def test_a_row_of_another_version_is_named(made: Rows, run: Run) -> None:
    with pytest.raises(RunDirectoryError, match=r"row 7\.0 is no trajectory .*\(novelty\)"):
        survey(run([{**made(7), "novelty": 1}]))


def test_chunks_hold_functions_once_and_rows_in_order(made: Rows, lost: Rows) -> None:
    chunks = Chunks()
    for item in range(CHUNK_ROWS + 1):
        chunks.add(made(item))
    chunks.add(lost(9))
    chunks.close()
    first, second = map(opened, chunks.packed)
    assert [row["seeds"]["item"] for row in first["rows"]] == list(range(CHUNK_ROWS))
    assert len(first["functions"]) == 3
    assert first["functions"][first["rows"][5]["tools"][2]]["name"] == "plan_walk"
    assert [row.get("stage") for row in second["rows"]] == [None, "check"]
    assert "versions" not in second["rows"][0]


def test_long_texts_are_cut_and_say_so() -> None:
    row = bounded({"messages": [{"content": "x" * 1_000_000}]})
    content = row["messages"][0]["content"]
    assert content == "x" * LONGEST_TEXT + "… (900,000 more characters)"


def test_what_cannot_be_seen_is_named_and_survives_the_way() -> None:
    text = "a\x00\x1b[31m\u202eb\ud800\U000e0041\u200bé\n\t👩‍🚀"
    assert visible(text) == ("a⟨U+0000⟩⟨U+001B⟩[31m⟨U+202E⟩b⟨U+D800⟩⟨U+E0041⟩⟨U+200B⟩é\n\t👩‍🚀")
    assert json.loads(json_bytes([text])) == [text]


def test_the_sample_is_the_same_each_time() -> None:
    assert sampled("accepted", 5000, 5000) is None
    chosen = sampled("accepted", 5001, 100)
    assert chosen == sampled("accepted", 5001, 100)
    assert chosen != sampled("rejected", 5001, 100)
    assert chosen is not None
    assert len(chosen) == 100
    assert max(chosen) > 4000 > min(chosen)


def test_numbers_are_of_all_rows_though_a_sample_is_shown(made: Rows, lost: Rows, run: Run) -> None:
    source = run([made(item) for item in range(9)], [lost(9), lost(10)])
    found = survey(source, limit=4)
    seen = overview(source, found)
    assert len(found.lines) == 6
    assert sum(len(opened(chunk)["rows"]) for chunk in found.chunks.packed) == 6
    assert [figure.value for figure in seen["figures"]][:3] == ["9", "2", "82%"]
    assert seen["notes"] == [
        "Numbers are of all 11 rows; the list holds a sample of 6, drawn by their place "
        "(--limit holds more)."
    ]


def test_an_unfinished_run_says_what_is_missing(made: Rows, run: Run) -> None:
    whole = run([made()])
    source = run([made()], state="stopped", sealed={"accepted": 1, "rejected": 0},
                 summary=type(whole.summary)(accepted=8, count=20, error=""))  # fmt: skip
    assert overview(source, survey(source))["notes"] == [
        "The run is not finished (stopped): 8 of 20 asked for are accepted.",
        "7 decided rows are in no shard yet, and not in this report.",
    ]


def test_a_run_without_accepted_rows_has_no_charts(lost: Rows, run: Run) -> None:
    costs = Costs(roles=[["human", "3", "10", "2", "$0.10"], ["all", "3", "10", "2", "$0.10"]])
    source = run([], [lost()], costs=costs)
    seen = overview(source, survey(source))
    assert seen["charts"] == seen["diversity"] == []
    assert [(step.name, step.reached, step.lost) for step in seen["steps"]] == [
        ("begun", 1, 0), ("check", 1, 1), ("accepted", 0, 0)]  # fmt: skip
    assert seen["figures"][-1] == ("$0.10", "spent")
    nothing = run([])
    assert overview(nothing, survey(nothing))["steps"] == []
