"""Chats and catalogues that nobody here wrote."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from button.errors import InputError
from button.run.seeds import read_functions, read_seeds
from tools.catalogue import read_catalogue
from tools.gate import gate_problems
from tools.validation import fits

DATA = Path(__file__).parents[2].parent / "shared" / "data"
GLAIVE = DATA / "glaive_seed_chats"
BFCL = DATA / "bfcl_v4"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="no ../shared/data beside the checkout")


def show(*figures: object) -> None:
    print(*figures)


def test_every_glaive_chat_is_used_or_skipped_with_a_reason() -> None:
    files = sorted(GLAIVE.glob("*.json*"))
    reading = read_seeds(files)
    show("glaive", reading.counts)
    assert len(files) == 3
    assert reading.counts["total"] == 198 + 48 + 5
    assert reading.counts["total"] == reading.counts["used"] + reading.counts["skipped"]
    # 78 English and 16 Chinese chats have neither tools nor calls; the rest are exact repetitions.
    assert reading.counts["no tools"] == 94
    assert set(reading.counts) - {"total", "used", "skipped"} == {"no tools", "duplicate"}
    assert reading.counts["used"] == 136
    assert all(any(m.role == "user" for m in seed.messages) for seed in reading.seeds)
    assert len({seed.id for seed in reading.seeds}) == len(reading.seeds)


def bfcl_catalogues() -> list[Path]:
    documentation = sorted((BFCL / "multi_turn_func_doc").glob("*.jsonl"))
    rows = [path for path in sorted(BFCL.glob("*.jsonl")) if not path.name.startswith("multi_turn")]
    return rows + documentation


def definitions(path: Path) -> Iterator[dict[str, Any]]:
    for line in path.read_text().splitlines():
        row = json.loads(line)
        yield from row.get("function", []) if "parameters" not in row else [row]


def test_every_bfcl_function_passes_the_gate_or_is_skipped_with_a_reason() -> None:
    files = bfcl_catalogues()
    there = sum(1 for path in files for _ in definitions(path))
    reading = read_functions(files)
    show("bfcl", reading.counts)
    assert there == 2_289
    assert reading.counts["total"] == there
    assert reading.counts["used"] == there
    assert reading.skipped == []
    assert reading.counts["groups"] == len(reading.seeds)
    for seed in reading.seeds:
        assert gate_problems(seed.functions, returns_required=False) == []
    with_returns = {f.id for seed in reading.seeds for f in seed.functions if f.returns}
    assert len(with_returns) > 100


def test_bfcl_files_without_definitions_say_so() -> None:
    others = sorted({*BFCL.rglob("*.jsonl")} - {*bfcl_catalogues()})
    assert others
    for path in others:
        with pytest.raises(InputError, match="no usable function"):
            read_functions([path])


def test_notes_count_what_was_changed_in_bfcl() -> None:
    notes = {}
    for path in bfcl_catalogues():
        for kind, count in read_catalogue(path).notes.items():
            notes[kind] = notes.get(kind, 0) + count
    show("bfcl notes", notes)
    assert notes["type 'dict' is 'object'"] == 2_289
    assert notes["name made legal"] == 489


def test_gold_calls_of_bfcl_fit_the_mapped_signatures() -> None:
    """The mapping neither refuses real calls by closing objects nor gets a type wrong."""
    fitting = tried = 0
    for name in ("simple_python", "multiple", "parallel", "parallel_multiple"):
        questions = (BFCL / f"{name}.jsonl").read_text().splitlines()
        answers = (BFCL / "possible_answer" / f"{name}.jsonl").read_text().splitlines()
        gold = {row["id"]: row["ground_truth"] for row in map(json.loads, answers)}
        catalogue = read_catalogue(BFCL / f"{name}.jsonl")
        groups = {group.line: group.functions for group in catalogue.groups}
        for line, row in enumerate(map(json.loads, questions), 1):
            functions = {f.original_name or f.name: f for f in groups[line]}
            for call in gold[row["id"]]:
                ((function, arguments),) = call.items()
                tried += 1
                fitting += fits(functions[function].parameters, first_choice(arguments))
    show(f"bfcl gold calls: {fitting} of {tried} fit")
    assert tried == 581
    # The one misfit is a fault of the set: an expression in place of a list.
    assert fitting == 580


def first_choice(arguments: dict[str, list[Any]]) -> dict[str, Any]:
    """The first acceptable value of each argument; "" as the first means it may be left out."""
    return {name: plain(values[0]) for name, values in arguments.items() if values[0] != ""}


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return first_choice(value)
    return [plain(item) for item in value] if isinstance(value, list) else value


CATALOGUES = {
    "seal_tools/tool.jsonl": (3_441, 3_441),
    "nestful/glaive-spec.json": (70, 66),
    "taubench_airline_gpt4o/airline_tools.json": (14, 14),
    "mcp_tools/filesystem.json": (14, 14),
    "mcp_tools/google-maps.json": (7, 7),
    "mcp_tools/memory.json": (9, 9),
    "nemo_gym_tooluse/workplace_tools/calendar.json": (5, 5),
}


@pytest.mark.parametrize("name", CATALOGUES)
def test_catalogues_of_other_dialects(name: str) -> None:
    reading = read_functions([DATA / name])
    show(name, reading.counts)
    assert (reading.counts["total"], reading.counts["used"]) == CATALOGUES[name]
    assert all(skip.reason for skip in reading.skipped)
