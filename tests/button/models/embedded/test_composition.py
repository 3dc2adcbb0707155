"""What is composed can be read back, as sub-tasks and as one text; results feed what follows."""

from collections.abc import Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from button.canonical import derived_random
from button.models.embedded.clauses import Clause, Draw
from button.models.embedded.composition import Composer
from button.models.embedded.plan import AnyClause, Plan, sentence, with_join, with_sequel
from button.models.embedded.world import the_world

TODAY = "2026-03-02"
WORLD = the_world()
OPENERS = sorted(f.name for functions in WORLD.openers.values() for f in functions)
Task = tuple[str, list[dict[str, Any]]]


def words(clause: AnyClause) -> str:
    return clause.text(TODAY) if isinstance(clause, Clause) else clause.text()


def sub_task(number: int, text: str, *after: str) -> dict[str, Any]:
    return {"id": f"t{number}", "text": sentence(text), "depends_on": list(after)}


def begin(name: str, seed: int) -> Task:
    clause = Draw(derived_random("begin", seed), TODAY, {}).clause(WORLD.functions[name])
    text = clause.text(TODAY)
    return sentence(text), [sub_task(1, text)]


def go_on(task: Task, seed: int) -> Task:
    text, parts = task
    plan = Plan.of_sub_tasks(parts, TODAY)
    sequel = Composer(WORLD, plan, derived_random("on", seed, len(parts)), ()).sequel()
    if sequel is None:
        return task
    said = words(sequel.clause)
    return with_sequel(text, said), [*parts, sub_task(len(parts) + 1, said, *sequel.uses)]


def join(task: Task, seed: int) -> Task:
    text, parts = task
    plan = Plan.of_sub_tasks(parts, TODAY)
    found = Composer(WORLD, plan, derived_random("join", seed), ()).join()
    if found is None:
        return task
    side, last = words(found.parallel), words(found.subsequent)
    more = [sub_task(2, side), sub_task(3, last, "t1", "t2")]
    return with_join(text, side, last), [*parts, *more]


def assert_understood(task: Task) -> None:
    text, parts = task
    for plan in (Plan.of_sub_tasks(parts, TODAY), Plan.of_text(text, TODAY)):
        assert plan.understood, (text, [step.text for step in plan.steps if step.clause is None])
    whole, pieces = Plan.of_text(text, TODAY), Plan.of_sub_tasks(parts, TODAY)
    assert [plain(step.clause) for step in whole.steps] == [plain(s.clause) for s in pieces.steps]


def plain(clause: AnyClause | None) -> tuple[str, Mapping[str, Any], Mapping[str, str]]:
    if isinstance(clause, Clause):
        return clause.function.name, dict(clause.values), dict(clause.references)
    return "logic", {}, {} if clause is None else dict(clause.references)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OPENERS), st.integers(0, 10**6))
def test_a_chain_is_understood_and_each_link_uses_the_one_before(name: str, seed: int) -> None:
    task = go_on(begin(name, seed), seed)
    assert len(task[1]) == 2
    deeper = go_on(task, seed)
    assert_understood(task)
    assert_understood(deeper)
    plan = Plan.of_sub_tasks(task[1], TODAY)
    assert plan.is_used(plan.steps[0])


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(OPENERS), st.integers(0, 10**6))
def test_a_join_is_understood_and_uses_both(name: str, seed: int) -> None:
    task = join(begin(name, seed), seed)
    assert_understood(task)
    if len(task[1]) == 3:
        plan = Plan.of_sub_tasks(task[1], TODAY)
        assert plan.is_used(plan.steps[0])
        assert plan.is_used(plan.steps[1])
