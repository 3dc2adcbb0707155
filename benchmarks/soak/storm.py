"""R1: thousands of faults over real HTTP, and what came of each item.

Three runs of the command with the same seed: in fair weather, in the storm, and with the storm's
wrong answers alone (the twin). What is compared:
- storm and twin: all shards, byte for byte: faults that pass leave no trace in any row;
- storm and fair weather: the rows of every item whose journaled answers are the same in both, byte
  for byte. What makes a row a duplicate is another item, so such rows are left out on both sides,
  and so is the last item, of which no row is written beyond the count.
"""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.audit import Audit
from benchmarks.soak.command import PATIENT, generate_flags, rows_of
from benchmarks.soak.goal import Measured
from benchmarks.soak.programs import shards_of
from benchmarks.soak.server import Weather, serving
from benchmarks.soak.sizes import Size
from benchmarks.soak.zygote import Zygote
from button.run.gate import DUPLICATE, NEAR_DUPLICATE

PASSING_RATE = 0.32
UNTYPED = ("internal_error", "model_error")
"""Codes for what nobody foresaw."""
CONCURRENCY = 32
Answers = dict[int, dict[str, str]]


def measure(size: Size, nest: Zygote) -> Iterator[Measured]:
    """The storm, and what is left of it."""
    stormy = Weather(seed=3, passing_rate=PASSING_RATE, telling_rate=size.storm_wrong)
    with TemporaryDirectory() as folder:
        work = Path(folder)
        fair, _, code_fair = _run(nest, work / "fair", Weather(), size)
        twin, _, code_twin = _run(nest, work / "twin", replace(stormy, passing_rate=0), size)
        storm, seen, code = _run(nest, work / "storm", stormy, size)
        faults: Counter[str] = Counter(seen["faults"])
        log = (work / "storm.log").read_text(errors="replace")[-2000:]
        yield Measured(
            "R1 fault storm",
            f">= {size.storm_faults:,} faults of >= {size.storm_kinds} kinds over >= "
            f"{size.storm_items:,} items, exit 0",
            f"{faults.total():,} faults of {len(faults)} kinds over {_items(storm):,} items in "
            f"{seen['requests']:,} requests, exit {code}",
            faults.total() >= size.storm_faults
            and len(faults) >= size.storm_kinds
            and _items(storm) >= size.storm_items
            and (code, code_fair, code_twin) == (0, 0, 0),
            {
                "faults": dict(faults.most_common()),
                "exits": [code, code_fair, code_twin],
                "log": log,
            },
        )
        yield from _judged(storm)
        yield _like_the_twin(storm, twin)
        yield _like_fair_weather(storm, fair)


def _run(nest: Zygote, out: Path, weather: Weather, size: Size) -> tuple[Path, dict[str, Any], int]:
    with serving(nest, weather) as server:
        flags = {"count": size.storm_count, "concurrency": CONCURRENCY, "seed": 5}
        # The address is part of the configuration, not of a row.
        arguments = generate_flags(out, server.base_url, PATIENT, **flags)
        code = nest.run("cli", arguments, log=out.with_suffix(".log"))
        return out, server.stats(), code


def _items(run_dir: Path) -> int:
    manifest = json.loads((run_dir / "MANIFEST.json").read_text(encoding="utf-8"))
    return int(manifest["totals"]["items"])


def _judged(run_dir: Path) -> Iterator[Measured]:
    """Lost, duplicate, schema-invalid, untyped, without a reason: nothing of it may be there."""
    accepted, rejected = list(rows_of(run_dir, "accepted")), list(rows_of(run_dir, "rejected"))
    seen = {row["seeds"]["item"] for row in [*accepted, *rejected]}
    lost = sorted(set(range(_items(run_dir))) - seen)
    totals = json.loads((run_dir / "MANIFEST.json").read_text(encoding="utf-8"))["totals"]
    wrong_totals = totals["accepted"] != len(accepted) or sum(totals["rejected"].values()) != len(
        rejected
    )
    ids = Counter(row["id"] for row in accepted)
    audit = Audit()
    for row in accepted:
        audit.add(row)
    same = sum(n - 1 for n in ids.values()) + sum(n - 1 for n in audit.first.values())
    codes = Counter(row["code"] for row in rejected)
    mute = [row for row in rejected if not (row["code"] and row["stage"] and row["detail"])]
    yield Measured(
        "R1 nothing lost",
        "0 items without a row, 0 duplicate rows, 0 rejections without a reason",
        f"{len(lost)} lost, {same} duplicates, {len(mute)} without a reason "
        f"({len(accepted):,} accepted, {len(rejected):,} rejected)",
        not (lost or same or mute or wrong_totals) and bool(accepted),
        {"lost": lost[:20], "mute": mute[:3], "totals": totals},
    )
    yield Measured(
        "R1 schema-invalid rows",
        "0 under plain jsonschema (benchmarks/audit.py)",
        f"{audit.counts['schema-invalid']} of {audit.counts['values validated']:,} values, "
        f"{audit.broken} promises broken",
        not audit.broken and audit.counts["values validated"] > 0,
        dict(audit.report()),
    )
    untyped = {code: codes[code] for code in UNTYPED if codes[code]}
    examples = [row["detail"][:300] for row in rejected if row["code"] in UNTYPED][:5]
    yield Measured(
        "R1 untyped errors",
        "0",
        f"{sum(untyped.values())} of {len(rejected):,} rejections",
        not untyped,
        {"codes": dict(codes.most_common()), "untyped": untyped, "examples": examples},
    )


def _like_the_twin(storm: Path, twin: Path) -> Measured:
    there, here = shards_of(storm), shards_of(twin)
    different = sorted(name for name in there | here if there.get(name) != here.get(name))
    return Measured(
        "R1 storm = twin",
        "all shards equal those of a run with the wrong answers alone",
        f"{len(different)} of {len(there)} files differ",
        not different and len(there) > 1,
        {"different": different},
    )


def _like_fair_weather(storm: Path, fair: Path) -> Measured:
    there, here = _answers(storm), _answers(fair)
    both = range(min(_items(storm), _items(fair)) - 1)
    untouched = [item for item in both if there[item] == here[item]]
    rows_there, rows_here = _rows_by_item(storm), _rows_by_item(fair)
    compared = [item for item in untouched if not rows_there[item].twins | rows_here[item].twins]
    different = [item for item in compared if rows_there[item].rows != rows_here[item].rows]
    return Measured(
        "R1 storm = fair weather",
        "same rows for each item that got the same answers",
        f"{len(compared):,} of {len(both):,} items compared, {len(different)} differ",
        not different and 0 < len(compared) < len(both),
        {"different": different[:20], "touched": len(both) - len(untouched)},
    )


def _answers(run_dir: Path) -> Answers:
    """What each step of each item was answered: ids and usage, which servers make up, left out."""
    found: Answers = defaultdict(dict)
    with closing(sqlite3.connect(run_dir / "run.db")) as connection:
        for item, step, response in connection.execute("SELECT item, step, response FROM call"):
            said = json.loads(response)
            said.pop("usage", None)
            for call in [*said.get("tool_calls", ()), *said.get("invalid_tool_calls", ())]:
                call.pop("id", None)
            found[item][step] = json.dumps(said, sort_keys=True)
    return found


class _Rows:
    def __init__(self) -> None:
        self.rows: list[str] = []
        self.twins = False
        """Whether one was rejected because another item said the same, or nearly, before."""


def _rows_by_item(run_dir: Path) -> dict[int, _Rows]:
    found: dict[int, _Rows] = defaultdict(_Rows)
    for kind in ("accepted", "rejected"):
        for row in rows_of(run_dir, kind):
            rows = found[row["seeds"]["item"]]
            rows.rows.append(json.dumps(row))
            rows.twins |= row.get("code") in (DUPLICATE, NEAR_DUPLICATE)
    return found
