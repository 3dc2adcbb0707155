"""Proof of a domain: every phrase reads back, every result fits, every sentence can be told.

`python -m button.models.embedded.proof NAME...` proves domains and prints samples to read.
"""

import argparse
import re
import sys
from collections.abc import Iterator

import jsonschema
import referencing

from button.canonical import derived_random
from button.models.embedded.clauses import Clause, Draw
from button.models.embedded.functions import Function, take
from button.models.embedded.phrases import Template
from button.models.embedded.reading import Reader
from button.models.embedded.results import ResultMaker
from button.models.embedded.telling import Teller
from button.models.embedded.world import ALL, World, the_world

TODAY = "2026-03-02"
MAX_ATOMIC_WORDS = 30
MAX_SCENARIO_WORDS = 10
STRAY_SPACE = re.compile(r"  | [,.;:?!]")
JOINTS = re.compile(r"(, then |; then |; also, |; after that, |, and also )")
FUNCTIONS_A_DOMAIN = 6
FEWEST_OPENERS = 2
DRAWS = 25


def problems_of_domain(world: World, domain: str) -> Iterator[str]:
    """One line per defect of a domain."""
    spec = world.domains[domain]
    for scenario in spec.scenarios:
        if len(scenario.split()) > MAX_SCENARIO_WORDS or re.search(r"\d", scenario):
            yield f"{domain}: scenario too long or with digits: {scenario!r}"
    yield from _problems_of_suits(world, domain)
    reader = Reader(world)
    for function in world.functions.values():
        if function.domain == domain:
            yield from problems_of_function(world, reader, function)
    yield from _problems_of_wiring(world, domain)


def _problems_of_suits(world: World, domain: str) -> Iterator[str]:
    spec, openers = world.domains[domain], {f.name for f in world.openers[domain]}
    for scenario, names in spec.suits.items():
        if scenario not in spec.scenarios:
            yield f"{domain}: suits names {scenario!r}, which is no scenario"
        for name in sorted({*names} - openers):
            yield f"{domain}: {scenario!r} suits {name!r}, which cannot open a task"


def _problems_of_wiring(world: World, domain: str) -> Iterator[str]:
    functions = [f for f in world.functions.values() if f.domain == domain]
    if not functions:
        return
    if len(functions) < FUNCTIONS_A_DOMAIN:
        yield f"{domain}: only {len(functions)} functions, at least {FUNCTIONS_A_DOMAIN} wanted"
    known = {ALL, *world.domains, *world.functions}
    named = set(world.domains[domain].takes_from or ())
    for function in functions:
        for param in function.params.values():
            named |= {*(param.spec.takes_from or ()), *param.spec.not_from}
    for stranger in sorted(named - known):
        yield f"{domain}: takes_from or not_from names {stranger!r}, no function and no domain"
    openers = world.openers[domain]
    if len(openers) < FEWEST_OPENERS:
        yield (
            f"{domain}: only {[f.name for f in openers]} can open a task and be composed in both "
            f"ways; at least {FEWEST_OPENERS} wanted (an opener needs an output that another "
            "function takes, and a joining function that takes it with another function's output)"
        )
    used = {f.name for f in openers} | {
        found[1].name for f in world.functions.values() for found in world.consumers(f.name)
    }
    for function in functions:
        if function.name not in used:
            yield f"{function.name}: never used: nothing can open with it or feed it"


def problems_of_function(world: World, reader: Reader, function: Function) -> Iterator[str]:
    """One line per defect of a function."""
    yield from _problems_of_texts(function)
    for turn in range(DRAWS):
        for phrasing in range(len(function.says)):
            try:
                yield from _problems_of_draw(world, reader, function, turn, phrasing)
            except Exception as error:  # noqa: BLE001 - a proof reports every defect of the data
                yield f"{function.name}: {type(error).__name__}: {error}"
                return


def _problems_of_texts(function: Function) -> Iterator[str]:
    required = {param.path for param in function.required}
    for template in function.says:
        if set(template.required) != required:
            yield (
                f"{function.name}: say {template.source!r} has slots {template.required}, "
                f"required are {sorted(required)}"
            )
        unknown = set(template.optional + template.flags) - set(function.params)
        if unknown:
            yield f"{function.name}: say {template.source!r} names unknown {sorted(unknown)}"
    for port in function.ports:
        unknown = set(port.full.required + port.np.required) - set(function.params)
        if unknown:
            yield f"{function.name}: output {port.np.source!r} names unknown {sorted(unknown)}"
    if len(function.says) < 3 or len(function.reports) < 2:
        yield f"{function.name}: needs at least 3 says and 2 reports"
    if function.can_open and len(function.whys) < 2:
        yield f"{function.name}: needs at least 2 whys"


def _problems_of_draw(
    world: World, reader: Reader, function: Function, turn: int, phrasing: int
) -> Iterator[str]:
    draw = Draw(derived_random("proof", function.name, turn, phrasing), TODAY, {})
    clause = draw.clause(function)
    clause = Clause(function, phrasing, _sayable_values(clause, function.says[phrasing]), {})
    text = clause.text(TODAY)
    read = reader.clause(text, TODAY)
    if read is None or read.function is not function or dict(read.values) != dict(clause.values):
        seen = None if read is None else (read.function.name, dict(read.values))
        yield f"{function.name}: {text!r} reads back as {seen}, not {dict(clause.values)}"
    if function.can_open and len(text.split()) > MAX_ATOMIC_WORDS:
        yield f"{function.name}: {text!r} is longer than {MAX_ATOMIC_WORDS} words"
    if STRAY_SPACE.search(text):
        yield f"{function.name}: {text!r} has a stray space"
    if JOINTS.search(text):
        yield f"{function.name}: {text!r} holds a joint between clauses"
    arguments = clause.arguments()
    result = ResultMaker(function, arguments, [], TODAY, world.tables).make()
    yield from _violations(function.name, function.signature.parameters, arguments)
    yield from _violations(function.name, function.signature.returns, result)
    teller = Teller(function, arguments, result, TODAY)
    for port in function.ports:
        take(result, port.spec.take)
        for template in port.tell:
            if teller.tell(template) is None:
                yield f"{function.name}: cannot tell {template.source!r} from {result}"
    if all(teller.tell(template) is None for template in function.reports):
        yield f"{function.name}: cannot tell any report from {result}"


def _sayable_values(clause: Clause, template: Template) -> dict[str, object]:
    said = set(template.required + template.optional + template.flags)
    return {path: value for path, value in clause.values.items() if path in said}


def _violations(name: str, schema: dict[str, object], value: object) -> Iterator[str]:
    validator = jsonschema.Draft202012Validator(schema, registry=referencing.Registry())
    for error in validator.iter_errors(value):
        yield f"{name}: {error.json_path}: {error.message}"


def samples(world: World, function: Function) -> Iterator[str]:
    """A few lines that show how the function speaks."""
    for turn in range(3):
        rng = derived_random("sample", function.name, turn)
        clause = Draw(rng, TODAY, {}).clause(function)
        yield f"  {clause.text(TODAY, rng)}."
        yield from _sample(world, clause, turn)


def _sample(world: World, clause: Clause, turn: int) -> Iterator[str]:
    def say(path: str) -> str:
        return clause.say(path, TODAY)

    function, arguments = clause.function, clause.arguments()
    result = ResultMaker(function, arguments, [], TODAY, world.tables).make()
    teller = Teller(function, arguments, result, TODAY)
    for template in function.whys[turn::3]:
        if all(clause.gives(path) for path in template.required):
            yield f"      why: {template.fill(say)}"
    for port in function.ports:
        told = teller.tell(port.tell[turn % len(port.tell)])
        yield f"      {port.np.source} | {port.full.fill(say, clause.gives)} | {told}"
    yield f"      -> {teller.tell(function.reports[turn % len(function.reports)])}"


def main() -> int:
    """Prove the named domains (all by default); exit code 1 where there is a problem."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("domains", nargs="*")
    parser.add_argument("--samples", action="store_true", help="print sentences to read")
    options = parser.parse_args()
    world = the_world()
    problems = []
    for domain in options.domains or list(world.domains):
        problems += list(dict.fromkeys(problems_of_domain(world, domain)))
        for function in world.functions.values():
            if options.samples and function.domain == domain:
                sys.stdout.write(f"{function.name}\n" + "\n".join(samples(world, function)) + "\n")
    for problem in problems[:60]:
        sys.stdout.write(f"PROBLEM {problem}\n")
    sys.stdout.write(f"{len(world.functions)} functions, {len(problems)} problems\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
