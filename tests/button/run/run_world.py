"""A pretended simulation, a pure function of the item; also a program that tests kill.

Called as a program: RUN_DIR COUNT CONCURRENCY [SLOWNESS].
"""

import asyncio
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from button.canonical import content_hash, derived_random
from button.models.journal import active_journal
from button.records import Rejection, Seed, SeedUse, Versions
from button.run.plan import Handling, Outcome, RunPlan
from button.run.runner import generate
from button.run.stored_seeds import seeds_hash

__all__ = ["generate", "seeds_hash"]
VERSIONS = Versions(prompts={"human": "aa"}, code="bb")
SEEDS = 400
BILL = "RUN_WORLD_BILL"
"""Environment variable that names the file of all paid calls."""
HANDLING = [field.name for field in fields(Handling)]


def seed_of(item: int) -> Seed | None:
    if item >= SEEDS:
        return None
    return Seed(kind="scenario", source=f"built-in:{item}", text=f"scenario {item}")


def row_of(item: int, variant: int, message: str, calls: int = 2, **changes: Any) -> dict[str, Any]:
    """The parts of a trajectory that a run reads, and some ballast."""
    tool_calls = [
        {
            "id": f"call{item:04d}{number}",
            "type": "function",
            "function": {
                "name": f"function_{item % 7}",
                "arguments": {"city": "Lyon", "n": number},
            },
        }
        for number in range(calls)
    ]
    body: dict[str, Any] = {
        "strategy": "sequential" if item % 2 else "parallel_then_sequential",
        "scenario": {"text": f"scenario {item % 50}", "origin": "given"},
        "task": {
            "text": f"task {item}",
            "sub_tasks": [
                {"id": "t1", "text": "first", "depends_on": [], "functions": ["function"]},
                {"id": "t2", "text": "then", "depends_on": ["t1"], "functions": []},
            ],
        },
        "tools": [{"type": "function", "function": {"name": f"function_{item % 7}"}}],
        "messages": [
            {"role": "system", "content": "today"},
            {"role": "user", "content": message},
            {"role": "assistant", "content": "", "tool_calls": tool_calls},
            {"role": "assistant", "content": "done é漢", "is_final": True},
        ],
        "seeds": {"seed_id": "s", "source": "x", "root": 0, "item": item, "variant": variant},
    } | changes
    return {"id": content_hash(body), **body}


def accepted(row: dict[str, Any]) -> Outcome:
    return {"kind": "accepted", "row": row}


def rejected(item: int, code: str) -> Outcome:
    seeds = SeedUse(seed_id="s", source="x", root=0, item=item, variant=0)
    rejection = Rejection(
        stage="conversation", role="assistant", code=code, detail="d", seeds=seeds
    )
    return {"kind": "rejected", "row": rejection.to_json()}


def outcomes_of(item: int) -> list[Outcome]:
    """Rejections, duplicates, several rows an item, none at all, and a crash, by the item."""
    random = derived_random("outcomes", item)
    if random.random() < 0.04:
        raise LookupError(f"no row for {item} in {object()!r}")
    outcomes = []
    for variant in range(random.choice([0, 1, 1, 2, 3])):
        if random.random() < 0.25:
            outcomes.append(rejected(item, random.choice(["turn_limit", "nowhere"])))
        else:
            topic = random.randrange(60) if random.random() < 0.3 else 1000 * item + variant
            outcomes.append(accepted(row_of(item, variant, f"Please  Do {topic}")))
    return outcomes


def pay(call: str) -> None:
    """Write a call to an endpoint on the bill, where there is one."""
    if bill := os.environ.get(BILL):
        with Path(bill).open("a", encoding="utf-8") as stream:
            stream.write(f"{call}\n")


async def simulate(item: int, seed: Seed, slowness: float = 0.001) -> list[Outcome]:
    """Asks an endpoint once (journaled), waits in an order of its own, and ends."""
    journal = active_journal.get()
    assert journal is not None
    if journal.lookup(item, "0/human/0/0", f"hash of {item}") is None:
        pay(f"{item} 0/human/0/0")
        await journal.commit(
            item, "0/human/0/0", f"hash of {item}", "human", {"text": "hi"}, durable=True
        )
    await journal.commit(item, "0/tool/0/0", "h", "tool", {"text": "free"}, durable=False)
    await asyncio.sleep(derived_random("delay", item, os.getpid()).random() * slowness)
    return outcomes_of(item)


def plan_for(run_dir: Path, **changes: Any) -> RunPlan:
    values: dict[str, Any] = {
        "run_dir": run_dir,
        "configuration": {"root_seed": 0},
        "versions": VERSIONS,
        "seed_of": seed_of,
        "count": 100,
        "shard_rows": 30,
        "skipped": {"no tools": 3},
    }
    handling = {"concurrency": 4, "drain_s": 0.05}
    handling |= {key: changes.pop(key) for key in HANDLING if key in changes}
    return RunPlan(**values | changes, handling=Handling(**handling))


def product(run_dir: Path) -> dict[str, bytes]:
    """All files that must not depend on how a run was made."""
    shards = sorted((run_dir / "shards").iterdir())
    return {path.name: path.read_bytes() for path in [*shards, run_dir / "MANIFEST.json"]}


async def main(run_dir: str, count: str, concurrency: str, slowness: str = "0.001") -> None:
    plan = plan_for(Path(run_dir), count=int(count), concurrency=int(concurrency))
    await generate(plan, lambda item, seed: simulate(item, seed, float(slowness)))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
