"""Rows that are there already, and rows that stand in a benchmark."""

import dataclasses
import subprocess
import sys
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from button.checks import Conversation
from button.checks.across import Benchmark, Duplicates, Fingerprint, NearDuplicates, scan
from button.checks.across.features import grams
from button.checks.across.minhash import signature
from button.records import Message, Trajectory

FILLER = "While you are at it, also tell me what the weather is going to be like over there."


def said(talk: Conversation, text: str) -> Conversation:
    """The conversation with other words of the human."""
    messages = list(talk.messages)
    messages[1] = messages[1].model_copy(update={"content": text})
    return dataclasses.replace(talk, messages=tuple(messages))


def found(talks: Sequence[Conversation], benchmark: Benchmark | None = None) -> list[set[str]]:
    rows = scan(talks, duplicates=benchmark is None, benchmark=benchmark)
    return [{finding.code for finding in row} for row in rows]


@pytest.fixture
def train(sequential: Trajectory) -> Conversation:
    return Conversation(sequential.messages, sequential.tools)


@pytest.fixture
def hotel(parallel: Trajectory) -> Conversation:
    return Conversation(parallel.messages, parallel.tools)


def test_the_same_row_again_is_named_once_with_the_first_row(
    train: Conversation, hotel: Conversation
) -> None:
    rows = list(scan([train, hotel, train]))
    assert rows[:2] == [[], []]
    ((finding,),) = rows[2:]
    assert (finding.code, finding.severity) == ("duplicate_conversation", "error")
    assert "row 0" in finding.text


def test_another_spelling_is_the_same_request(train: Conversation, hotel: Conversation) -> None:
    shouted = said(hotel, train.messages[1].content.upper().replace(",", " -"))
    assert found([train, shouted]) == [set(), {"duplicate_request"}]


def test_a_few_other_words_are_a_near_duplicate(train: Conversation) -> None:
    long = said(train, f"{train.messages[1].content} {FILLER}")
    other = said(train, long.messages[1].content.replace("sister", "brother"))
    codes = found([long, other])[1]
    assert codes >= {"near_duplicate_request", "near_duplicate_conversation"}
    assert "duplicate_functions" in codes


def test_two_requests_are_no_duplicates(train: Conversation, hotel: Conversation) -> None:
    assert found([train, hotel]) == [set(), set()]


def test_a_conversation_without_words_is_like_no_other() -> None:
    empty = Conversation((), ())
    assert found([empty, empty]) == [set(), set()]


def test_a_request_out_of_a_benchmark(train: Conversation, hotel: Conversation) -> None:
    benchmark = Benchmark([said(hotel, f"Hello! {train.messages[1].content}")])
    assert found([said(train, train.messages[1].content)], benchmark) == [{"contaminated_text"}]
    assert found([said(train, f"{FILLER} {FILLER.replace('you', 'we')}")], benchmark) == [set()]


def test_functions_and_calls_out_of_a_benchmark(train: Conversation) -> None:
    benchmark = Benchmark([said(train, "Something else altogether was wanted there.")])
    assert found([train], benchmark) == [{"contaminated_calls", "contaminated_function"}]
    other = dataclasses.replace(train, messages=train.messages[:2], tools=())
    assert found([other], benchmark) == [set()]


def test_a_benchmark_of_short_requests_is_met_only_by_the_whole(train: Conversation) -> None:
    benchmark = Benchmark([said(train, "Please book a table")])
    tools: tuple[dict[str, object], ...] = ()
    alone = Conversation((Message(role="system"), Message(role="user", content="x")), tools)
    assert found([said(alone, "please book a TABLE")], benchmark) == [{"contaminated_text"}]
    assert found([said(alone, "Please book a table for two")], benchmark) == [set()]


def bins(features: frozenset[int]) -> memoryview:
    made = signature(features)
    assert made
    return memoryview(made).cast("H")


@settings(max_examples=30)
@given(st.integers(0, 2**32), st.integers(40, 120), st.floats(0, 1))
def test_signatures_estimate_how_much_sets_share(seed: int, size: int, share: float) -> None:
    common = grams(" ".join(f"w{seed + i}" for i in range(int(size * share) + 1)), 1)
    left = common | grams(" ".join(f"l{seed + i}" for i in range(size)), 1)
    right = common | grams(" ".join(f"r{seed + i}" for i in range(size)), 1)
    true = len(left & right) / len(left | right)
    same = sum(a == b for a, b in zip(bins(left), bins(right), strict=True)) / 48
    assert abs(same - true) < 0.4
    assert signature(left) == signature(frozenset(left))


def test_near_duplicates_are_found_and_others_are_not() -> None:
    sets = [grams(" ".join(f"w{row}x{i}" for i in range(60)), 1) for row in range(200)]
    near = NearDuplicates()
    for row, each in enumerate(sets):
        made = signature(each)
        assert made
        assert near.most_like(made, row) is None
        near.add(row, made)
    for row, each in enumerate(sets):
        changed = signature(frozenset(sorted(each)[3:]) | {row})
        assert changed
        hit = near.most_like(changed, len(sets))
        assert hit is not None
        assert hit[0] == row
        assert near.most_like(changed, row) is None


def test_every_process_finds_the_same() -> None:
    code = (
        "from button.checks.across.features import grams\n"
        "from button.checks.across.minhash import pack_signatures, signature\n"
        "print(signature(grams('the same words in every process, however often', 2)))"
    )
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] != ""


def test_rows_are_counted_also_where_they_are_empty(train: Conversation) -> None:
    seen = Duplicates()
    assert seen.add(Fingerprint.of(Conversation((), ()))) == []
    assert seen.add(Fingerprint.of(train)) == []
    (finding,) = seen.add(Fingerprint.of(train))
    assert "row 1" in finding.text
