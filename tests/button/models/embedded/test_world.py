from collections.abc import Iterator
from datetime import date
from importlib.resources import files

import pytest
import yaml

from button.checks.surface import Passage, Surface
from button.models.embedded.kinds import ListedKind
from button.models.embedded.proof import problems_of_domain
from button.models.embedded.world import COMMON, PLAIN_LOADER, the_world
from tools.gate import gate_problems

DOMAINS = [name for name in the_world().domains if name != COMMON]


@pytest.mark.parametrize("domain", DOMAINS)
def test_every_phrase_reads_back_and_every_result_fits(domain: str) -> None:
    assert list(dict.fromkeys(problems_of_domain(the_world(), domain))) == []


def mappings(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    """Every mapping under a node."""
    if isinstance(node, yaml.MappingNode):
        yield node
        for _, value in node.value:
            yield from mappings(value)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            yield from mappings(value)


def test_no_key_stands_twice() -> None:
    """The loader would take the last one in silence."""
    folder = files("button.models.embedded") / "world"
    paths = [each for each in folder.iterdir() if each.name.endswith(".yaml")]
    assert len(paths) == len(the_world().domains)
    for path in paths:
        whole = yaml.compose(path.read_text("utf-8"), PLAIN_LOADER)
        for each in mappings(whole):
            keys = [key.value for key, _ in each.value]
            assert len(keys) == len(set(keys)), (path.name, sorted(keys))


def test_the_world_is_wide() -> None:
    assert len(DOMAINS) >= 24
    assert len(the_world().functions) >= 160


def test_every_signature_passes_the_gate() -> None:
    signatures = [function.signature for function in the_world().functions.values()]
    assert gate_problems(signatures) == []


def test_parameters_are_realistic() -> None:
    schemas = [f.signature.parameters for f in the_world().functions.values()]
    leaves = [inner for schema in schemas for inner in schema["properties"].values()]
    assert sum(leaf.get("type") == "object" for leaf in leaves) >= 10
    assert sum(leaf.get("type") == "array" for leaf in leaves) >= 10
    assert sum("enum" in leaf for leaf in leaves) >= 20
    assert sum("format" in leaf for leaf in leaves) >= 20
    assert sum(set(s["properties"]) != set(s["required"]) for s in schemas) >= 60


@pytest.mark.parametrize("domain", DOMAINS)
def test_what_a_person_says_for_a_choice_tells_which_one_it_is(domain: str) -> None:
    today = date(2026, 3, 2)
    hidden = []
    for function in the_world().functions.values():
        for param in function.params.values() if function.domain == domain else ():
            if isinstance(param.kind, ListedKind):
                for value in param.kind.words:
                    said = f"Please do it for {param.kind.say(value, today.isoformat())}."
                    if not Surface(value, today).manner(Passage(said, today)):
                        hidden.append((function.name, value, said))
    assert hidden == []
