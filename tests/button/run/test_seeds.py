import json
from pathlib import Path
from typing import Any

import pytest

from button.errors import InputError
from button.run.seeds import SeedReading, read_functions, read_seeds

TOOLS = json.dumps([{"name": "f", "description": "d", "parameters": {}}])


def sharegpt(text: str = "Book me a table.", tools: str = TOOLS, **more: Any) -> dict[str, Any]:
    turns = [{"from": "human", "value": text}, {"from": "gpt", "value": "Where?"}]
    return {"conversations": turns, "tools": tools, **more}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("\n".join(r if isinstance(r, str) else json.dumps(r) for r in rows) + "\n")
    return path


def consistent(reading: SeedReading) -> bool:
    counts = reading.counts
    return (
        counts["total"] == counts["used"] + counts["skipped"]
        and counts["used"] == len(reading.seeds)
        and counts["skipped"] == len(reading.skipped)
    )


def test_sharegpt_as_lines_and_as_a_list(tmp_path: Path) -> None:
    lines = read_seeds([write(tmp_path / "a.jsonl", sharegpt(), sharegpt("Another one."))])
    (tmp_path / "b.json").write_text(json.dumps([sharegpt(), sharegpt("Another one.")], indent=1))
    listed = read_seeds([tmp_path / "b.json"])
    assert [s.messages for s in lines.seeds] == [s.messages for s in listed.seeds]
    assert [s.source for s in lines.seeds] == ["a.jsonl:1", "a.jsonl:2"]
    assert [m.role for m in lines.seeds[0].messages] == ["user", "assistant"]
    assert lines.seeds[0].kind == "conversation"


def test_calls_and_their_results_are_part_of_the_conversation(tmp_path: Path) -> None:
    row = {
        "system": "Be kind.",
        "conversations": [
            {"from": "human", "value": "Weather?"},
            {"from": "function_call", "value": '{"name": "w"}'},
            {"from": "observation", "value": '{"t": 3}'},
            {"from": "gpt", "value": "Cold."},
        ],
    }
    (seed,) = read_seeds([write(tmp_path / "a.jsonl", row)]).seeds
    assert [m.role for m in seed.messages] == ["system", "user", "assistant", "tool", "assistant"]


def test_raw_glaive(tmp_path: Path) -> None:
    chat = (
        'USER: News?\n\n\nASSISTANT: <functioncall> {"name": "news", "arguments": \'{}\'} '
        '<|endoftext|>\n\n\nFUNCTION RESPONSE: {"headlines": []}\n\n\nASSISTANT: None today.\n'
        "USER: is what you said <|endoftext|>\n"
    )
    row = {"system": "SYSTEM: no access to external functions.", "chat": chat}
    (seed,) = read_seeds([write(tmp_path / "a.jsonl", row)]).seeds
    assert [m.role for m in seed.messages] == ["user", "assistant", "tool", "assistant", "user"]
    assert seed.messages[0].text == "News?"
    assert not any("endoftext" in m.text for m in seed.messages)


def test_raw_glaive_without_functions_is_skipped(tmp_path: Path) -> None:
    row = {
        "system": "SYSTEM: no access to external functions.",
        "chat": "USER: Hi\n\nASSISTANT: Hi",
    }
    defined = {"system": 'SYSTEM: functions\n{"name": "f"}', "chat": row["chat"]}
    reading = read_seeds([write(tmp_path / "a.jsonl", row, defined)])
    assert [skip.reason for skip in reading.skipped] == ["no tools: nothing to call in it"]
    assert consistent(reading)


def test_openai_messages(tmp_path: Path) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "w", "arguments": "{}"}}
    row = {
        "messages": [
            {"role": "developer", "content": "Be kind."},
            {"role": "user", "content": [{"type": "text", "text": "Weather?"}]},
            {"role": "assistant", "content": None, "tool_calls": [call]},
            {"role": "tool", "content": "3", "tool_call_id": "c1"},
        ]
    }
    (seed,) = read_seeds([write(tmp_path / "a.jsonl", row)]).seeds
    assert [m.role for m in seed.messages] == ["system", "user", "assistant", "tool"]
    assert seed.messages[1].text == "Weather?"
    assert '"name":"w"' in seed.messages[2].text


def test_scenario_lines(tmp_path: Path) -> None:
    path = tmp_path / "scenarios.txt"
    path.write_text("# mine\n\nplanning a  trip\nbooking a table for two\n" + "word " * 11 + "\n")
    reading = read_seeds([path])
    assert [(s.kind, s.text, s.source) for s in reading.seeds] == [
        ("scenario", "planning a trip", "scenarios.txt:3"),
        ("scenario", "booking a table for two", "scenarios.txt:4"),
    ]
    (skip,) = reading.skipped
    assert (skip.file, skip.line, skip.kind) == ("scenarios.txt", 5, "scenario too long")
    assert "11 words" in skip.reason


def test_plain_lines_are_seen_without_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "scenarios"
    path.write_text("planning a trip\n")
    assert read_seeds([path]).seeds[0].text == "planning a trip"


def test_scenario_rows_and_chats_may_stand_in_one_file(tmp_path: Path) -> None:
    rows = [{"scenario": "planning a trip"}, sharegpt(), {"scenario": " "}, {"other": 1}, 3]
    reading = read_seeds([write(tmp_path / "a.jsonl", *rows)])
    assert [s.kind for s in reading.seeds] == ["scenario", "conversation"]
    assert [s.kind for s in reading.skipped] == ["empty scenario", "unknown form", "unknown form"]
    assert consistent(reading)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (sharegpt(tools="[]"), "no tools"),
        (sharegpt(tools=""), "no tools"),
        (sharegpt(tools="{broken"), "no tools"),
        (sharegpt(text=" "), "no human turn"),
        ({"conversations": [{"from": "wizard", "value": "x"}], "tools": TOOLS}, "malformed chat"),
        ({"conversations": ["x"], "tools": TOOLS}, "malformed chat"),
        ({"messages": [{"role": "user", "content": 3}], "tools": [1]}, "malformed chat"),
        ({"function": [{"name": "f"}]}, "function catalogue"),
        ("{broken", "broken JSON"),
        ('{"scenario": "a", "scenario": "b"}', "broken JSON"),
    ],
)
def test_what_is_of_no_use_is_skipped_with_file_line_and_reason(
    tmp_path: Path, row: Any, kind: str
) -> None:
    reading = read_seeds([write(tmp_path / "a.jsonl", {"scenario": "planning a trip"}, row)])
    (skip,) = reading.skipped
    assert (skip.file, skip.line, skip.kind) == ("a.jsonl", 2, kind)
    assert str(skip).startswith(f"a.jsonl:2: {kind}: ")
    assert "\n" not in str(skip)
    assert reading.counts[kind] == 1


def test_duplicates_are_skipped_across_files(tmp_path: Path) -> None:
    one = write(tmp_path / "a.jsonl", sharegpt(), sharegpt())
    two = write(tmp_path / "b.jsonl", sharegpt())
    reading = read_seeds([one, two])
    assert len(reading.seeds) == 1
    assert [str(skip) for skip in reading.skipped] == [
        "a.jsonl:2: duplicate: the same as a.jsonl:1",
        "b.jsonl:1: duplicate: the same as a.jsonl:1",
    ]
    assert consistent(reading)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jsonl", b""), ("a.jsonl", b"\n\n"), ("a.txt", b"# only\n"), ("a.json", b"[]"),
     ("a.jsonl", b"\xff\xfe"), ("a.txt", b"caf\xe9\n"), ("a.jsonl", b'{"other": 1}\n'),
     ("a.json", b"{"), ("b.jsonl", None)],
)  # fmt: skip
def test_a_file_of_no_use_is_an_error_of_one_line(
    tmp_path: Path, name: str, content: bytes | None
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InputError, match=name) as caught:
        read_seeds([path])
    assert "\n" not in str(caught.value)


def test_a_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a directory"):
        read_seeds([tmp_path])
    with pytest.raises(InputError, match="is a directory"):
        read_functions([tmp_path])


def test_functions_become_one_seed_per_group(tmp_path: Path) -> None:
    function = {"name": "a.b", "description": "d", "parameters": {"type": "dict", "properties": {}}}
    bad = {"name": "bad", "parameters": {}}
    one = write(tmp_path / "a.jsonl", {"function": [function, bad]}, {"function": [function]})
    reading = read_functions([one])
    (seed,) = reading.seeds
    assert (seed.kind, seed.source, seed.functions[0].name) == ("functions", "a.jsonl:1", "a_b")
    assert [str(skip) for skip in reading.skipped] == [
        "a.jsonl:1: no-description: function 'bad' has no description"
    ]
    expected = {"total": 3, "used": 2, "skipped": 1, "groups": 1, "merged groups": 1}
    assert {key: reading.counts[key] for key in expected} == expected
