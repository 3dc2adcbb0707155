from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from button.run.gate import RUNAWAY_ITEMS, Decision, Gate, RowKey
from button.run.row_facts import RowFacts, message_digest


def kept(text: str) -> RowFacts:
    return RowFacts(accepted=True, digest=message_digest(text), strategy="sequential")


def dropped(code: str = "turn_limit") -> RowFacts:
    return RowFacts(accepted=False, code=code)


rows = st.one_of(st.sampled_from("abcdefgh").map(kept), st.builds(dropped))
items = st.lists(st.lists(rows, max_size=4), max_size=30)


@given(items, st.integers(1, 12), st.data())
def test_decisions_do_not_depend_on_the_order_of_arrival(
    items: list[list[RowFacts]], count: int, data: Any
) -> None:
    def decisions(order: list[int]) -> tuple[list[Decision], int, object]:
        gate = Gate(count)
        made = [decision for item in order for decision in gate.settle(item, items[item])]
        return made, gate.items, gate.stop

    in_order = list(range(len(items)))
    assert decisions(data.draw(st.permutations(in_order))) == decisions(in_order)


@given(items, st.integers(1, 12), st.integers(0, 12))
def test_a_higher_count_only_adds_decisions(
    items: list[list[RowFacts]], count: int, more: int
) -> None:
    def decisions(count: int) -> list[Decision]:
        gate = Gate(count)
        return [made for item, rows in enumerate(items) for made in gate.settle(item, rows)]

    fewer = decisions(count)
    assert decisions(count + more)[: len(fewer)] == fewer


@given(items, st.integers(1, 12))
def test_accepted_rows_are_distinct_and_at_most_the_count(
    items: list[list[RowFacts]], count: int
) -> None:
    gate = Gate(count)
    made = [decision for item, rows in enumerate(items) for decision in gate.settle(item, rows)]
    digests = [decision.facts.digest for decision in made if decision.kind == "accepted"]
    assert len(digests) == len(set(digests)) == gate.accepted <= count
    assert (gate.accepted == count) == (gate.stop == "count")
    for decision in made:
        if decision.duplicate_of is not None:
            assert decision.duplicate_of < decision.key
            assert items[decision.duplicate_of.item][decision.duplicate_of.position].digest == (
                decision.facts.digest
            )


def test_settled_items_wait_for_lower_ones() -> None:
    gate = Gate(None)
    assert gate.settle(1, [kept("b")]) == []
    assert (gate.holds(1), gate.accepted, gate.hopeful) == (True, 0, 1)
    made = gate.settle(0, [kept("B  ".strip().lower()), dropped()])
    assert [decision.key for decision in made] == [RowKey(0, 0), RowKey(0, 1), RowKey(1, 0)]
    assert made[-1].duplicate_of == RowKey(0, 0)
    assert (made[-1].kind, made[-1].code) == ("rejected", "duplicate_first_message")
    assert (gate.holds(1), gate.accepted, gate.hopeful, gate.items) == (False, 1, 1, 2)


def test_messages_are_compared_without_case_and_white_space() -> None:
    assert message_digest("Book\n a  TABLE ") == message_digest("book a table")
    assert message_digest("book a table") != message_digest("book a table.")


def test_rows_after_the_count_are_not_decided() -> None:
    gate = Gate(1)
    made = gate.settle(0, [dropped(), kept("a"), dropped(), kept("b")])
    assert [decision.key.position for decision in made] == [0, 1]
    assert gate.stop == "count"


def test_runaway_stops_only_after_enough_items() -> None:
    gate = Gate(None)
    for item in range(RUNAWAY_ITEMS - 1):
        gate.settle(item, [dropped()])
    assert gate.stop is None
    gate.settle(RUNAWAY_ITEMS - 1, [dropped()])
    assert gate.stop == "runaway"
    fair = Gate(None)
    for item in range(RUNAWAY_ITEMS):
        fair.settle(item, [kept(str(item)) if item % 20 == 0 else dropped()])
    assert fair.stop is None
