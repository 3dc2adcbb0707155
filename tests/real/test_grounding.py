"""What the checks find in conversations of others, and what they notice when an id is swapped."""

from collections import Counter
from pathlib import Path

import pytest

from benchmarks import real_data
from benchmarks.real_data import DATASETS, TAU, Dataset, Measured, measure
from benchmarks.real_graphs import Graphs
from benchmarks.real_swaps import Swaps
from button.checks import lint
from button.checks.profile import OWN

DOCUMENT = Path(__file__).parents[2] / "docs" / "checks.md"

pytestmark = pytest.mark.skipif(
    not real_data.DATA.is_dir(), reason="no ../shared/data beside the checkout"
)


@pytest.fixture(scope="module")
def measured() -> dict[str, Measured]:
    return {dataset.name: measure(dataset) for dataset in DATASETS}


@pytest.fixture(scope="module")
def swapped() -> list[Swaps]:
    return real_data.all_swaps()


@pytest.fixture(scope="module")
def nestful() -> Graphs:
    return real_data.nestful_graphs()


def dataset(name: str) -> Dataset:
    return next(each for each in DATASETS if each.name == name)


def flagged(which: Dataset) -> Counter[str]:
    """The values called ungrounded, by function."""
    found: Counter[str] = Counter()
    for _, form, talk in which.talks():
        for finding in lint(talk, form.profile).findings:
            if finding.code == "ungrounded_argument":
                found[finding.text.split("'")[1]] += 1
    return found


def test_a_strong_agent_is_seldom_doubted(measured: dict[str, Measured]) -> None:
    tau = measured[TAU.name]
    assert (tau.rows, tau.calls, tau.faulty_calls) == (64, 367, 0)
    assert tau.scalars + tau.own_words == 1077
    assert 0 < tau.share <= real_data.MOST_UNGROUNDED
    # JFK for New York and SEA for Seattle, four times; an amount worked out in several steps.
    assert flagged(TAU) == {"search_direct_flight": 8, "book_reservation": 2}


def test_ids_of_another_task_are_noticed(swapped: list[Swaps]) -> None:
    tau, tooltalk = swapped[:2]
    assert tau.made > 250
    assert tau.noticed >= real_data.FEWEST_NOTICED * tau.made
    assert tooltalk.noticed >= 0.9 * tooltalk.made


def test_only_ids_that_the_conversation_knows_pass_for_its_own(swapped: list[Swaps]) -> None:
    """Swapped ids that go unnoticed stand in the conversation into which they were put."""
    talks = [talk for _, _, talk in real_data.TOOLTALK.talks()]
    for miss in swapped[1].missed:
        row = int(miss.split("row ")[1].split(",")[0])
        before = int(miss.split("message ")[1].split(":")[0])
        wrong = miss.rsplit("'", 2)[1]
        assert any(wrong in message.content for message in talks[row - 1].messages[:before])
    assert swapped[0].missed == []


@pytest.mark.parametrize(
    ("name", "rows", "calls", "faulty"),
    [
        ("Glaive, English", 198, 154, 0),
        ("Glaive, Chinese", 48, 35, 3),
        ("Glaive, raw", 5, 5, 0),
        ("ToolBench traces", 5, 14, 1),
        ("ToolTalk", 27, 89, 0),
        ("NeMo Gym rollouts", 8, 14, 0),
    ],
)
def test_exactly_the_errors_that_are_there(
    measured: dict[str, Measured], name: str, rows: int, calls: int, faulty: int
) -> None:
    found = measured[name]
    assert (found.rows, found.calls, found.faulty_calls) == (rows, calls, faulty)
    assert found.grammar_errors == 0


def test_the_three_faulty_calls_of_glaive_lack_what_their_schema_demands() -> None:
    """An area of a rectangle, a circle and a triangle: each time all five lengths are required."""
    found = {
        (row, finding.message)
        for row, (_, form, talk) in enumerate(dataset("Glaive, Chinese").talks(), 1)
        for finding in lint(talk, form.profile).findings
        if finding.code == "invalid_arguments" and "is a required property" in finding.text
    }
    assert found == {(20, 1), (20, 5), (20, 9)}


def test_the_dirt_of_nestful_is_what_is_known_of_it() -> None:
    """Calls, not findings: 7 of unknown functions, 6 with unknown arguments, 6 lacking some."""
    found: Counter[str] = Counter()
    for row, (_, form, talk) in enumerate(real_data.NESTFUL.talks()):
        kinds = {
            (row, finding.message, finding.path, kind)
            for finding in lint(talk, form.profile).findings
            for kind in ("is not one of the", "unexpected property", "is a required property")
            if kind in finding.text
        }
        found.update(kind for _, _, _, kind in kinds)
    assert found == {
        "is not one of the": 7,
        "unexpected property": 6,
        "is a required property": 6,
    }


def test_the_derived_graph_is_the_one_that_is_written(nestful: Graphs) -> None:
    assert nestful.unlike == []
    assert nestful.items == nestful.as_referred == nestful.as_played == 85
    # One item gives two calls the same label; by labels it would be a single call.
    assert nestful.shapes == {"chain": 47, "wide": 38}


def test_api_bank_keeps_to_its_grammar(measured: dict[str, Measured]) -> None:
    found = measured["API-Bank"]
    assert (found.rows, found.calls, found.grammar_errors) == (88, 169, 0)


def test_half_of_the_chinese_arguments_are_not_called_invented(
    measured: dict[str, Measured],
) -> None:
    """Figures, dates and currencies between Chinese characters are read, names translated not."""
    assert measured["Glaive, Chinese"].ungrounded == 9


def test_thoughts_and_summaries_are_passed_over_only_where_the_profile_says_so() -> None:
    own_words = {"think": 0, "calculate": 0, "transfer_to_human_agents": 0}
    for _, _, talk in TAU.talks():
        strict = [f.text for f in lint(talk, OWN).findings if f.code == "ungrounded_argument"]
        for name in own_words:
            own_words[name] += sum(text.startswith(repr(name)) for text in strict)
    assert all(own_words.values())
    assert not own_words.keys() & flagged(TAU).keys()


def test_the_document_shows_what_was_measured(
    measured: dict[str, Measured], swapped: list[Swaps], nestful: Graphs
) -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    shown = [*real_data.table(list(measured.values())), *real_data.power_table(swapped, nestful)]
    assert [line for line in shown if line not in text] == []
