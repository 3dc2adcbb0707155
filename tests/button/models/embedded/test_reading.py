from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from button.canonical import derived_random
from button.models.embedded.clauses import Clause, Draw
from button.models.embedded.reading import Reader
from button.models.embedded.world import the_world

TODAY = "2026-03-02"
WORLD = the_world()
READER = Reader(WORLD)


def clause_with_references(name: str, seed: int) -> Clause:
    """A clause with noun phrases of other functions in its reference slots."""
    function = WORLD.functions[name]
    rng = derived_random("references", name, seed)
    phrases: dict[str, str] = {}
    for param in function.reference_slots:
        assert param.kind is not None
        ports = [p for p in WORLD.ports_by_kind.get(param.kind.name, []) if p.function != name]
        if ports and (rng.random() < 0.8 or not param.kind.spec.known):
            port = rng.choice(ports)
            own = Draw(rng, TODAY, {}).clause(WORLD.functions[port.function])
            phrases[param.path] = port.np.fill(lambda path, own=own: own.say(path, TODAY))
    return Draw(rng, TODAY, {}).clause(function, phrases)


@given(st.sampled_from(sorted(WORLD.functions)), st.integers(0, 1000))
def test_a_clause_with_references_reads_back(name: str, seed: int) -> None:
    clause = clause_with_references(name, seed)
    read = READER.clause(clause.text(TODAY), TODAY)
    assert read is not None
    assert read.function is clause.function
    assert dict(read.references) == dict(clause.references)
    assert dict(read.values) == dict(clause.values)


def test_every_output_has_a_noun_phrase_of_its_own() -> None:
    phrases = Counter(port.np.source.lower() for f in WORLD.functions.values() for port in f.ports)
    assert [phrase for phrase, count in phrases.items() if count > 1] == []


@pytest.mark.parametrize(
    "text", ["", ".", "Dance.", "Book the cheapest moon for Maria Keller.", "Find flights"]
)
def test_what_nobody_could_have_written_here_is_not_read(text: str) -> None:
    assert READER.clause(text, TODAY) is None
