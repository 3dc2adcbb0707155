"""What is picked as the lowest, highest, first or last is so alone, and is said to be so."""

import re

import pytest

from button.canonical import derived_random
from button.models.embedded.clauses import Draw
from button.models.embedded.functions import Function
from button.models.embedded.linking import newest
from button.models.embedded.results import ResultMaker
from button.models.embedded.world import the_world

TODAY = "2026-03-02"
SEEDS = 40
PICK = re.compile(r"(\w+)\[(min|max) (\w+)\]")
DEFINITE_LIST = re.compile(r"\bthere (?:is|are) \{each")
LOOSE_LIST = re.compile(r"\{each \w+: [^({}]*\{\w+\}, ")
PLAIN_PICK = re.compile(
    r"\bis (?:the )?(?:closest|nearest|cheapest|quietest)(?:[,;.]| at)|^The \w+est is "
)


def picks_of(function: Function) -> set[tuple[str, str, str]]:
    """(list, min or max, field) of every pick that an output, its words or a report make."""
    texts = list(function.spec.report)
    for port in function.spec.outputs:
        texts += [port.take, *port.tell]
    return {pick for text in texts for pick in PICK.findall(text)}


MEASURED = re.compile(r"the (?:nearest|closest|cheapest|quietest|fastest|best-rated)\b")
PICKING = [each for each in the_world().functions.values() if picks_of(each)]
PORTS = [port for function in PICKING for port in function.ports if PICK.search(port.spec.take)]


@pytest.mark.parametrize("function", PICKING, ids=lambda each: each.name)
def test_what_is_picked_is_the_only_one(function: Function) -> None:
    for seed in range(SEEDS):
        clause = Draw(derived_random("picks", seed), TODAY, {}).clause(function)
        made = ResultMaker(function, clause.arguments(), [], TODAY, the_world().tables).make()
        for items, how, field in picks_of(function):
            values = [item[field] for item in made[items]]
            picked = min(values) if how == "min" else max(values)
            assert values.count(picked) == 1, (seed, field, values)


def test_items_of_a_list_that_are_drawn_again_do_not_use_up_the_names() -> None:
    function = the_world().functions["recommend_plants"]
    for seed in range(200):
        clause = Draw(derived_random("names", seed), TODAY, {}).clause(function)
        made = ResultMaker(function, clause.arguments(), [], TODAY, the_world().tables).make()
        plants = [item["plant"] for item in made["plants"]]
        assert len(set(plants)) == len(plants)


def test_a_pick_is_told_with_what_it_was_picked_by() -> None:
    """What asks for the nearest one hears how near; its address alone need not repeat that."""
    silent = []
    for port in PORTS:
        _, how, field = PICK.findall(port.spec.take)[0]
        told = any(f"[{how} {field}].{field}}}" in text for text in port.spec.tell)
        if MEASURED.match(port.np.source) and not told:
            silent.append((port.function, port.np.source))
    assert silent == []


def test_no_superlative_stands_without_its_noun() -> None:
    bare = [t for port in PORTS for t in port.spec.tell if PLAIN_PICK.search(t)]
    assert bare == []


def test_lists_of_names_read_well() -> None:
    texts = [text for function in the_world().functions.values() for text in function.spec.report]
    assert [text for text in texts if DEFINITE_LIST.search(text)] == []
    assert [text for text in texts if LOOSE_LIST.search(text)] == []


def test_a_choice_is_told_with_its_figure_unless_the_list_gave_it() -> None:
    ways = ["The first of these is a scan.", "The scan is due first, on March 26."]
    assert newest(ways, "Due are a scan and an exam.") == ways[1:]
    assert newest(ways, "Due are a scan on March 26 and an exam on March 28.") == ways[:1]
    assert newest(ways[1:], "A scan on March 26.") == ways[1:]


def test_the_words_for_a_day_agree_with_its_hours_of_sunshine() -> None:
    function = the_world().functions["find_outdoor_day"]
    for seed in range(40):
        clause = Draw(derived_random("sun", seed), TODAY, {}).clause(function)
        made = ResultMaker(function, clause.arguments(), [], TODAY, the_world().tables).make()
        for day in made["good_days"]:
            assert (day["day_condition"] == "mixed sun and clouds") <= (day["sun_hours"] <= 6)
            assert (day["day_condition"] == "sunny") <= (day["sun_hours"] >= 8)
