"""Requests that are nearly those of earlier rows are dropped or marked in item order, always."""

import json
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.canonical import derived_random
from button.checks.across import NearDuplicates, request_signature
from button.checks.across.minhash import pack_signatures
from button.checks.across.numbers import Numbers, pack
from button.records import Seed
from button.run.gate import NEAR_DUPLICATE, Decision, Gate, RowKey
from button.run.layout import RunLayout
from button.run.plan import NearPolicy, Outcome
from button.run.row_facts import RowFacts, message_digest
from button.run.runner import generate
from button.run.status import status_of
from button.run.verify import verify

WORDS = [f"w{number}" for number in range(40)]


def request(family: int, change: int) -> str:
    """Of one family all are alike, the less so the further apart their changes are."""
    said = [f"{word}x{family}" for word in WORDS]
    said[:change] = [f"other{number}" for number in range(change)]
    return " ".join(said)


def facts(family: int, change: int) -> RowFacts:
    said = request(family, change)
    return RowFacts(True, digest=message_digest(said), near=request_signature(said))


rows = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), min_size=1, max_size=25)
policies = st.sampled_from(["drop", "mark", "keep"])


@given(rows, policies, st.integers(0, 25), st.integers(0, 25))
def test_a_run_that_goes_on_decides_as_one_that_was_never_stopped(
    drawn: list[tuple[int, int]], policy: NearPolicy, kept: int, lost: int
) -> None:
    """What is sealed is known by its accepted rows alone; the rest is decided again."""
    keyed = [(RowKey(item, 0), facts(*each)) for item, each in enumerate(drawn)]
    whole = Gate(None, policy).replay(keyed)
    accepted = [each for each in whole if each.kind == "accepted"][:kept]
    rejected = [each for each in whole if each.kind == "rejected"][:lost]
    gone = {each.key for each in (*accepted, *rejected)}
    first, near = Numbers(), NearDuplicates()
    first.load(pack((digest(each), each.key.number) for each in accepted))
    near.load(pack_signatures((each.key.number, each.facts.near or b"") for each in accepted))
    again = Gate(None, policy, accepted=len(accepted), first=first, near=near)
    rest = again.replay((key, each) for key, each in keyed if key not in gone)
    assert rest == [each for each in whole if each.key not in gone]


def digest(decision: Decision) -> int:
    return int.from_bytes(decision.facts.digest or b"", "big")


def test_a_dropped_row_hides_none_and_the_most_similar_one_is_named() -> None:
    near, far = facts(1, 2), facts(1, 12)
    gate = Gate(None)
    made = gate.replay((RowKey(n, 0), each) for n, each in enumerate([facts(1, 0), near, far]))
    assert [(each.code, each.duplicate_of) for each in made] == [
        (None, None), (NEAR_DUPLICATE, RowKey(0, 0)), (None, None)
    ]  # fmt: skip
    (last,) = gate.replay([(RowKey(3, 0), facts(1, 11))])
    assert last.duplicate_of == RowKey(2, 0)
    assert gate.accepted == 2


async def play(world: ModuleType, run_dir: Path, policy: str, **changes: Any) -> dict[str, bytes]:
    async def simulate(item: int, seed: Seed) -> list[Outcome]:
        random = derived_random("near", item)
        said = request(random.randrange(40), random.randrange(4))
        outcome: Outcome = world.accepted(world.row_of(item, 0, said, findings=[]))
        return [outcome]

    configuration = {"root_seed": 0, "near_duplicates": policy}
    plan = world.plan_for(run_dir, configuration=configuration, shard_rows=7, **changes)
    await generate(plan, simulate)
    assert verify(RunLayout(run_dir)) == []
    product: dict[str, bytes] = world.product(run_dir)
    return product


def rows_of(product: dict[str, bytes], kind: str) -> list[dict[str, Any]]:
    files = [text for name, text in sorted(product.items()) if name.startswith(kind)]
    return [json.loads(line) for text in files for line in text.splitlines()]


@pytest.mark.parametrize("policy", ["drop", "mark"])
async def test_a_run_that_is_continued_has_the_same_bytes(
    world: ModuleType, tmp_path: Path, policy: str
) -> None:
    whole = await play(world, tmp_path / "whole", policy, count=30, concurrency=16)
    for count in (4, 17, 30):
        await play(world, tmp_path / "parts", policy, count=count, concurrency=3)
    assert world.product(tmp_path / "parts") == whole
    accepted, rejected = rows_of(whole, "accepted"), rows_of(whole, "rejected")
    marked = [row for row in accepted if row["findings"]]
    told = [row["detail"] for row in rejected if row["code"] == NEAR_DUPLICATE]
    if policy == "mark":
        told = [row["findings"][-1]["text"] for row in marked]
        assert all(row["findings"][-1]["code"] == NEAR_DUPLICATE for row in marked)
    assert told
    assert bool(marked) == (policy == "mark")
    assert told[0].startswith("what the human says is nearly that of item ")
    assert status_of(RunLayout(tmp_path / "whole")).rejected == {
        code: sum(row["code"] == code for row in rejected)
        for code in {row["code"] for row in rejected}
    }
