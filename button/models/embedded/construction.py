"""The embedded model as scenario writer, task writer, composer, critic and function designer."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from random import Random
from typing import Any

from button.models.embedded.clauses import Clause, Draw
from button.models.embedded.composition import Composer
from button.models.embedded.fitting import fitting
from button.models.embedded.functions import Function
from button.models.embedded.logic import LogicClause
from button.models.embedded.plan import Plan, Step, sentence, with_join, with_sequel
from button.models.embedded.refusal import Refusal
from button.models.embedded.unseen import (
    RESULTING,
    UnseenClause,
    draw_unseen,
    field_of,
    is_of_the_world,
)
from button.models.embedded.unseen_returns import with_returns
from button.models.embedded.unseen_values import required_leaves
from button.models.embedded.unseen_wording import scenario_of
from button.models.embedded.world import the_world

Inputs = Mapping[str, Any]
MAX_ATOMIC_WORDS = 30
MAX_SCENARIO_WORDS = 10
STOP_WORDS = frozenset("a an and at for from in my of on or the to with".split())


def extract_scenario(inputs: Inputs, rng: Random) -> dict[str, Any]:
    """The phrase of the domain that the conversation speaks of."""
    text = " ".join(str(message["text"]) for message in inputs["conversation"])
    domain = _nearest_domain(text)
    if domain is None:
        raise Refusal("the embedded model knows no domain near this conversation")
    return {"scenario": _nearest_scenario(domain, text, rng)}


def scenario_from_functions(inputs: Inputs, rng: Random) -> dict[str, Any]:
    """What a person would be doing who needs one of the functions; something new if there is."""
    functions = list(inputs["functions"])
    rng.shuffle(functions)
    phrases = [
        " ".join(scenario_of(function).split()[:MAX_SCENARIO_WORDS]) for function in functions
    ]
    new = [phrase for phrase in phrases if phrase not in inputs.get("known", ())]
    return {"scenario": (new or phrases)[0]}


def expand_scenario(inputs: Inputs, rng: Random) -> dict[str, Any]:
    """Another life situation of the same domain."""
    domain = _domain_of(str(inputs["scenario"]))
    if domain is None:
        raise Refusal(f"the embedded model knows no domain near {inputs['scenario']!r}")
    known = {str(inputs["scenario"]), *map(str, inputs.get("known", ()))}
    options = [text for text in the_world().domains[domain].scenarios if text not in known]
    if not options:
        raise Refusal(f"no other scenario near {inputs['scenario']!r} is left")
    return {"scenario": rng.choice(options)}


def write_atomic_task(inputs: Inputs, rng: Random) -> dict[str, Any]:
    """A request for one function, every detail given."""
    today = str(inputs["today"])
    functions = list(inputs.get("functions", ()))
    if functions:
        return {"task": sentence(_unseen_request(functions, rng, today))}
    domain = _domain_of(str(inputs["scenario"]))
    openers = the_world().openers.get(domain or "", [])
    if not openers:
        raise Refusal(f"the embedded model knows no domain near {inputs['scenario']!r}")
    fit = _suiting(openers, domain or "", str(inputs["scenario"]))
    for _ in range(8):
        opener = rng.choice(fit)
        clause = Draw(rng, today, {}).clause(opener)
        text = clause.text(today)
        if len(text.split()) <= MAX_ATOMIC_WORDS:
            break
    return {"task": sentence(text)}


def _suiting(openers: Sequence[Function], domain: str, scenario: str) -> Sequence[Function]:
    """The openers that a scenario calls for: as its domain says, else by its words."""
    world = the_world()
    named = world.domains[domain].suits.get(scenario)
    if named is not None:
        return [opener for opener in openers if opener.name in named] or openers
    return openers if scenario in world.scenarios else fitting(openers, scenario)


def _unseen_request(functions: Sequence[Mapping[str, Any]], rng: Random, today: str) -> str:
    telling = [f for f in functions if any(required_leaves(f.get("parameters", {})))]
    order = telling or list(functions)
    rng.shuffle(order)
    shortest = ""
    for function in order:
        text = draw_unseen(function, rng, today).text()
        if len(text.split()) <= MAX_ATOMIC_WORDS:
            return text
        shortest = min(shortest or text, text, key=lambda words: len(words.split()))
    return shortest


def compose_sequentially(inputs: Inputs, rng: Random) -> dict[str, Any]:
    """A subsequent task that needs the output of the given one."""
    plan, composer = _composer(inputs, rng)
    sequel = composer.sequel()
    if sequel is None:
        raise Refusal(f"nothing the embedded model knows can follow {inputs['task']!r}")
    words = (
        sequel.clause.text(plan.today)
        if isinstance(sequel.clause, Clause)
        else sequel.clause.text()
    )
    return {
        "subsequent_task": sentence(words),
        "uses": list(sequel.uses),
        "composed_task": with_sequel(str(inputs["task"]), words),
    }


def compose_in_parallel(inputs: Inputs, rng: Random) -> dict[str, Any]:
    """A parallel task beside the given one, and a subsequent one that needs both."""
    plan, composer = _composer(inputs, rng)
    join = composer.join()
    if join is None:
        raise Refusal(f"nothing the embedded model knows can join {inputs['task']!r}")
    parallel, subsequent = (
        clause.text(plan.today) if isinstance(clause, Clause) else clause.text()
        for clause in (join.parallel, join.subsequent)
    )
    return {
        "parallel_task": sentence(parallel),
        "subsequent_task": sentence(subsequent),
        "composed_task": with_join(str(inputs["task"]), parallel, subsequent),
    }


def _composer(inputs: Inputs, rng: Random) -> tuple[Plan, Composer]:
    today, functions = str(inputs["today"]), list(inputs.get("functions", ()))
    sub_tasks = inputs.get("sub_tasks") or [{"id": "t1", "text": inputs["task"]}]
    plan = Plan.of_sub_tasks(sub_tasks, today, functions)
    if any(step.clause is None for step in plan.steps):
        raise Refusal(f"the embedded model does not understand {inputs['task']!r}")
    return plan, Composer(the_world(), plan, rng, functions)


def criticise(inputs: Inputs, _: Random) -> dict[str, Any]:
    """Whether the sub-tasks together do the task: each is needed, each feeds what follows."""
    plan = Plan.of_sub_tasks(inputs["sub_tasks"], str(inputs.get("today", "2026-03-02")))
    remarks = []
    for step in plan.steps:
        text = step.text.strip().removesuffix(".")
        if text.lower() not in str(inputs["task"]).lower():
            remarks.append(f"sub-task {step.id} does not stand in the task")
        elif step.clause is not None and not isinstance(step.clause, UnseenClause):
            remarks += [
                f"sub-task {step.id} speaks of {phrase!r}, which no earlier one gives"
                for path, phrase in step.references.items()
                if plan.source(step, path) is None
            ]
    if remarks:
        return {"analysis": f"Not complete: {'; '.join(remarks)}.", "verdict": "no"}
    count = len(plan.steps)
    return {
        "analysis": f"All {count} sub-tasks stand in the task, and what a later one needs is "
        "given by an earlier one.",
        "verdict": "yes",
    }


def design_functions(inputs: Inputs, _: Random) -> dict[str, Any]:
    """The functions of each sub-task; none where it is pure logic."""
    catalogue = list(inputs.get("catalogue", ()))
    plan = Plan.of_sub_tasks(inputs["sub_tasks"], "2026-03-02", catalogue)
    return {
        "sub_tasks": [
            {"id": step.id, "functions": _functions_of(step, plan, catalogue)}
            for step in plan.steps
        ]
    }


def _functions_of(
    step: Step, plan: Plan, catalogue: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    if isinstance(step.clause, LogicClause):
        return []
    if isinstance(step.clause, UnseenClause):
        return [with_returns(step.clause.function, _links_from(step, plan))]
    if step.clause is None:
        raise Refusal(f"the embedded model does not understand {step.text!r}")
    own = step.clause.function.signature
    if any(f["name"] == own.name and not is_of_the_world(f) for f in catalogue):
        raise Refusal(f"{own.name!r} means another function in the catalogue")
    return [
        {
            "name": own.name,
            "description": own.description,
            "parameters": own.parameters,
            "returns": own.returns,
        }
    ]


def _links_from(step: Step, plan: Plan) -> dict[str, Mapping[str, Any]]:
    """Fields that later steps expect of results of a step's function, with their schemas."""
    links: dict[str, Mapping[str, Any]] = {}
    for later in plan.steps:
        for path, phrase in later.references.items():
            source = plan.source(later, path)
            if (
                source
                and _same_function(source.step, step)
                and isinstance(later.clause, UnseenClause)
                and phrase.startswith(RESULTING)
            ):
                leaves = dict(required_leaves(later.clause.function["parameters"]))
                links[field_of(phrase)] = leaves[path]
    return links


def _same_function(step: Step, other: Step) -> bool:
    """Whether two steps call one function; it has one set of returns."""
    return (
        isinstance(step.clause, UnseenClause)
        and isinstance(other.clause, UnseenClause)
        and step.clause.name == other.clause.name
    )


def _domain_of(scenario: str) -> str | None:
    return the_world().scenarios.get(scenario) or _nearest_domain(scenario)


def _nearest_domain(text: str) -> str | None:
    """The domain with most of its keywords in the text; None where none has any."""
    words = re.findall(r"[a-z]+", text.lower().replace("_", " "))
    counts = {word: words.count(word) for word in set(words)}
    counts |= {each: text.count(each) for each in _foreign_keywords()}
    best, most = None, 0.0
    for name, spec in the_world().domains.items():
        score = sum(min(counts.get(keyword, 0), 3) for keyword in spec.keywords)
        if score > most:
            best, most = name, score
    return best


@lru_cache(maxsize=1)
def _foreign_keywords() -> frozenset[str]:
    """Keywords of languages that are written without spaces."""
    keywords = {each for spec in the_world().domains.values() for each in spec.keywords}
    return frozenset(each for each in keywords if not each.isascii())


def _nearest_scenario(domain: str, text: str, rng: Random) -> str:
    words = set(re.findall(r"[a-z]+", text.lower())) - STOP_WORDS
    scenarios = the_world().domains[domain].scenarios
    scores = [len(words & set(phrase.split())) for phrase in scenarios]
    return rng.choice(
        [phrase for phrase, score in zip(scenarios, scores, strict=True) if score == max(scores)]
    )
