"""Datasets from seeds and functions that nobody here wrote, with the embedded model."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from button.context import Context
from button.run.pipeline import plan_of, simulator_of
from button.run.reading import read_rows
from button.run.runner import generate
from button.run.seeds import SeedReading, read_functions, read_seeds

SHARED = Path(__file__).parents[2].parent / "shared" / "data"
GLAIVE = SHARED / "glaive_seed_chats"
BFCL = SHARED / "bfcl_v4"

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason=f"no real data at {SHARED}")

WITHOUT_DEFINITIONS = ("multi_turn_base", "miss_")


async def dataset(reading: SeedReading, out: Path) -> tuple[list[Any], list[Any]]:
    context = Context()
    plan = plan_of(out, context, reading, count=None, concurrency=16)
    summary = await generate(plan, simulator_of(context))
    print(f"counts {reading.counts}, {summary.accepted} accepted, rejected {summary.rejected}")
    return list(read_rows(out)), list(read_rows(out, "rejected"))


async def test_all_usable_glaive_chats_give_a_dataset(tmp_path: Path) -> None:
    files = sorted([*GLAIVE.glob("*.json"), *GLAIVE.glob("*.jsonl")])
    reading = read_seeds(files)
    assert reading.counts["used"] + reading.counts["skipped"] == reading.counts["total"]
    accepted, rejected = await dataset(reading, tmp_path / "run")
    assert len(accepted) >= reading.counts["used"]
    assert {row["scenario"]["origin"] for row in accepted} == {"extracted", "expanded"}
    used = {row["seeds"]["source"] for row in [*accepted, *rejected]}
    assert used == {seed.source for seed in reading.seeds}
    assert all(row["code"] and row["detail"] for row in rejected)


async def test_the_bfcl_catalogue_gives_a_dataset_of_its_functions(tmp_path: Path) -> None:
    files = sorted([*BFCL.glob("*.jsonl"), *BFCL.glob("multi_turn_func_doc/*.jsonl")])
    files = [file for file in files if not any(m in file.name for m in WITHOUT_DEFINITIONS)]
    reading = read_functions(files)
    chosen = reading._replace(seeds=reading.seeds[::6])
    accepted, rejected = await dataset(chosen, tmp_path / "run")
    assert len(accepted) >= len(chosen.seeds)
    known = {function.name for seed in reading.seeds for function in seed.functions}
    called = Counter(
        call["function"]["name"]
        for row in accepted
        for message in row["messages"]
        for call in message.get("tool_calls", ())
    )
    assert called.keys() <= known
    assert len(called) >= 150
    assert all(row["code"] and row["detail"] for row in rejected)
